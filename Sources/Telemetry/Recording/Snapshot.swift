// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CSystem
import Modules

/// What a `Snapshot` is to a typed event: plain memory, without a reference to count.
@safe @usableFromInline
struct SnapshotTable {
    /// What a typed event needs: which event it is, by its plan, and its allowed properties.
    @usableFromInline
    struct Entry {
        /// 0 for an event that is not typed, or may not be recorded.
        @usableFromInline let plan: UInt
        @usableFromInline let allowed: UInt32
    }

    /// What the consent page said when the gate was asked.
    @usableFromInline let word: UInt64
    /// The first byte of the journal; 0 while nothing may be recorded.
    @usableFromInline let journal: UInt64
    @usableFromInline let epoch: UInt32
    /// How many entries there are for the short way, which knows no other clock than the machine's.
    @usableFromInline let count: UInt64
    /// One for each event of the catalogue.
    @usableFromInline let entries: UnsafeMutablePointer<Entry>
    /// Whose table this is.
    let owner: Unmanaged<Snapshot>
}

/// What the gate said, and all that recording needs, as long as the consent page does not change.
///
/// A recorder keeps every snapshot that it ever published, so threads use one without counting
/// references: that is what makes an event cost no more than a copy.
@safe final class Snapshot: Sendable {
    /// What recording needs while it is allowed.
    struct Live: Sendable {
        let journal: Journal
        let encoder: EventEncoder
    }

    let page: ConsentPage
    /// What the page said when the gate was asked.
    let word: UInt64
    /// Nil while nothing may be recorded.
    let live: Live?
    /// Whether nothing is recorded for want of a journal alone.
    let isStarved: Bool
    // This object's own; written once, in `init`.
    private nonisolated(unsafe) let table: UnsafeMutablePointer<SnapshotTable>

    init(page: ConsentPage, word: UInt64, live: Live?, isStarved: Bool, hasSystemClock: Bool) {
        self.page = page
        self.word = word
        self.live = live
        self.isStarved = isStarved
        let entries = live.map(Self.entries) ?? []
        let own = UnsafeMutableBufferPointer<SnapshotTable.Entry>.allocate(
            capacity: max(1, entries.count))
        _ = unsafe own.initialize(from: entries)
        guard let first = own.baseAddress else { preconditionFailure("no memory") }
        unsafe table = .allocate(capacity: 1)
        unsafe table.initialize(
            to: SnapshotTable(
                word: word, journal: live?.journal.startAddress ?? 0,
                epoch: live?.encoder.epoch ?? 0,
                count: hasSystemClock ? UInt64(entries.count) : 0, entries: first,
                owner: .passUnretained(self)))
    }

    deinit {
        unsafe table.pointee.entries.deallocate()
        unsafe table.deallocate()
    }

    private static func entries(_ live: Live) -> [SnapshotTable.Entry] {
        live.encoder.catalogue.keys.enumerated().map { index, key in
            guard let key, let allowed = live.encoder.allowedBits(ofEvent: index) else {
                return SnapshotTable.Entry(plan: 0, allowed: 0)
            }
            return unsafe SnapshotTable.Entry(plan: UInt(bitPattern: key.plan), allowed: allowed)
        }
    }

    /// Where its table stands, as long as it lives.
    var tableAddress: UInt64 { unsafe UInt64(UInt(bitPattern: table)) }

    /// Whether the page still says the same: one relaxed load.
    @inline(always)
    var isCurrent: Bool { page.word == word }

    /// Whether another one with these parts would say the same.
    func isSame(_ page: ConsentPage, _ word: UInt64, _ live: Live?, _ isStarved: Bool) -> Bool {
        saysTheSame(word) && self.page.isSame(as: page) && self.isStarved == isStarved
            && self.live?.journal === live?.journal
            && self.live?.encoder.epoch == live?.encoder.epoch
            && self.live?.encoder.permit == live?.encoder.permit
    }

    /// A no under another epoch is the same no: however often it is repeated, it takes no memory.
    private func saysTheSame(_ word: UInt64) -> Bool {
        self.word == word
            || [self.word, word].allSatisfy { ConsentPage.State(word: $0)?.isOn == false }
    }

    /// Where a typed event that may be recorded stands.
    func entry(of plan: UnsafeMutablePointer<TypedEventPlan>) -> (place: Int, SnapshotTable.Entry)?
    {
        let address = UInt(bitPattern: plan)
        for place in 0..<(live?.encoder.catalogue.events.count ?? 0) {
            let entry = unsafe table.pointee.entries[place]
            if entry.plan == address { return (place, entry) }
        }
        return nil
    }

    /// Whether the catalogue has a typed event.
    func knows(_ plan: UnsafeMutablePointer<TypedEventPlan>) -> Bool {
        live?.encoder.catalogue.keys.contains { unsafe $0?.plan == plan } ?? false
    }
}
