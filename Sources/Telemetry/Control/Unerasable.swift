// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Why some of what was sent under an identifier, or may have been, can't be erased elsewhere;
/// empty where all of it can be asked for.
public struct Unerasable: OptionSet, Sendable {
    /// One bit for each reason.
    public let rawValue: Int

    /// Makes a set of its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// It went to an endpoint for which nobody was named who can be asked.
    public static let noPlace = Unerasable(rawValue: 1)
    /// The record of the consent, which proves the right to it, is lost or can't be read.
    public static let rightLost = Unerasable(rawValue: 2)

    private static let names = [(noPlace, "no_place"), (rightLost, "right_lost")]
    private static let notedWord = "noted"
    private static let key = "identifier.unerasable"

    /// The reasons whose names are among these.
    init(names: [String]) {
        self = Self.names.reduce(into: []) { all, each in
            if names.contains(each.1) { all.formUnion(each.0) }
        }
    }

    /// The reasons as programs, the store and the ledger name them.
    package var names: [String] { Self.names.filter { contains($0.0) }.map(\.1) }

    /// What was kept before an identifier ended, and was told to nobody yet.
    ///
    /// The record that knows it is replaced when the identifier ends, and whoever does that may end
    /// before it is told. Whoever goes on finds it here.
    static func kept(in store: Store) throws -> Unerasable {
        Unerasable(names: try keptWords(in: store))
    }

    /// Whether the ledger has what is kept.
    static func isNoted(in store: Store) throws -> Bool {
        try keptWords(in: store).contains(notedWord)
    }

    private static func keptWords(in store: Store) throws -> [String] {
        try (store.rememberedText(key) ?? "").split(separator: " ").map(String.init)
    }

    /// Keeps it, or forgets what was kept.
    ///
    /// - Parameter isNoted: whether the ledger has it.
    func keep(in store: Store, isNoted: Bool = false) throws {
        if isEmpty { return try store.forget(Self.key) }
        let words = names + (isNoted ? [Self.notedWord] : [])
        try store.remember(words.joined(separator: " "), Self.key)
    }

    /// Each reason in words.
    package var words: String {
        let reasons = [
            contains(.noPlace)
                ? "when it was sent telemetry.erasure_url named nobody to ask, and "
                    + "telemetry.upload_url did not end in /v1/logs" : nil,
            contains(.rightLost)
                ? "the record of the consent, which proves the right to it, is lost or can't be "
                    + "read" : nil,
        ]
        return reasons.compactMap(\.self).joined(separator: "; and ")
    }

    /// What becomes of what was sent, as the end of a sentence about who ended its identifier.
    ///
    /// - Parameter requested: whether some of it is asked to be erased.
    func end(requested: Bool, sent: String) -> String {
        switch (requested, isEmpty) {
        case (false, true): ""
        case (true, true): ", and \(sent) is asked to be erased"
        case (true, false):
            ", and \(sent) is asked to be erased, but some of it can't be: \(words)"
        case (false, false): ", and \(sent), or may have been, can't be erased elsewhere: \(words)"
        }
    }
}

extension ConsentRecord {
    /// Why some of what was sent under the identifier, or under one before it that is not known any
    /// more, can't be erased.
    var unerasable: Unerasable {
        var reasons: Unerasable = []
        if sentErasureURLs.contains("") { reasons.insert(.noPlace) }
        if isSendingForgotten { reasons.insert(.rightLost) }
        return reasons
    }
}

extension TelemetryControl {
    /// Keeps why what was sent under an identifier can't be erased elsewhere. Where that can't be
    /// kept, as on a full disk, only whoever ends the identifier can tell it.
    func keepUnerasable(of id: [UInt8], in store: Store) {
        try? store.database.transaction {
            let state = gate.read().state
            guard Array((state.record?.installationID ?? "").utf8) == id else { return }
            try unerasable(store, state).keep(in: store)
        }
    }

    /// Why what was sent under the identifier can't be erased elsewhere. What another machine sent,
    /// from which this home was copied, is that machine's own affair.
    func unerasable(_ store: Store, _ state: ConsentState) throws -> Unerasable {
        if state.isCopied { return [] }
        if let record = state.record { return record.unerasable }
        return try isSendingForgotten(state, store) ? .rightLost : []
    }
}
