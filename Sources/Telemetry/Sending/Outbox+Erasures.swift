// SPDX-License-Identifier: Apache-2.0

package import Modules

extension Outbox {
    /// The causes that block requests for erasure.
    package var erasuresBlocked: [Cause] { Gate.causes(blocking: .erasing, gate.read().facts) }

    /// Those of some erasures that are due now.
    ///
    /// - Parameter isAskedFor: a person waits for it, who waits out only what a server asked for.
    package func due(_ erasures: [PendingErasure], isAskedFor: Bool = false) -> [PendingErasure] {
        erasures.filter { $0.isDue(at: now, isAskedFor: isAskedFor) }
    }

    /// Whether an erasure is due though nobody asks for it.
    package func isDue(_ erasure: PendingErasure) -> Bool { erasure.isDue(at: now) }

    /// Puts off by hours, drawn, what is due sooner, since batches went that are not to be seen
    /// beside it.
    package func putOffErasures(_ random: some RandomSource) throws(TelemetryError) {
        guard try !pendingErasures().isEmpty else { return }
        let time = UploadSchedule(dueAt: now, intervalHours: 1).apart(after: now, random).dueAt
        try erasureList.update { all in
            for index in all.indices where all[index].nextAttemptAt < time {
                all[index].nextAttemptAt = time
            }
        }
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

    /// Notes that an erasure is to be tried again, not before a time.
    ///
    /// - Parameter wish: until when the server asked for patience; nil if it did not.
    package func retry(
        _ erasure: PendingErasure, notBefore time: Timestamp, wish: Timestamp? = nil
    ) throws(TelemetryError) {
        try erasureList.update { all in
            for index in all.indices where all[index].url == erasure.url {
                all[index].attempts += 1
                all[index].nextAttemptAt = time
                all[index].wish = wish
            }
        }
    }
}
