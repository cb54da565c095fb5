// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Batches whose bytes or address the disk has changed: nobody agreed to those, so they never leave.
extension Sealer {
    /// The batches of today's consent that have not been answered, made to fit. Call before
    /// anything is shown: what can't leave is not shown as if it could.
    func fitToShow(_ store: Store) throws {
        try fit(store)
        let unsent = "state IN \(SealedBatch.State.unsentList) AND epoch = ? AND id > ?"
        let epoch = SQLiteValue.integer(Int64(gate.read().state.epoch ?? 0))
        var last: Int64 = 0
        // One at a time: all of them may be as large as all that is stored.
        while let batch = try store.batches(unsent, [epoch, .integer(last)]).first {
            last = batch.row
            if !batch.isWhole || !goesWhereAgreed(batch) { try voidDamaged(batch, in: store) }
        }
    }

    /// Whether a batch goes to the place of the yes that stands.
    func goesWhereAgreed(_ batch: SealedBatch) -> Bool {
        guard let origin = Endpoint(batch.url)?.origin else { return false }
        return origin == gate.read().state.record?.terms.origin
    }

    /// Gives a damaged batch up. Its events stay to be seen.
    func voidDamaged(_ batch: SealedBatch, in store: Store) throws {
        try store.database.transaction {
            try store.database.run(
                "UPDATE batches SET state = 'void', answer = 'damaged' WHERE id = ?",
                [.integer(batch.row)])
            try store.database.run(
                "UPDATE events SET batch = NULL, epoch = 0 WHERE batch = ?", [.integer(batch.row)])
            try ledger(of: store).append(.voided(batch.uid, because: "damaged on the disk"))
        }
        gate.seams.logger.log(
            .warning, "batch \(batch.uid) is damaged on the disk and is not sent")
    }
}
