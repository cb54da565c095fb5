// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Attempts of which nothing left.
extension Outbox {
    /// Notes that an attempt was ended before anything of the batch left.
    package func takeBack(_ batch: SealedBatch, answer: String) throws {
        try store.database.transaction {
            try ledger.append(.answered(batch.uid, "retry", answer: answer))
            try unbegin(batch)
        }
        forgetPlace(of: batch)
    }

    /// Takes back, within a transaction, that a batch began to leave: the attempt costs none of
    /// the day's bytes, and the batch stands where it did. If no attempt before may have left, it
    /// is still to be reviewed, and to be sealed anew as is configured now.
    func unbegin(_ batch: SealedBatch) throws {
        try store.takeBack(Int64(batch.body.count), fromTotal: Self.budgetKey(now.day))
        guard let before = stoodBefore, before.uid == batch.uid else { return }
        try store.database.run(
            "UPDATE batches SET state = ? WHERE uid = ? AND state = 'sending'",
            [.text(before.state.rawValue), .text(batch.uid)])
        // Whoever gave up what had another form passed this one by.
        guard try !SealedForm(sealer.config).isKept(in: store) else { return }
        try store.giveUp(
            where: "uid = ?", [.text(batch.uid)], because: SealedForm.change, ledger)
    }

    /// Forgets where erasure is to be asked for, if that is known only since the batch of which
    /// nothing left began. Where that can't be changed now it stays: rather too much is asked.
    func forgetPlace(of batch: SealedBatch) {
        guard let noted = notedPlace, stoodBefore?.uid == batch.uid else { return }
        notedPlace = nil
        let (files, directory) = (gate.seams.files, gate.directory)
        let waiting = TelemetryControl.lockMilliseconds
        guard let lock = try? files.lock(directory.changeLock, waiting: waiting) else { return }
        defer { withExtendedLifetime(lock) {} }
        guard var record = gate.read().state.record, record.installationID == noted.installationID
        else { return }
        record.sentErasureURLs.removeAll { $0 == noted.url }
        try? files.replace(directory.consentRecord, with: record.serialized)
    }
}

extension Store {
    /// Where a batch stands; nil if there is none.
    func state(ofBatch uid: String) throws -> SealedBatch.State? {
        try database.rows("SELECT state FROM batches WHERE uid = ?", [.text(uid)]) { $0.text(0) }
            .first.flatMap(SealedBatch.State.init)
    }
}
