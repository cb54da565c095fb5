// SPDX-License-Identifier: Apache-2.0

internal import Modules
internal import SQLite

/// What batches come to, as rows: each batch on its own, or those of one installation and day
/// together.
extension StoreConnection {
    /// Makes totals of the changed days stale that were computed before.
    func note(_ changes: inout DayChanges) throws {
        for day in changes.days {
            try run(
                """
                INSERT INTO day_change VALUES (?, 1)
                ON CONFLICT (day) DO UPDATE SET number = number + 1
                """, [.day(day)])
            changes.numbers[day] = try first(
                "SELECT number FROM day_change WHERE day = ?", [.day(day)]
            ) { $0.integer(0) }
        }
    }

    /// What an installation had told of a day before a batch, and has now; and how much of both has
    /// no room in the figures of one installation and day.
    struct Told {
        var before = DayCounters()
        let after: DayCounters
        var leftOut = 0
    }

    /// Keeps a batch among those of its installation on a day; nil when it is kept already.
    ///
    /// The first batch holds its figures itself. From the second one on the figures of all stand
    /// together in one row, whose identifier is empty: so a batch costs the same however many came
    /// before it.
    func put(
        _ id: [UInt8], _ figures: DayCounters, of sender: InstallationService, on day: Day,
        recordSet: Int64?
    ) throws -> Told? {
        let key = [.day(day), sender.installation, sender.service]
        let part = try part(key)
        let own = part == nil ? figures.encoded : []
        let kept = try run(
            "INSERT OR IGNORE INTO batch VALUES (?, ?, ?, ?, ?, ?)",
            key + [.blob(id), .blob(own), recordSet.map { .integer($0) } ?? .null])
        guard kept == 1 else { return nil }
        guard let part else { return Told(after: figures) }
        if !part.isTogether {
            try run(
                """
                UPDATE batch SET counters = x'' WHERE day = ? AND installation = ? AND service = ?
                """, key)
        }
        var sum = part.figures
        let leftOut = sum.merge(figures)
        try run(
            "INSERT OR REPLACE INTO batch VALUES (?, ?, ?, x'', ?, NULL)",
            key + [.blob(sum.encoded)])
        return Told(before: part.figures, after: sum, leftOut: leftOut)
    }

    /// What the batches of an installation on a day come to, and whether it stands together in one
    /// row; nil without any batch.
    private func part(_ key: [SQLiteValue]) throws -> (figures: DayCounters, isTogether: Bool)? {
        let first = try first(
            """
            SELECT id, counters FROM batch WHERE day = ? AND installation = ? AND service = ?
            ORDER BY id LIMIT 1
            """, key
        ) { $0.blob(0).isEmpty ? try counters($0, 1) : nil }
        guard let first else { return nil }
        if let together = first { return (together, true) }
        var figures = DayCounters()
        try each(
            "SELECT counters FROM batch WHERE day = ? AND installation = ? AND service = ?", key
        ) { figures.merge(try counters($0, 0)) }
        return (figures, false)
    }

    /// The figures in a row of batches.
    func counters(_ row: Statement, _ column: Int32) throws -> DayCounters {
        guard let counters = DayCounters(encoded: row.blob(column)) else {
            throw SQLiteError(code: 11, message: "a row of figures can't be read")
        }
        return counters
    }
}
