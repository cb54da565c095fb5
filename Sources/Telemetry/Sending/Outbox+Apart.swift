// SPDX-License-Identifier: Apache-2.0

package import Modules
import SQLite

/// Batches and requests for erasure are kept hours apart: beside each other they would tell that
/// the identifier that ended and the one that stands are of one installation.
extension Outbox {
    /// Puts the next round of batches off by hours, drawn, where one is due sooner, since a request
    /// for erasure has left.
    ///
    /// - Parameter isFirst: whether it left for the first time. One that is asked for again puts
    ///   off nothing that was put off and has not gone yet, so that an erasure that is refused for
    ///   ever keeps no batch back for ever.
    package func putOff(isFirst: Bool) throws {
        let schedule = try memory.schedule()
        guard try isFirst || !memory.isPutOff(schedule) else { return }
        let dueAt = try dueAt()
        let later = UploadSchedule(dueAt: dueAt, intervalHours: schedule.intervalHours)
            .apart(after: now, gate.seams.random)
        try store.database.transaction {
            guard later.dueAt != dueAt else { return try memory.notePutOff(schedule) }
            try memory.keep(later)
            try memory.notePutOff(later)
            try store.database.run(
                "UPDATE batches SET next_attempt_at = 0 WHERE state IN (\(Self.ready))")
        }
    }

    /// Whether batches that were put off are due.
    package func isPutOffOver() throws -> Bool {
        let schedule = try memory.schedule()
        return try schedule.isDue(at: now) && memory.isPutOff(schedule)
    }

    /// When the next round of batches is due: as scheduled, or where one failed, at its next
    /// attempt.
    package func dueAt() throws -> Timestamp {
        let (schedule, retryAt) = try memory.standing(epoch: gate.read().state.epoch ?? 0)
        return retryAt ?? schedule.dueAt
    }

    /// Puts off by hours, drawn, which of some erasures are due sooner, since batches went that are
    /// not to be seen beside them.
    package func putOff(
        _ erasures: [PendingErasure], _ random: some RandomSource
    ) throws(TelemetryError) {
        guard !erasures.isEmpty else { return }
        let urls = erasures.map(\.url)
        let time = UploadSchedule(dueAt: now, intervalHours: 1).apart(after: now, random).dueAt
        try erasureList.update { all in
            for index in all.indices
            where urls.contains(all[index].url) && all[index].nextAttemptAt < time {
                all[index].nextAttemptAt = time
            }
        }
    }
}
