// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Batches whose bytes or address the disk has changed: nobody agreed to those, so they never
/// leave.
extension Sealer {
    /// Makes what a person may look at fit, and gives damaged batches up: what can't leave is not
    /// shown as if it could. One that is being sent is its uploader's.
    func fitToShow(_ store: Store) throws {
        try fit(store)
        let shown = "\(Store.isReviewable) AND epoch = ? AND id > ?"
        let epoch = SQLiteValue.integer(Int64(gate.read().state.epoch ?? 0))
        var progress = RowProgress()
        // One at a time: all of them may be as large as all that is stored.
        while let batch = try store.batches(shown, [epoch, .integer(progress.last)]).first {
            try progress.reaches(batch.row)
            if !isSound(batch) { try voidDamaged(batch, in: store) }
        }
    }

    /// Whether a batch is what was sealed, and goes where that was agreed to.
    func isSound(_ batch: SealedBatch) -> Bool {
        batch.isWhole && goesWhereAgreed(batch)
    }

    /// Whether a batch goes to the place of the yes that stands.
    func goesWhereAgreed(_ batch: SealedBatch) -> Bool {
        guard let origin = Endpoint(batch.url)?.origin else { return false }
        return origin == gate.read().state.record?.terms.origin
    }

    /// Gives a batch up that is damaged still. Its events stay to be seen.
    func voidDamaged(_ seen: SealedBatch, in store: Store) throws {
        let isVoid = try store.database.transaction {
            let unsent = "id = ? AND state IN \(SealedBatch.State.unsentList)"
            // It may have been given up, or sealed anew, since it was read.
            guard let batch = try store.batches(unsent, [.integer(seen.row)]).first,
                !batch.isEmptied, !isSound(batch)
            else { return false }
            try store.takeBackLosses(of: batch)
            try store.database.run(
                "UPDATE batches SET \(Store.voiding), answer = 'damaged' WHERE id = ?",
                [.integer(batch.row)])
            try store.database.run(
                "UPDATE events SET batch = NULL, epoch = 0 WHERE batch = ?", [.integer(batch.row)])
            try ledger(of: store).append(.voided(batch.uid, because: "damaged on the disk"))
            return true
        }
        guard isVoid else { return }
        gate.seams.logger.log(
            .warning, "batch \(seen.uid) is damaged on the disk and is not sent")
    }
}
