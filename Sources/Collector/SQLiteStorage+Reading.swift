// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Reads folded days as they were folded. Open days are summed when their batches changed since
    /// they were summed last; the sums are kept for the next reading, if the file can be written.
    public func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] {
        let reading = try read { store in
            try store.connection.transaction(.read) { try Self.reading(days, store) }
        }
        if !reading.computed.isEmpty { keep(reading.computed) }
        return reading.figures.sorted { ($0.day, $0.service) < ($1.day, $1.service) }
    }

    private struct Reading: Sendable {
        var figures: [DayFigures] = []
        /// What was summed anew, with the change that it is of.
        var computed: [(figures: [DayFigures], day: Day, change: Int64)] = []
    }

    private static func reading(
        _ days: ClosedRange<Day>, _ store: StoreConnection
    ) throws -> Reading {
        var reading = Reading()
        try store.each(
            """
            SELECT day, name, figures FROM day_total JOIN service ON service.number = service
            WHERE day BETWEEN ? AND ?
            """, bounds(days)
        ) { reading.figures.append(try figures(in: $0, isFolded: true)) }
        var kept: [Day: [DayFigures]] = [:]
        try store.each(
            """
            SELECT day, name, figures FROM day_sum JOIN service ON service.number = service
            JOIN day_change USING (day) WHERE change = day_change.number AND day BETWEEN ? AND ?
            """, bounds(days)
        ) { row in
            let figures = try figures(in: row, isFolded: false)
            kept[figures.day, default: []].append(figures)
        }
        var changes: [Day: Int64] = [:]
        try store.each("SELECT day, number FROM day_change WHERE day BETWEEN ? AND ?", bounds(days))
        { changes[Day(number: Int32($0.integer(0)))] = $0.integer(1) }
        for (day, change) in changes {
            if let current = kept[day] {
                reading.figures += current
                continue
            }
            let computed = try store.computedFigures(of: day)
            reading.figures += computed
            reading.computed.append((computed, day, change))
        }
        return reading
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
