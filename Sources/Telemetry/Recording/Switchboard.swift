// SPDX-License-Identifier: Apache-2.0

import CSystem
import Modules

/// Two addresses that every event looks at: of the word whose lowest bit tells whether anything may
/// be recorded at all, and of what recording needs while it does.
///
/// What makes a call cost next to nothing while telemetry is off. A yes is only a reason to ask
/// on. A forked child finds both 0.
final class Switchboard: Sendable {
    private let page = ForkGuardedPage()

    /// Where the addresses stand: the word's, then the `SnapshotTable`'s. Either may be 0.
    @unsafe var pointer: UnsafePointer<UInt64> { unsafe page.pointer }

    /// Off until somebody turns it on again.
    func off() {
        page.store(0, at: 0)
        page.store(0, at: 1)
    }

    /// Whether the word says that something may be recorded; false while there is none, and in
    /// every forked child.
    var isOn: Bool {
        guard let word = unsafe UnsafePointer<UInt64>(bitPattern: UInt(page[0])) else {
            return false
        }
        return unsafe csystem_load_relaxed(word) & 1 == 1
    }

    /// What recording needs now, and whose word says whether it may. A snapshot that records
    /// nothing follows the word only where that may turn it on, so that its next change is noticed
    /// at once, or where what it loses is counted. Both must live as long as this object.
    func publish(_ snapshot: Snapshot) {
        let isOffByPage = ConsentPage.State(word: snapshot.word)?.isOn == false
        page.store(snapshot.tableAddress, at: 1)
        let follows = snapshot.live != nil || snapshot.isStarved || isOffByPage
        let word = unsafe UInt64(UInt(bitPattern: snapshot.page.wordPointer))
        page.store(follows ? word : 0, at: 0)
    }

    /// The current snapshot's table; nil if there is none, and in every forked child.
    var table: UnsafePointer<SnapshotTable>? {
        unsafe UnsafePointer(bitPattern: UInt(page[1]))
    }
}
