// SPDX-License-Identifier: Apache-2.0

import SQLite

/// That what was sent under an identifier can't be erased elsewhere.
///
/// The store keeps it from before the identifier ends: the record that knows it is replaced then,
/// and whoever does that may end before the ledger has it. Whoever goes on finds it here.
struct Unerasable: Equatable {
    private static let key = "identifier.unerasable"
    private static let (noPlaceWord, lostWord) = ("no-place", "lost")

    /// Whether the record is lost that proves the right to it; else nobody can be asked.
    var isRightLost: Bool

    /// What was kept and not told; nil without anything.
    static func kept(in store: Store) throws -> Unerasable? {
        try store.rememberedText(key).map { Unerasable(isRightLost: $0 == lostWord) }
    }

    /// Keeps it, or forgets what was kept.
    static func keep(_ unerasable: Unerasable?, in store: Store) throws {
        guard let unerasable else { return try store.forget(key) }
        try store.remember(unerasable.isRightLost ? lostWord : noPlaceWord, key)
    }
}

extension TelemetryControl {
    /// Keeps whether what was sent under an identifier can't be erased elsewhere. Where that can't
    /// be kept, as on a full disk, only whoever ends the identifier can tell it.
    func keepUnerasable(of id: [UInt8], in store: Store) {
        try? store.database.transaction {
            let state = gate.read().state
            guard Array((state.record?.installationID ?? "").utf8) == id else { return }
            try Unerasable.keep(unerasable(store, state), in: store)
        }
    }

    /// Nil where all can be erased that was sent under the identifier. What another machine sent,
    /// from which this home was copied, is that machine's own affair.
    func unerasable(_ store: Store, _ state: ConsentState) throws -> Unerasable? {
        if state.isCopied { return nil }
        guard let record = state.record else {
            return try isSendingForgotten(state, store) ? Unerasable(isRightLost: true) : nil
        }
        return record.sentErasureURLs.contains("")
            ? Unerasable(isRightLost: record.isSendingForgotten) : nil
    }
}
