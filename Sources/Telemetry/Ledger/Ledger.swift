// SPDX-License-Identifier: Apache-2.0

import Hashing
import JSON
import Modules
import SQLite

/// The append-only record of all that happened to consent and data, chained by hash.
///
/// It lives in the store, so that a row stands or falls with what it tells of.
struct Ledger {
    /// The most rows that are kept; beyond it the oldest tenth goes.
    static let rowsMax: Int64 = 10_000
    /// The highest number that a row can have got. One beyond it, or below 1, was written by
    /// somebody else: the chain goes on without it, and `log --verify` tells of it.
    static let numberMax: Int64 = 1 << 53
    private static let isPlausible = "number BETWEEN 1 AND \(numberMax)"

    let database: Connection
    let seams: TelemetrySeams

    /// Adds a row, within the transaction that is open or in one of its own.
    func append(_ entry: LedgerEntry) throws {
        guard database.isInTransaction else {
            return try database.transaction { try append(entry) }
        }
        let last = try head()
        guard last?.number ?? 0 < Self.numberMax else {
            throw TelemetryError(
                .ledger, "the ledger's last row has the highest number that there is",
                hint: "\(seams.command("delete-data --confirm")) begins a new ledger")
        }
        let draft = LedgerRow(
            number: (last?.number ?? 0) + 1, time: seams.clock.now(), kind: entry.kind.rawValue,
            detailText: JSONValue.object(entry.detail).serialized(.compact),
            previous: last?.hash ?? LedgerRow.genesis, hash: [])
        try database.run(
            "INSERT INTO ledger(number, time, kind, detail, previous, hash) "
                + "VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(draft.number), .integer(draft.time.nanoseconds), .text(draft.kind),
                .text(draft.detailText), .blob(draft.previous), .blob(draft.computedHash),
            ])
    }

    /// The last row; nil if there is none.
    func head() throws -> LedgerRow? {
        try rows(where: Self.isPlausible, order: "DESC", limit: 1).first
    }

    /// The row with this number; nil if there is none.
    func row(_ number: Int64) throws -> LedgerRow? {
        try rows(where: "number = ?", [.integer(number)]).first
    }

    /// The last row of one of the kinds; nil if there is none.
    func last(of kinds: LedgerEntry.Kind...) throws -> LedgerRow? {
        let words = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try rows(where: "kind IN (\(words))", order: "DESC", limit: 1).first
    }

    /// The rows that a condition selects, in their order.
    func rows(
        where condition: String = "1", _ values: [SQLiteValue] = [], order: String = "ASC",
        limit: Int64 = -1
    ) throws -> [LedgerRow] {
        let sql =
            "SELECT number, time, kind, detail, previous, hash FROM ledger WHERE \(condition) "
            + "ORDER BY number \(order) LIMIT \(limit)"
        return try database.rows(sql, values) { row in
            LedgerRow(
                number: row.integer(0), time: Timestamp(nanoseconds: row.integer(1)),
                kind: row.text(2), detailText: row.text(3), previous: row.blob(4),
                hash: row.blob(5))
        }
    }

    /// Removes the rows before `oldest`, and the oldest ones beyond `rowsMax`, and says so in a
    /// row that holds the hash to which the rest is tied. A row whose time is more than a day
    /// ahead of `now` is as old as those around it.
    func prune(before oldest: Timestamp, now: Timestamp, rowsMax: Int64) throws {
        guard let through = try lastToPrune(oldest, now, rowsMax) else { return }
        try database.transaction { try remove(through: through) }
    }

    /// Removes the older half, for a store that has no other room to give. False if that is none.
    func halve() throws -> Bool {
        let bounds = try database.rows(
            "SELECT min(number), max(number) FROM ledger WHERE \(Self.isPlausible)"
        ) { ($0.integer(0), $0.integer(1)) }.first
        guard let (first, last) = bounds, last - first > 3 else { return false }
        try remove(through: first + (last - first) / 2)
        return true
    }

    /// Rows that only tell of pruning are no reason to prune again.
    private func lastToPrune(
        _ oldest: Timestamp, _ now: Timestamp, _ rowsMax: Int64
    ) throws -> Int64? {
        let expired = try database.integer(
            """
            SELECT max(number) FROM ledger WHERE \(Self.isPlausible) AND time < ?1
                AND kind <> 'pruned' AND number < (SELECT coalesce(min(number), 9e18)
                    FROM ledger WHERE time BETWEEN ?1 AND ?2)
            """,
            [.integer(oldest.nanoseconds), .integer(DatedAhead.bound(now))])
        let count = try database.integer("SELECT count(*) FROM ledger") ?? 0
        let first =
            try database.integer("SELECT min(number) FROM ledger WHERE \(Self.isPlausible)") ?? 0
        let surplus = count > rowsMax ? first + count - rowsMax + rowsMax / 10 - 1 : 0
        let through = max(expired ?? 0, surplus)
        return through > 0 ? through : nil
    }

    private func remove(through number: Int64) throws {
        guard let last = try rows(where: "number = ?", [.integer(number)]).first else { return }
        try append(
            LedgerEntry(
                .pruned, ["through": .integer(number), "hash": .string(last.digest)]))
        try database.run("DELETE FROM ledger WHERE number <= ?", [.integer(number)])
    }
}

extension Ledger {
    /// The places that were asked for an erasure and don't know how to do it, each once, sorted; of
    /// the rows up to one, and of those that tell again of before a deletion.
    func unsupportedErasures(through number: Int64 = .max) throws -> [String] {
        let kind = LedgerEntry.Kind.erasureNotSupported.rawValue
        let places = try rows(where: "kind = ?", [.text(kind)])
            .filter { $0.number <= number || $0.detail[LedgerEntry.earlier] != nil }
            .compactMap { $0.detail["url"]?.stringValue }
        return Set(places).sorted()
    }

    /// What servers said to requests for erasure after a row; without what rows tell again of
    /// before a deletion.
    func erasureAnswers(after number: Int64) throws -> [LedgerRow] {
        let kinds = [LedgerEntry.Kind.erasureConfirmed, .erasureNotSupported]
        return try rows(
            where: "kind IN (?, ?) AND number > ?",
            kinds.map { .text($0.rawValue) } + [.integer(number)]
        ).filter { $0.detail[LedgerEntry.earlier] == nil }
    }

    /// Writes down losses that no row tells of yet.
    func noteLosses() throws {
        let sql = "SELECT reason, count - logged FROM losses WHERE count > logged ORDER BY reason"
        guard try database.integer("SELECT 1 FROM losses WHERE count > logged LIMIT 1") != nil
        else { return }
        guard database.isInTransaction else {
            return try database.transaction { try noteLosses() }
        }
        let losses = try database.rows(sql) { ($0.text(0), JSONValue.integer($0.integer(1))) }
        try append(LedgerEntry(.losses, JSONObject(losses)))
        try database.execute("UPDATE losses SET logged = count")
    }

    /// Writes down a decision that stands and that no row tells of: one that was cut short, or
    /// that was made before a deletion or the loss of the store.
    func noteConsent(_ state: ConsentState) throws {
        guard let record = state.record else { return }
        let entry: LedgerEntry
        switch state.consent {
        case .given where !state.isCopied: entry = .consentGiven(record)
        case .withdrawn where !record.isGiven: entry = .consentWithdrawn(record)
        default: return
        }
        let last = try last(of: .consentGiven, .consentWithdrawn)
        if last?.kind == entry.kind.rawValue, last?.detail["epoch"] == entry.detail["epoch"] {
            return
        }
        try append(entry)
    }
}
