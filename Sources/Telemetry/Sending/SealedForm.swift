// SPDX-License-Identifier: Apache-2.0

import SQLite

/// What the configuration says about the form and the address of a batch. Of what was sealed in
/// another one nothing has left yet, so it is sealed anew: what is configured now holds for all
/// that begins to leave from now on.
struct SealedForm {
    private static let key = "sealed.form"
    /// Why a batch of another form is given up, for the ledger.
    static let change = "the configuration changed"

    private let text: String

    init(_ config: TelemetryModuleConfig) {
        let types = config.allowedEventTypes.map { Set($0).sorted().joined(separator: " ") }
        let parts = [
            config.uploadEndpoint?.description ?? "", config.compression,
            config.anonymizeData ? "coarse" : "second",
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

    /// Makes the batches of an earlier yes void.
    func voidEarlier(in store: Store) throws {
        guard let epoch = gate.read().state.epoch else { return }
        let earlier = "state IN \(SealedBatch.State.unsentList) AND epoch < ?"
        let value = SQLiteValue.integer(Int64(epoch))
        let batches = try store.database.rows(
            "SELECT uid, length(body) FROM batches WHERE \(earlier)", [value]
        ) { (uid: $0.text(0), bytes: $0.integer(1)) }
        guard !batches.isEmpty else { return }
        try store.database.transaction {
            for batch in batches {
                try store.database.run(
                    "UPDATE batches SET \(Store.voiding) WHERE uid = ? AND \(earlier)",
                    [.text(batch.uid), value])
                // That one without bytes was given up is told already.
                guard store.database.changes == 1, batch.bytes > 0 else { continue }
                try ledger(of: store).append(.batch(.batchVoided, batch.uid))
            }
        }
    }

    private func unseal(_ store: Store) throws {
        try store.giveUp(
            where: "epoch = ?", [.integer(Int64(gate.read().state.epoch ?? 0))],
            because: SealedForm.change, ledger(of: store))
    }
}
