// SPDX-License-Identifier: Apache-2.0

import SQLite

/// What the configuration says about the form and the address of a batch. Of what was sealed in
/// another one nothing has left yet, so it is sealed anew: what is configured now holds for all
/// that begins to leave from now on.
struct SealedForm {
    private static let key = "sealed.form"

    private let text: String

    init(_ config: TelemetryModuleConfig) {
        let types = config.allowedEventTypes.map { Set($0).sorted().joined(separator: " ") }
        let parts = [
            config.uploadEndpoint?.description ?? "", config.compression,
            config.anonymizeData ? "coarse" : "exact",
            config.erasureEndpoint == nil ? "" : "erasable", types ?? "all",
        ]
        text = parts.joined(separator: "\n")
    }

    /// Whether all that is sealed and has not begun to leave has this form.
    func isKept(in store: Store) throws -> Bool {
        try store.rememberedText(Self.key) == text
    }

    /// Notes that it has.
    func keep(in store: Store) throws(SQLiteError) { try store.remember(text, Self.key) }
}

extension Sealer {
    /// Makes what is sealed fit what is agreed to and configured now. Call before anything sealed
    /// is shown, released or handed out.
    ///
    /// A batch of an earlier yes is void. One of today's that has not begun to leave, and has
    /// another form than a batch would have now, is given up, and its events wait again; so a
    /// person who released it is asked again. Those of a held one go into another held one. Where
    /// review is asked for, the rest is held.
    func fit(_ store: Store) throws {
        try voidEarlier(in: store)
        if try !SealedForm(config).isKept(in: store) {
            try store.database.transaction { try fitForm(store) }
        }
        try sealAnew(store)
        try holdUnreleased(in: store)
    }

    /// The part of `fit` that is about the form, within a transaction: another process may seal
    /// under another configuration.
    func fitForm(_ store: Store) throws {
        let form = SealedForm(config)
        guard try !form.isKept(in: store) else { return }
        try unseal(store)
        try form.keep(in: store)
    }

    private func voidEarlier(in store: Store) throws {
        guard let epoch = gate.read().state.epoch else { return }
        let earlier = "state IN \(SealedBatch.State.unsentList) AND epoch < ?"
        let value = SQLiteValue.integer(Int64(epoch))
        let batches = try store.database.rows(
            "SELECT uid FROM batches WHERE \(earlier)", [value]
        ) { $0.text(0) }
        guard !batches.isEmpty else { return }
        try store.database.transaction {
            for uid in batches {
                try store.database.run(
                    "UPDATE batches SET state = 'void' WHERE uid = ? AND \(earlier)",
                    [.text(uid), value])
                guard store.database.changes == 1 else { continue }
                try ledger(of: store).append(.batch(.batchVoided, uid))
            }
        }
    }

    private func unseal(_ store: Store) throws {
        let epoch = Int64(gate.read().state.epoch ?? 0)
        let batches = try store.batches(
            "state IN \(SealedBatch.State.reviewableList) AND epoch = ?", [.integer(epoch)],
            limit: -1)
        for batch in batches where !batch.isEmptied {
            try store.giveUp(batch)
            try ledger(of: store).append(.unsealed(batch.uid))
        }
    }

    /// Seals the events of held batches that were given up as held ones again: a person has not
    /// released them, whatever is configured since.
    private func sealAnew(_ store: Store) throws {
        let emptied = "state = 'held' AND epoch = ? AND length(body) = 0"
        let epoch = SQLiteValue.integer(Int64(gate.read().state.epoch ?? 0))
        guard try !store.batches(emptied, [epoch]).isEmpty else { return }
        try store.database.transaction {
            guard let ground = try ground(store) else { return }
            for batch in try store.batches(emptied, [epoch], limit: -1) {
                try sealAnew(batch, ground, store)
            }
        }
    }

    private func sealAnew(_ batch: SealedBatch, _ ground: Ground, _ store: Store) throws {
        let old = SQLiteValue.integer(batch.row)
        let rows = try store.rows(ofBatch: batch.row)
        for row in rows where !ground.plans.covers(row.name) {
            try store.database.run(
                "UPDATE events SET batch = NULL, epoch = 0 WHERE id = ?", [.integer(row.row)])
        }
        let renewed = try seal(
            rows.filter { ground.plans.covers($0.name) }, as: .held, ground, store)
        if let renewed {
            try store.database.run(
                "UPDATE events SET batch = ? WHERE batch = ?", [.integer(renewed.row), old])
        }
        try store.database.run("DELETE FROM batches WHERE id = ?", [old])
    }
}

extension Store {
    /// Gives up a batch of which nothing has left, within a transaction: its events wait again, and
    /// the losses of which it would have told are told by the next one. A held one stays, without
    /// its bytes, until its events are sealed anew: they wait for a person as before.
    func giveUp(_ batch: SealedBatch) throws {
        try takeBackLosses(of: batch)
        let row = SQLiteValue.integer(batch.row)
        if batch.state == .held { return try empty(batch.row) }
        try database.run("UPDATE events SET batch = NULL WHERE batch = ?", [row])
        try database.run("DELETE FROM batches WHERE id = ?", [row])
    }

    /// Deletes the bytes of a batch. Its row says what became of it.
    func empty(_ batch: Int64) throws(SQLiteError) {
        try database.run("UPDATE batches SET body = x'' WHERE id = ?", [.integer(batch)])
    }

    /// Makes the losses that a batch would have told of untold again: it never leaves.
    func takeBackLosses(of batch: SealedBatch) throws {
        for (reason, count) in BatchRequest.losses(told: batch.request) {
            try database.run(
                "UPDATE losses SET reported = max(0, reported - ?) WHERE reason = ?",
                [.integer(count), .text(reason)])
        }
    }
}
