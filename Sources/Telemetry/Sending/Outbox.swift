// SPDX-License-Identifier: Apache-2.0

package import Modules
import SQLite

/// What is to be sent, and the record of what became of it. Knows no network.
package final class Outbox {
    /// What the outbox has for an uploader.
    package enum Next: Equatable {
        /// Send this, now.
        case batch(SealedBatch)
        /// The next attempt is due only then.
        case later(Timestamp)
        /// Today's bytes are used up.
        case budgetSpent
        /// These causes block sending.
        case blocked([Cause])
        /// The configuration is another one by now.
        case reconfigured
        /// Only what a person has not released waits: so many events.
        case held(Int64)
        /// Nothing waits.
        case empty
    }

    /// Twice the longest wait that anybody asks for, which so outlives a clock that is set back; a
    /// time beyond it was noted by a clock gone wrong.
    package static let patienceSecondsMax: Int64 = 2 * 86_400

    /// The states of batches that nobody has to release, as a list of SQL.
    static let ready = "'sealed', 'released', 'sending'"

    /// The same by a configuration: where review is asked for, what is sealed will be held.
    static func ready(_ config: TelemetryModuleConfig) -> String {
        config.uploadReview == .manual ? "'released', 'sending'" : ready
    }

    let sealer: Sealer
    let store: Store
    let erasureList: ErasureList
    /// Where the batch that began to be sent last stood before that.
    var stoodBefore: (uid: String, state: SealedBatch.State)?
    /// Where erasure is to be asked for since that batch began, and under which identifier; nil
    /// where that was known before.
    var notedPlace: (url: String, installationID: String?)?
    // Held as long as the outbox lives: one uploader over all processes.
    private let lock: FileLock

    var gate: GateReader { sealer.gate }
    var now: Timestamp { gate.seams.clock.now() }
    var ledger: Ledger { sealer.ledger(of: store) }

    init?(_ sealer: Sealer, _ store: Store) throws {
        let (directory, files) = (sealer.gate.directory, sealer.gate.seams.files)
        guard let lock = try Self.lock(directory.uploadLock, sealer.gate.seams) else { return nil }
        self.lock = lock
        self.sealer = sealer
        self.store = store
        erasureList = ErasureList(
            directory: directory, files: files, userID: sealer.gate.seams.userID)
        // What is marked before sending must be on the disk before the first byte leaves.
        try store.database.execute("PRAGMA synchronous = FULL")
    }

    private static func lock(_ path: String, _ seams: TelemetrySeams) throws -> FileLock? {
        do throws(SystemError) {
            return try seams.files.lock(path)
        } catch {
            throw FalseLock.error(at: path, seams) ?? error
        }
    }

    /// How requests leave.
    package var settings: TransferSettings {
        TransferSettings(product: sealer.product, config: sealer.config)
    }

    /// Notes that a round begins: where one was due, the next due time is drawn. Before anything
    /// is sent, so that a round that fails or crashes is not repeated at once.
    ///
    /// Throws if the store is damaged, which is looked for once in each interval: a damaged page
    /// may hide events without any error.
    package func noteRound() throws {
        let schedule = try memory.schedule()
        guard schedule.isDue(at: now) else { return }
        try memory.keep(schedule.next(after: now, gate.seams.random))
        guard try StoreDamage.isSound(store.database) else { throw SQLiteError.damage }
    }

    /// Notes that nothing can leave before tomorrow, a batch that failed no more than others.
    package func noteBudgetSpent() throws {
        try memory.keep(memory.schedule().nextDay(after: now, gate.seams.random))
        let tomorrow = Day(number: now.day.number + 1).start
        try store.database.run(
            """
            UPDATE batches SET next_attempt_at = 0
            WHERE state IN (\(Self.ready)) AND next_attempt_at < ?
            """, [.integer(tomorrow.nanoseconds)])
    }

    var memory: ScheduleMemory {
        ScheduleMemory(store: store, config: sealer.config, seams: gate.seams)
    }

    /// Has the store looked at closely if damage could explain an error, so that the next round
    /// meets a sound one; a damaged one is set aside and counted.
    package func replaceStoreIfDamaged(after error: any Error) throws {
        guard StoreDamage.isSuspected(error) else { return }
        _ = try Store.replaceIfDamaged(gate.directory, gate.seams)
    }

    /// The next batch to send: one that was begun or sealed before, else one sealed now.
    ///
    /// - Parameter isAskedFor: a person waits for it; of what failures put off, only what a server
    ///   asked for is waited out then.
    package func next(isAskedFor: Bool = false) throws -> Next {
        let causes = Gate.causes(blocking: .sending, gate.read().facts)
        guard causes.isEmpty else { return .blocked(causes) }
        try endDeletion()
        if isReconfigured { return .reconfigured }
        // Whoever asked for patience asked for it for all batches.
        let epoch = gate.read().state.epoch ?? 0
        let later = try isAskedFor ? memory.wish() : memory.notBefore(epoch: epoch)
        if let later, later > now { return .later(later) }
        var batch = try nextSealed()
        if batch == nil, sealer.config.uploadReview == .automatic {
            batch = try sealer.seal(from: store)
        }
        guard let batch else {
            let held = try sealer.heldEvents(in: store)
            return held > 0 ? .held(held) : .empty
        }
        let spent = try store.total(Self.budgetKey(now.day))
        let bytes = Int64(batch.body.count)
        return Self.fits(bytes, spent: spent, sealer.config) ? .batch(batch) : .budgetSpent
    }

    /// The oldest batch that may leave; a damaged one never does.
    ///
    /// Throws `SQLiteError.damage` where one that was given up for that is there still.
    private func nextSealed() throws -> SealedBatch? {
        try sealer.fit(store)
        var progress = RowProgress()
        while let batch = try sealer.unsent(Self.ready, in: store) {
            if batch.isWhole, sealer.goesWhereAgreed(batch) { return batch }
            try progress.reaches(batch.row)
            try sealer.voidDamaged(batch, in: store)
        }
        return nil
    }

    /// Whether a batch of so many bytes may go on a day on which others went already. One that is
    /// larger than a whole day's budget goes alone, or it would never go.
    static func fits(_ bytes: Int64, spent: Int64, _ config: TelemetryModuleConfig) -> Bool {
        spent == 0 || spent + bytes <= config.uploadBytesPerDayMax
    }

    /// The latest time that is taken for one that was noted for a next attempt.
    static func patience(_ now: Timestamp) -> Timestamp {
        now.advanced(bySeconds: patienceSecondsMax)
    }

    /// The name under which the store counts a day's bytes.
    static func budgetKey(_ day: Day) -> String { "bytes.\(day)" }

    /// Notes, on the disk, that sending begins. False if consent was taken back or a deletion began
    /// meanwhile, or the configuration is another one by now.
    package func begin(_ batch: SealedBatch) throws -> Bool {
        let waiting = TelemetryControl.lockMilliseconds
        let path = gate.directory.changeLock
        guard let lock = try FalseLock.lock(path, waiting: waiting, gate.seams) else {
            // The next look at the same batch would only wait again.
            throw TelemetryError(
                .busy, "an enable, disable or delete-data is at work on this home",
                hint: "try again when it is done")
        }
        defer { withExtendedLifetime(lock) {} }
        // Damage to the log takes back what is in it alone: that events were sealed must not be,
        // or they would leave once more, in another batch.
        _ = try store.database.integer("PRAGMA wal_checkpoint(PASSIVE)")
        return try store.database.transaction {
            let (facts, consent) = gate.read()
            guard Gate.causes(blocking: .sending, facts).isEmpty, !isReconfigured,
                let record = consent.record, !gate.isEnding
            else { return false }
            stoodBefore = try store.state(ofBatch: batch.uid).map { (batch.uid, $0) }
            try store.database.run(
                """
                UPDATE batches SET state = 'sending', attempts = attempts + 1
                WHERE uid = ? AND epoch = ? AND state IN ('sealed', 'released', 'sending')
                """, [.text(batch.uid), .integer(Int64(consent.epoch ?? 0))])
            guard store.database.changes == 1 else { return false }
            notedPlace = try noteSending(record)
            try store.addTotal(Self.budgetKey(now.day), Int64(batch.body.count))
            try ledger.append(
                .sendingBegun(batch.uid, sha256: batch.sha256, attempt: batch.attempts + 1))
            return true
        }
    }

    /// Keeps beside the secret where to ask for erasure, before anything is known there. Returns
    /// what was not kept before.
    private func noteSending(
        _ record: ConsentRecord
    ) throws(SystemError) -> (url: String, installationID: String?)? {
        let url = sealer.config.erasureEndpoint?.description ?? ""
        guard !record.sentErasureURLs.contains(url) else { return nil }
        var record = record
        record.sentErasureURLs.append(url)
        try gate.seams.files.replace(gate.directory.consentRecord, with: record.serialized)
        return (url, record.installationID)
    }

    /// Notes that the collector has the batch; `rejected` of its events it refused.
    package func accepted(_ batch: SealedBatch, rejected: Int64, answer: String) throws {
        let rejected = min(max(0, rejected), batch.events)
        let row = LedgerEntry.answered(
            batch.uid, "accepted", answer: answer, rejected: rejected)
        try finish(batch, .accepted, answer, row) {
            try store.addLoss(.rejected, rejected)
            try store.addTotal("uploaded", batch.events - rejected)
        }
    }

    /// Notes that the collector refused the batch for good.
    package func refused(_ batch: SealedBatch, answer: String) throws {
        let row = LedgerEntry.answered(
            batch.uid, "rejected", answer: answer, rejected: batch.events)
        try finish(batch, .rejected, answer, row) { try store.addLoss(.rejected, batch.events) }
    }

    /// The ledger tells of every answer; counted is what still stands here.
    private func finish(
        _ batch: SealedBatch, _ state: SealedBatch.State, _ answer: String, _ row: LedgerEntry,
        _ count: () throws -> Void
    ) throws {
        try store.database.transaction {
            try store.database.run(
                "UPDATE batches SET state = ?, answered_at = ?, answer = ? WHERE uid = ?",
                [
                    .text(state.rawValue), .integer(now.nanoseconds), .text(answer),
                    .text(batch.uid),
                ])
            if store.database.changes == 1 { try count() }
            try ledger.append(row)
        }
    }

    /// Notes that the batch is to be tried again, not before a time.
    ///
    /// - Parameters:
    ///   - wish: until when the server asked for patience; nil if it did not.
    ///   - hasLeft: whether any byte of it may have left in this attempt.
    package func retry(
        _ batch: SealedBatch, notBefore time: Timestamp, wish: Timestamp? = nil,
        hasLeft: Bool = true, answer: String
    ) throws {
        try store.database.transaction {
            try memory.keep(wish: wish, origin: Endpoint(batch.url)?.origin ?? "")
            try store.database.run(
                "UPDATE batches SET next_attempt_at = ?, answer = ? WHERE uid = ?",
                [.integer(time.nanoseconds), .text(answer), .text(batch.uid)])
            try ledger.append(.answered(batch.uid, "retry", answer: answer))
            if !hasLeft { try unbegin(batch) }
        }
        if !hasLeft { forgetPlace(of: batch) }
    }
}
