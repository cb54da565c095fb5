// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Reads folded days as they were folded. Open days are summed when they are read for the first
    /// time; from then on each commit carries their sums on. The sums are kept for another process
    /// too, if the file can be written.
    public func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] {
        let reading = try read { store in
            try store.connection.transaction(.read) { try self.reading(days, store) }
        }
        if !reading.computed.isEmpty { keep(reading.computed) }
        return reading.figures.sorted { ($0.day, $0.service) < ($1.day, $1.service) }
    }

    /// Sums the days that are open.
    public func readAhead(on today: Day) throws(StorageError) {
        _ = try figures(in: Day(number: today.number - Self.readAheadDays)...today)
    }

    private static let readAheadDays = Int32(RetentionPolicy().openDays)

    private struct Reading: Sendable {
        var figures: [DayFigures] = []
        /// What was summed anew, with the change that it is of.
        var computed: [(figures: [DayFigures], day: Day, change: Int64)] = []
    }

    private func reading(_ days: ClosedRange<Day>, _ store: StoreConnection) throws -> Reading {
        // Between two commits, what is held is of the state that the transaction sees.
        let (changes, held) = try betweenWrites {
            let changes = try Self.changes(in: days, store)
            return (changes, withOpenDays { $0.figures(after: changes) })
        }
        var reading = Reading()
        try store.each(
            """
            SELECT day, name, figures FROM day_total JOIN service ON service.number = service
            WHERE day BETWEEN ? AND ?
            """, Self.bounds(days)
        ) { reading.figures.append(try Self.figures(in: $0, isFolded: true)) }
        for (day, change) in changes {
            if let held = held[day] {
                reading.figures += held
                continue
            }
            var figures = try Self.keptFigures(of: day, change, store)
            if figures.isEmpty {
                figures = try store.computedFigures(of: day)
                reading.computed.append((figures, day, change))
            }
            reading.figures += figures
            withOpenDays { $0.hold(figures, of: day) }
        }
        return reading
    }

    /// How many changes each open day has had.
    private static func changes(
        in days: ClosedRange<Day>, _ store: StoreConnection
    ) throws -> [Day: Int64] {
        var changes: [Day: Int64] = [:]
        try store.each("SELECT day, number FROM day_change WHERE day BETWEEN ? AND ?", bounds(days))
        { changes[Day(number: Int32($0.integer(0)))] = $0.integer(1) }
        return changes
    }

    /// Sums of a day that are in the file, if they are of its last change.
    private static func keptFigures(
        of day: Day, _ change: Int64, _ store: StoreConnection
    ) throws -> [DayFigures] {
        var kept: [DayFigures] = []
        try store.each(
            """
            SELECT day, name, figures FROM day_sum JOIN service ON service.number = service
            WHERE day = ? AND change = ?
            """, [.day(day), .integer(change)]
        ) { kept.append(try figures(in: $0, isFolded: false)) }
        return kept
    }

    private static func figures(in row: Statement, isFolded: Bool) throws -> DayFigures {
        let day = Day(number: Int32(row.integer(0)))
        guard var figures = DayFigures(day: day, service: row.text(1), encoded: row.blob(2)) else {
            throw SQLiteError(code: 11, message: "the totals of a day can't be read")
        }
        figures.isFolded = isFolded
        return figures
    }

    /// Keeps sums, unless the file can't be written now: they are summed again then.
    private func keep(_ computed: [(figures: [DayFigures], day: Day, change: Int64)]) {
        _ = try? write { store in
            for (figures, day, change) in computed {
                try store.run("DELETE FROM day_sum WHERE day = ?", [.day(day)])
                for figures in figures {
                    try store.run(
                        """
                        INSERT INTO day_sum SELECT ?, number, ?, ? FROM service WHERE name = ?
                        """,
                        [
                            .day(day), .integer(change), .blob(figures.encoded),
                            .text(figures.service),
                        ])
                }
            }
        }
    }

    /// Sums the counts of what was left out.
    public func tally(in days: ClosedRange<Day>) throws(StorageError) -> Tally {
        try read { store in
            var tally = Tally()
            try store.each(
                "SELECT reason, sum(count) FROM tally WHERE day BETWEEN ? AND ? GROUP BY reason",
                Self.bounds(days)
            ) { row in
                guard let reason = Tally.Reason(rawValue: row.text(0)) else { return }
                tally.add(reason, Int(row.integer(1)))
            }
            return tally
        }
    }

    /// Reads the whole file and throws `damaged` where it does not hold together, also in parts
    /// that no figure comes from.
    public func check() throws(StorageError) {
        try read { store in
            let finding = try store.connection.text("PRAGMA quick_check(1)") ?? ""
            guard finding != "ok" else { return }
            let last = finding.split(separator: "\n").last.map(String.init) ?? "it can't be checked"
            throw SQLiteError(code: 11, message: last)
        }
    }

    private static func bounds(_ days: ClosedRange<Day>) -> [SQLiteValue] {
        [.day(days.lowerBound), .day(days.upperBound)]
    }
}
