// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// What a deletion did, from the first of its runs on, where these were cut short.
public struct DeletionOutcome: Sendable, Equatable {
    /// How many stored events were deleted.
    public let events: Int64
    /// How many bytes the folder takes now.
    public let bytesLeft: Int64
    /// Whether something was sent under the old identifier, so that the collector is asked to
    /// erase it too.
    public let erasureRequested: Bool
    /// Why some of what was sent, or may have been, can't be erased elsewhere.
    public let unerasable: Unerasable
}

/// How the end of a deletion is told: once, whoever brings it about.
extension TelemetryControl {
    /// Whether a deletion has begun here and is not finished: whoever comes next does the rest.
    package var isDeletionBegun: Bool {
        get throws {
            try intended(directory.deletionIntent) != nil
                || intended(directory.rotationIntent) == Self.anyIdentifier
        }
    }

    /// Deletes as `deleteData` does, where nobody waits for the outcome: its end is told as that of
    /// any deletion that others end.
    ///
    /// - Parameter isOwed: whether it still is, once nobody else is at it; else nothing is done.
    package func deleteOwed(where isOwed: () -> Bool = { true }) throws {
        guard try seams.files.status(of: directory.path) != nil else { return }
        try directory.prepare(seams)
        try changing {
            guard isOwed() else { return }
            var isBegun = false
            let tally = try deleteLocked(noting: &isBegun)
            if try intended(directory.rotationIntent) == nil { tellEnd(tally) }
        }
    }

    /// How many events are here, those in journals of ended processes included as far as these can
    /// be put in: they go in any case. What a deletion that has ended left untold is none of this,
    /// and is told first; where nobody hears that, it is left to be told with this one.
    func countAll(goingOn: Bool) throws -> Int64 {
        try makingRoom {
            try Store.using(directory, seams, acceptingNewer: true) { store in
                if !goingOn { try part(from: DeletionTally.earlier(in: store), in: store) }
                do {
                    if !store.isNewer {
                        try Drain(gate: gate, catalogue: catalogue).adoptAll(into: store)
                    }
                } catch  where !StoreDamage.isSuspected(error) {
                    seams.logger.log(.warning, "telemetry: a journal was not counted: \(error)")
                }
                return try store.database.integer("SELECT count(*) FROM events") ?? 0
            }
        }
    }

    /// Tells of a deletion that has ended, or leaves it as that to be told with the next one.
    private func part(from earlier: DeletionTally?, in store: Store) throws {
        guard var ended = earlier else { return }
        if seams.isHeard {
            try DeletionTally.forget(in: store)
            seams.logger.log(.warning, ended.end)
        } else {
            ended.isEnded = true
            try ended.keep(in: store)
        }
    }

    /// The outcome of a deletion that has ended and of which nobody was told; nil without one. From
    /// now on it is told.
    package func takeEnd() throws -> DeletionOutcome? {
        guard try seams.files.status(of: directory.store) != nil else { return nil }
        return try changing {
            guard try !isDeletionBegun, let tally = try untold() else { return nil }
            return forgetTally() ? try outcome(of: tally) : nil
        }
    }

    /// What a deletion did, for whoever asked for it.
    func outcome(of tally: DeletionTally) throws -> DeletionOutcome {
        DeletionOutcome(
            events: tally.events, bytesLeft: try directory.allocatedBytes(seams.files),
            erasureRequested: tally.requested, unerasable: tally.unerasable)
    }

    private func untold() throws -> DeletionTally? {
        try Store.using(directory, seams, acceptingNewer: true, DeletionTally.earlier)
    }

    /// Tells of a deletion that has ended, which the store keeps, where somebody hears it. What
    /// can't be forgotten is left to be told, or it would be twice.
    func tellEnd(_ tally: DeletionTally) {
        guard seams.isHeard, forgetTally() else { return }
        seams.logger.log(.warning, tally.end)
    }

    /// The same of one that ended with an identifier that could not be read before.
    func tellEndOfUnread(requested: Bool, _ unerasable: Unerasable) {
        var end = DeletionTally(requested: requested, unerasable: unerasable, isOfUnread: true)
        try? Store.using(directory, seams) { store in
            end = end.adding(try DeletionTally.earlier(in: store) ?? DeletionTally())
            try end.keep(in: store)
        }
        tellEnd(end)
    }

    /// Tells of a deletion that ended unheard. Whoever is at one now tells of that.
    func tellUntold(in store: Store) {
        guard seams.isHeard, (try? DeletionTally.earlier(in: store)) != nil,
            let lock = try? seams.files.lock(directory.changeLock)
        else { return }
        defer { withExtendedLifetime(lock) {} }
        guard (try? isDeletionBegun) == false, let tally = try? DeletionTally.earlier(in: store)
        else { return }
        tellEnd(tally)
    }

    /// Forgets what is told now; false where that can't be done.
    @discardableResult
    func forgetTally() -> Bool {
        let isForgotten: Void? = try? Store.using(directory, seams, acceptingNewer: true) { store in
            try DeletionTally.forget(in: store)
            _ = try? store.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return isForgotten != nil
    }
}
