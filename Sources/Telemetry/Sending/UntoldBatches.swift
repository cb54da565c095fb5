// SPDX-License-Identifier: Apache-2.0

package import Modules
import SQLite

/// That batches go of which another folder of the same home can't be told.
package struct UntoldBatches {
    /// When such batches went before.
    let before: Timestamp?
}

/// A folder that can't be read or changed, or is not there, while batches go from another one can't
/// keep what is to be erased from it away from them. It does once it can be told.
extension TelemetryControl {
    /// Notes that batches go from here now of which another folder can't be told.
    package func noteUntold() throws -> UntoldBatches? {
        guard !isForeign, let store = try openStore() else { return nil }
        let memory = memory(of: store)
        let untold = UntoldBatches(before: try memory.untoldAt())
        try memory.keep(untoldAt: seams.clock.now())
        return untold
    }

    /// Takes that back, since no batch found a way out.
    package func putBack(_ untold: UntoldBatches) throws {
        guard let store = try openStore() else { return }
        try memory(of: store).keep(untoldAt: untold.before)
    }

    /// Until when other folders are to keep requests for erasure away from batches of this one of
    /// which they could not be told; nil where they are not, or not any more, which is forgotten.
    package func untoldUntil() throws -> Timestamp? {
        guard !isForeign, try seams.files.status(of: directory.store) != nil,
            let store = try openStore(), let time = try memory(of: store).untoldAt()
        else { return nil }
        let end = Outbox.unseenEnd(time)
        if end > seams.clock.now() { return end }
        // What can't be forgotten now is next time.
        try? forgetUntold(until: end)
        return nil
    }

    /// Forgets those batches, unless others went meanwhile.
    package func forgetUntold(until end: Timestamp) throws {
        guard let store = try openStore() else { return }
        let memory = memory(of: store)
        try store.database.transaction {
            guard try memory.untoldAt().map(Outbox.unseenEnd) == end else { return }
            try memory.keep(untoldAt: nil)
        }
    }

    /// Keeps what is still to be erased from here away until then, the end of the wait for batches
    /// of which this folder could not be told. What others kept away before, and nobody asked for
    /// since, has a turn first, unless that had come when they went.
    package func keepErasuresAway(until time: Timestamp) throws(TelemetryError) {
        _ = try erasureList.keepAway(
            erasureList.all(), until: time, since: Outbox.unseenStart(time), seams.clock.now())
    }
}
