// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Losses of one yes are told by the batches under it: those from before it are told to nobody, and
/// counted here alone.
extension Store {
    private static let epochKey = "losses.epoch"

    /// Has all losses until now told to nobody, and those of events of an epoch before this one.
    func leaveLossesUntold(before epoch: UInt32) throws {
        guard database.isInTransaction else {
            return try database.transaction { try leaveLossesUntold(before: epoch) }
        }
        try database.execute("UPDATE losses SET reported = count")
        try remember("\(epoch)", Self.epochKey)
    }

    /// The first epoch whose losses are told.
    private var firstEpoch: Int64 {
        get throws { try rememberedText(Self.epochKey).flatMap(Int64.init) ?? 0 }
    }

    /// Counts events as lost before they are deleted; `condition` says in SQL which. Within a
    /// transaction.
    func addLoss(
        _ reason: LossReason, ofEvents condition: String, _ values: [SQLiteValue] = []
    ) throws {
        let epochs = try database.rows(
            "SELECT epoch, count(*) FROM events WHERE \(condition) GROUP BY epoch", values
        ) { (epoch: $0.integer(0), count: $0.integer(1)) }
        let first = try firstEpoch
        try addLoss(reason, epochs.reduce(0) { $0 + $1.count })
        let untold = epochs.filter { $0.epoch < first }.reduce(0) { $0 + $1.count }
        guard untold > 0 else { return }
        try database.run(
            "UPDATE losses SET reported = reported + ? WHERE reason = ?",
            [.integer(untold), .text(reason.rawValue)])
    }

    /// Makes the losses that a batch would have told of untold again: it never leaves. Of one whose
    /// sending began nobody knows whether it told them.
    func takeBackLosses(of batch: SealedBatch) throws {
        let epoch = try database.integer(
            "SELECT epoch FROM batches WHERE uid = ?", [.text(batch.uid)])
        guard batch.attempts == 0, try epoch ?? 0 >= firstEpoch else { return }
        for (reason, count) in BatchRequest.losses(told: batch.request) {
            try database.run(
                "UPDATE losses SET reported = max(0, reported - ?) WHERE reason = ?",
                [.integer(count), .text(reason)])
        }
    }
}
