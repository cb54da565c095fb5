// SPDX-License-Identifier: Apache-2.0

package import Modules

extension Outbox {
    /// The causes that block requests for erasure.
    package var erasuresBlocked: [Cause] { Gate.causes(blocking: .erasing, gate.read().facts) }

    /// How many requests for erasure a round sends.
    package static let erasuresMax = 10

    /// Those of some erasures that a round asks for, ``erasuresMax`` at most.
    ///
    /// - Parameters:
    ///   - isAskedFor: a person waits for it, who waits out only what a server asked for.
    ///   - isAlone: no batch is meant.
    package func asked(
        _ erasures: [PendingErasure], isAskedFor: Bool, isAlone: Bool
    ) -> [PendingErasure] {
        erasures.asked(at: now, isAskedFor: isAskedFor, isAlone: isAlone)
    }

    /// Before when none of some erasures is due; nil where one is, or there are none.
    package func notBefore(_ erasures: [PendingErasure], isAskedFor: Bool) -> Timestamp? {
        erasures.notBefore(now, isAskedFor: isAskedFor)
    }

    /// What keeps pending erasures from being asked for; nil if nothing does.
    package var erasureProblem: TelemetryError? { erasureList.problem() }

    /// All erasures that the collector has not confirmed.
    package func pendingErasures() throws(TelemetryError) -> [PendingErasure] {
        try erasureList.all()
    }

    /// Notes that an erasure is confirmed, or can't be had there.
    package func settled(_ erasure: PendingErasure, isSupported: Bool = true) throws {
        let kind: LedgerEntry.Kind = isSupported ? .erasureConfirmed : .erasureNotSupported
        // First, so that a request that is gone was told; one that is told twice was asked twice.
        try ledger.append(.erasure(kind, at: erasure.url))
        try erasureList.update { all in
            all.removeAll { $0.url == erasure.url }
        }
    }

    /// Notes, on the disk, that an erasure is asked for: one of which that can't be noted is not,
    /// or it would be again in each round.
    package func begin(_ erasure: PendingErasure) throws(TelemetryError) {
        try erasureList.update { all in
            for index in all.indices where all[index].url == erasure.url {
                all[index].attempts += 1
                all[index].hasLeft = true
                all[index].wasKeptAway = false
            }
        }
    }

    /// Notes that an erasure is to be tried again, not before a time.
    ///
    /// - Parameters:
    ///   - wish: until when the server asked for patience, which holds for all that it is to be
    ///     asked; nil if it did not.
    ///   - hasLeft: whether a byte of the request may have left.
    package func retry(
        _ erasure: PendingErasure, notBefore time: Timestamp, wish: Timestamp? = nil,
        hasLeft: Bool = true
    ) throws(TelemetryError) {
        try erasureList.update { all in
            for index in all.indices where all[index].url == erasure.url {
                all[index].nextAttemptAt = time
                all[index].wish = wish
                all[index].hasLeft = hasLeft || erasure.hasLeft
            }
            guard let wish else { return }
            for index in all.indices where all[index].origin == erasure.origin {
                all[index].wish = wish
                all[index].putOff(until: wish, now)
            }
        }
    }
}

extension TelemetryControl {
    /// Until when servers asked for patience with what is still to be erased from here, by origin;
    /// none where the list can't be read, which `status` tells.
    package var erasureWishes: [String: Timestamp] {
        guard !isForeign, let pending = try? erasureList.all() else { return [:] }
        return pending.wishes(at: seams.clock.now())
    }

    /// Leaves servers alone, with what is still to be erased from here, for as long as they asked
    /// in another folder of the same home.
    package func heed(_ wishes: [String: Timestamp]) throws(TelemetryError) {
        let now = seams.clock.now()
        guard !wishes.isEmpty, !isForeign, var pending = try? erasureList.all() else { return }
        guard pending.indices.contains(where: { pending[$0].heed(wishes, now) }) else { return }
        try erasureList.update { all in
            for index in all.indices { _ = all[index].heed(wishes, now) }
        }
    }
}
