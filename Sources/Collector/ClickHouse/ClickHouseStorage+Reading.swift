// SPDX-License-Identifier: Apache-2.0

public import Modules

extension ClickHouseStorage {
    /// How often a reading begins anew because days were folded meanwhile.
    private static let readingsMax = 5

    /// Sums the batches of open days in ClickHouse, and reads folded days as they were folded.
    public func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] {
        try Self.translated { () throws(ClickHouseFailure) in
            let reading = try self.consistently(in: days) { folded throws(ClickHouseFailure) in
                try self.openFigures(in: days, without: folded)
            }
            let all = reading.folded.flatMap(\.value.figures) + reading.open
            return all.sorted { ($0.day, $0.service) < ($1.day, $1.service) }
        }
    }

    /// Sums the counts of what was left out.
    public func tallies(in days: ClosedRange<Day>) throws(StorageError) -> [Day: DayTally] {
        try Self.translated { () throws(ClickHouseFailure) in
            let reading = try self.consistently(in: days) { folded throws(ClickHouseFailure) in
                try self.openTallies(in: days, without: folded)
            }
            return reading.open.merging(reading.folded.mapValues(\.tally)) { $1 }
        }
    }

    /// Reads what is open beside what is folded, such that no day is in both or in neither.
    private func consistently<Open>(
        in days: ClosedRange<Day>,
        _ read: (_ folded: [Day]) throws(ClickHouseFailure) -> Open
    ) throws(ClickHouseFailure) -> (folded: [Day: FoldedDay], open: Open) {
        for _ in 1...Self.readingsMax {
            let before = try folded(in: days)
            let open = try read(before.keys.sorted())
            if try folded(in: days).keys == before.keys { return (before, open) }
        }
        throw .transport("days are being folded")
    }

    /// The folded days of a range.
    func folded(in days: ClosedRange<Day>) throws(ClickHouseFailure) -> [Day: FoldedDay] {
        var reader = try select(
            """
            SELECT day, service, row_count, figures FROM \(schema.table("day_total")) FINAL
            WHERE \(Self.isIn(days, "day")) AND \(remembered.totals)
            """)
        var folded: [Day: FoldedDay] = [:]
        var marked: Set<Day> = []
        while !reader.isAtEnd {
            let (day, service) = (try reader.day(), try reader.text())
            folded[day, default: FoldedDay()].rowCount = try reader.number()
            let bytes = try reader.string()
            if service.isEmpty {
                folded[day, default: FoldedDay()].tally = try DayTally(encoded: bytes)
                marked.insert(day)
            } else if var figures = DayFigures(day: day, service: service, encoded: bytes) {
                figures.isFolded = true
                folded[day, default: FoldedDay()].figures.append(figures)
            } else {
                throw .malformed("the totals of a day can't be read")
            }
        }
        return folded.filter { marked.contains($0.key) }
    }

    /// What open days have come to. An installation that was erased counts nowhere, whether or not
    /// its rows are gone yet.
    func openFigures(
        in days: ClosedRange<Day>, without folded: [Day], onlyCertain: Bool = false
    ) throws(ClickHouseFailure) -> [DayFigures] {
        var reader = try select(
            FiguresQuery(schema: schema, days: days, without: folded).sql,
            onlyCertain: onlyCertain)
        var figures: [Day: [String: DayFigures]] = [:]
        while !reader.isAtEnd {
            let (day, service, name) = (try reader.day(), try reader.text(), try reader.text())
            var cell = DayFigures.Cell()
            cell.installations = Int(clamping: try reader.number())
            cell.count = Int(clamping: try reader.number())
            cell.quickest = DurationHistogram(counts: try reader.counts())
            cell.slowest = DurationHistogram(counts: try reader.counts())
            cell.durations = DurationHistogram(counts: try reader.counts())
            var sum = figures[day]?[service] ?? DayFigures(day: day, service: service)
            if name == BatchRows.presence {
                sum.installations = cell.installations
            } else {
                sum.cells[name] = cell
            }
            figures[day, default: [:]][service] = sum
        }
        return figures.values.flatMap { $0.values.map(\.limited) }
    }

    /// What was rejected and left out on open days.
    func openTallies(
        in days: ClosedRange<Day>, without folded: [Day], onlyCertain: Bool = false
    ) throws(ClickHouseFailure) -> [Day: DayTally] {
        var reader = try select(
            """
            SELECT arrived, one_reason, sum(one_count) FROM \(schema.table("batch")) FINAL
            ARRAY JOIN reason AS one_reason, reason_count AS one_count
            WHERE until >= \(Literal.day(days.lowerBound)) AND service = ''
                AND \(Self.isIn(days, "arrived", without: folded))
            GROUP BY arrived, one_reason
            """, onlyCertain: onlyCertain)
        var tallies: [Day: DayTally] = [:]
        while !reader.isAtEnd {
            let (day, word) = (try reader.day(), try reader.text())
            tallies[day, default: DayTally()].take(word, Int(clamping: try reader.number()))
        }
        return tallies
    }

    /// A condition: the column is a day of the range, and none of the folded ones.
    static func isIn(
        _ days: ClosedRange<Day>, _ column: String, without folded: [Day] = []
    ) -> String {
        let range =
            "\(column) >= \(Literal.day(days.lowerBound)) "
            + "AND \(column) <= \(Literal.day(days.upperBound))"
        guard !folded.isEmpty else { return range }
        return range + " AND \(column) NOT IN ("
            + folded.map(Literal.day).joined(separator: ", ") + ")"
    }
}

extension RowBinaryReader {
    /// Duration buckets and their counts, as two arrays.
    fileprivate mutating func counts() throws(ClickHouseFailure) -> [Int: Int] {
        var buckets: [Int] = []
        for _ in 0..<(try length()) { buckets.append(Int(try byte())) }
        var counts: [Int: Int] = [:]
        for index in 0..<(try length()) {
            let count = Int(clamping: try number())
            if index < buckets.count, count > 0 { counts[buckets[index]] = count }
        }
        return counts
    }
}
