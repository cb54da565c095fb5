// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Reads folded days as they were folded. The sums of open days are carried on by each commit;
    /// where none are held or kept as of the last change, as after a crash, the day is summed anew,
    /// and its sums are kept if the file can be written.
    public func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] {
        let reading = try read { store in
            try store.connection.transaction(.read) { try self.reading(days, store) }
        }
        // What can't be kept now is summed again.
        if !reading.computed.isEmpty {
            try? keep(waiting: Self.momentMilliseconds) { _ in reading.computed }
        }
        return reading.figures.sorted { ($0.day, $0.service) < ($1.day, $1.service) }
    }

    /// Keeps the sums that are carried on, for the next process that reads.
    public func keepSums() throws(StorageError) {
        try keep { store in
            try withOpenDays { $0.sums }.filter { try !Self.isKept($0, store) }
        }
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
        let state = try betweenWrites { _ in
            let changes = try Self.changes(in: days, store)
            return (changes, withOpenDays { $0.figures(after: changes) })
        }
        // While the file is written anew nobody waits, and no day begins to be held.
        let (changes, held) = try state ?? heldFigures(days, store)
        let mayHold = state != nil
        var reading = Reading()
        try store.each(
            """
            SELECT day, name, figures FROM day_total JOIN service ON service.number = service
            WHERE day BETWEEN ? AND ?
            """, Self.bounds(days)
        ) { row in
            reading.figures.append(try Self.totals(in: row))
        }
        for (day, change) in changes {
            // One day at a time stands here with all that somebody may have invented.
            if let held = held[day] {
                reading.figures += held.map(\.limited)
                continue
            }
            var figures = try Self.keptFigures(of: day, change, store)
            if figures.isEmpty {
                figures = try store.computedFigures(of: day)
                if mayHold, OpenDays.fits(figures) {
                    reading.computed.append((figures, day, change))
                }
            }
            reading.figures += figures.map(\.limited)
            if mayHold { withOpenDays { $0.hold(figures, of: day) } }
        }
        return reading
    }

    private func heldFigures(
        _ days: ClosedRange<Day>, _ store: StoreConnection
    ) throws -> ([Day: Int64], [Day: [DayFigures]]) {
        let changes = try Self.changes(in: days, store)
        return (changes, withOpenDays { $0.held(after: changes) })
    }

    /// How many changes each open day has had. What an earlier version took of a folded day is
    /// passed over: the installation may be in the totals already.
    private static func changes(
        in days: ClosedRange<Day>, _ store: StoreConnection
    ) throws -> [Day: Int64] {
        var changes: [Day: Int64] = [:]
        try store.each(
            """
            SELECT day, number FROM day_change
            WHERE day BETWEEN ? AND ? AND day NOT IN (SELECT day FROM day_total)
            """, bounds(days)
        ) { changes[Day(number: Int32($0.integer(0)))] = $0.integer(1) }
        return changes
    }

    /// Sums of a day that are in the file, if they are of its last change and can be read.
    private static func keptFigures(
        of day: Day, _ change: Int64, _ store: StoreConnection
    ) throws -> [DayFigures] {
        var kept: [DayFigures] = []
        try store.each(
            """
            SELECT day, name, figures FROM day_sum JOIN service ON service.number = service
            WHERE day = ? AND change = ?
            """, [.day(day), .integer(change)]
        ) { row in
            guard DayFigures.areCurrent(row.blob(2)),
                let figures = Self.figures(in: row, isFolded: false)
            else { return }
            kept.append(figures)
        }
        return kept
    }

    private static func totals(in row: Statement) throws -> DayFigures {
        guard let figures = Self.figures(in: row, isFolded: true) else {
            throw SQLiteError(code: 11, message: "the totals of a day can't be read")
        }
        return figures
    }

    private static func figures(in row: Statement, isFolded: Bool) -> DayFigures? {
        let day = Day(number: Int32(row.integer(0)))
        var figures = DayFigures(day: day, service: row.text(1), encoded: row.blob(2))
        figures?.isFolded = isFolded
        return figures
    }

    private typealias DaySum = (figures: [DayFigures], day: Day, change: Int64)

    /// Keeps those of the sums that are of a day's last change.
    private func keep(
        waiting milliseconds: Int32 = .max, _ sums: (StoreConnection) throws -> [DaySum]
    ) throws(StorageError) {
        try write(waiting: milliseconds) { store in
            for sum in try sums(store) {
                let isLast = try store.first(
                    "SELECT 1 FROM day_change WHERE day = ? AND number = ?",
                    [.day(sum.day), .integer(sum.change)], { _ in true })
                if isLast == true { try Self.keep(sum, store) }
            }
        }
    }

    private static func isKept(_ sum: DaySum, _ store: StoreConnection) throws -> Bool {
        try store.first(
            "SELECT 1 FROM day_sum WHERE day = ? AND change = ?",
            [.day(sum.day), .integer(sum.change)], { _ in true }) == true
    }

    private static func keep(_ sum: DaySum, _ store: StoreConnection) throws {
        try store.run("DELETE FROM day_sum WHERE day = ?", [.day(sum.day)])
        for figures in sum.figures {
            try store.run(
                "INSERT INTO day_sum SELECT ?, number, ?, ? FROM service WHERE name = ?",
                [
                    .day(sum.day), .integer(sum.change), .blob(figures.encoded),
                    .text(figures.service),
                ])
        }
    }

    /// Reads the counts of what was left out.
    public func tallies(in days: ClosedRange<Day>) throws(StorageError) -> [Day: DayTally] {
        try read { store in
            var tallies: [Day: DayTally] = [:]
            try store.each(
                "SELECT day, reason, count FROM tally WHERE day BETWEEN ? AND ?",
                Self.bounds(days)
            ) { row in
                tallies[Day(number: Int32(row.integer(0))), default: DayTally()]
                    .take(row.text(1), Int(row.integer(2)))
            }
            return tallies
        }
    }

    /// Reads the whole file and throws `damaged` where it does not hold together, also in parts
    /// that no figure comes from.
    public func check() throws(StorageError) {
        try read { try $0.connection.checkWhole() }
    }

    /// Reads every figure and throws `damaged` at one that can't be read: SQLite does not know what
    /// bytes mean.
    public func checkRows() throws(StorageError) {
        try read { store in
            try store.each("SELECT counters FROM batch") { _ = try store.counters($0, 0) }
            try store.each(
                "SELECT day, name, figures FROM day_total JOIN service ON service.number = service"
            ) { _ = try Self.totals(in: $0) }
        }
    }

    private static func bounds(_ days: ClosedRange<Day>) -> [SQLiteValue] {
        [.day(days.lowerBound), .day(days.upperBound)]
    }
}
