// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Losses of one yes are told by the batches under it: those from before it are told to nobody, and
/// counted here alone.
extension Store {
    private static let epochKey = "losses.epoch"

    /// Has all losses until now told to nobody, and those of events of other epochs than this one.
    func leaveLossesUntold(before epoch: UInt32) throws {
        guard database.isInTransaction else {
            return try database.transaction { try leaveLossesUntold(before: epoch) }
        }
        try database.execute("UPDATE losses SET reported = count")
        try remember("\(epoch)", Self.epochKey)
    }

    /// The epoch whose losses are told; nil where no yes was said since this store was made.
    private var toldEpoch: Int64? {
        get throws { try rememberedText(Self.epochKey).flatMap(Int64.init) }
    }

    /// Counts events as lost before they are deleted; `condition` says in SQL which. Within a
    /// transaction.
    func addLoss(
        _ reason: LossReason, ofEvents condition: String, _ values: [SQLiteValue] = []
    ) throws {
        // In one pass: to sort that many takes room on a disk that may have none.
        let isUntold = try toldEpoch.map { "epoch <> \($0)" } ?? "0"
        let counts = try database.rows(
            "SELECT count(*), coalesce(sum(\(isUntold)), 0) FROM events WHERE \(condition)", values
        ) { (all: $0.integer(0), untold: $0.integer(1)) }.first
        guard let counts, counts.all > 0 else { return }
        try addLoss(reason, counts.all)
        try database.run(
            "UPDATE losses SET reported = reported + ? WHERE reason = ?",
            [.integer(counts.untold), .text(reason.rawValue)])
    }

    /// Makes the losses that a batch would have told of untold again: it never leaves. Of one that
    /// may have begun to leave nobody knows whether it told them.
    func takeBackLosses(of batch: SealedBatch) throws {
        let epoch = try database.integer(
            "SELECT epoch FROM batches WHERE uid = ?", [.text(batch.uid)])
        guard !batch.mayHaveLeft, try toldEpoch.map({ $0 == epoch }) ?? true else { return }
        for (reason, count) in BatchRequest.losses(told: batch.request) {
            try database.run(
                "UPDATE losses SET reported = max(0, reported - ?) WHERE reason = ?",
                [.integer(count), .text(reason)])
        }
    }
}
