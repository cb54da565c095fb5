// SPDX-License-Identifier: Apache-2.0

public import Modules

extension ClickHouseStorage {
    /// Days that an erasure is remembered beyond the days that are open.
    private static let tombstoneDaysMore: Int32 = 2
    /// Days that an installation is known beyond the days that are open: it is noted as seen again
    /// only once a week.
    private static let installationDaysMore: Int32 = 9
    /// Installations whose rows are deleted by one statement.
    private static let deletionsMax = 1000

    /// Folds days that are no longer open, each by one insert, then empties the partitions that no
    /// open day needs. Rows of a late batch are kept, uncounted, until the day is folded on which
    /// they came.
    public func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError) {
        let firstOpen = policy.firstOpenDay(on: today)
        try Self.translated { () throws(ClickHouseFailure) in
            try self.deleteRemains(on: today)
            for day in try self.closedDays(before: firstOpen) { try self.fold(day) }
            for day in try self.days(
                "SELECT DISTINCT until FROM \(self.schema.table("batch")) WHERE until < "
                    + "\(Literal.day(firstOpen)) AND \(BatchRows.saysSomething)",
                onlyCertain: true)
            {
                try self.empty(day)
            }
            try self.forgetStrays(before: firstOpen, on: today)
            let remembered = Remembered(
                firstTotals: policy.firstTotalsDay(on: today),
                firstTombstone: Day(number: firstOpen.number - Self.tombstoneDaysMore),
                firstSeen: Day(number: firstOpen.number - Self.installationDaysMore))
            self.remember(remembered)
            for (table, condition) in [
                ("day_total", remembered.totals), ("tombstone", remembered.tombstones),
                ("installation", remembered.installations),
            ] {
                try self.forget(table, unless: condition)
            }
        }
    }

    /// Empties the partitions of batches that named a day far ahead, which an earlier version took.
    /// What their rows tell is of the days on which they came, which are folded.
    private func forgetStrays(before firstOpen: Day, on today: Day) throws(ClickHouseFailure) {
        let tomorrow = Day(number: today.number + 1)
        let days = try days(
            """
            SELECT until FROM \(schema.table("batch"))
            WHERE until > \(Literal.day(tomorrow)) AND \(BatchRows.saysSomething) GROUP BY until
            HAVING max(arrived) < \(Literal.day(firstOpen)) AND max(length(days)) = 0
            """, onlyCertain: true)
        for day in days { try empty(day) }
    }

    /// The last day by whose name 18.16 drops a partition: it names those after it after the first
    /// of 1970.
    private static let lastNamed = Day(number: 49_710)

    /// Removes the rows of a partition.
    ///
    /// With a quorum 18.16 asks, before certain readings, for the last part that each partition
    /// got, and refuses to read for ever once that partition was dropped: there the rows are
    /// deleted, all but some that say nothing and came last.
    private func empty(_ day: Day) throws(ClickHouseFailure) {
        let hasQuorum = client.address.quorum > 1
        if !hasQuorum, day <= Self.lastNamed {
            let name = day.description.filter { $0 != "-" }
            let table = schema.local("batch") + schema.onCluster
            return try define("ALTER TABLE \(table) DROP PARTITION ID '\(name)'")
        }
        if hasQuorum { try moveOn(on: day) }
        try delete(
            from: "batch", where: "until = \(Literal.day(day)) AND \(BatchRows.saysSomething)")
    }

    /// Days before the first open one of which there are rows, and that are not folded.
    private func closedDays(before firstOpen: Day) throws(ClickHouseFailure) -> [Day] {
        let all = try days(
            """
            SELECT DISTINCT one_day FROM (
                SELECT arrayJoin(arrayConcat(days, [arrived])) AS one_day
                FROM \(schema.table("batch")) WHERE \(BatchRows.saysSomething))
            WHERE one_day < \(Literal.day(firstOpen))
            """, onlyCertain: true)
        guard let first = all.min(), let last = all.max() else { return [] }
        let folded = try folded(in: first...last)
        return all.filter { folded[$0] == nil }.sorted()
    }

    func days(
        _ sql: String, onlyCertain: Bool = false
    ) throws(ClickHouseFailure) -> [Day] {
        var reader = try select(sql, onlyCertain: onlyCertain)
        var days: [Day] = []
        while !reader.isAtEnd { days.append(try reader.day()) }
        return days
    }

    /// Sums a day and keeps the sums in place of its batches. What is summed is all there was at
    /// one moment: an erasure that comes meanwhile, or rows that come or go, make it be summed
    /// again. A replica that lacks rows is not asked: what it lacks would be deleted uncounted.
    private func fold(_ day: Day) throws(ClickHouseFailure) {
        for _ in 1...Self.foldsMax {
            let before = try sumState(of: day)
            var folded = FoldedDay()
            folded.rowCount = before.rowCount
            folded.figures = try openFigures(in: day...day, without: [], onlyCertain: true)
            folded.tally =
                try openTallies(in: day...day, without: [], onlyCertain: true)[day] ?? DayTally()
            if try sumState(of: day) == before {
                return try insert(
                    into: "day_total", "day, service, row_count, figures",
                    rows: folded.rows(of: day))
            }
            // Another collector that has folded the day empties its partition.
            if try self.folded(in: day...day)[day] != nil { return }
        }
        throw .transport("a day can't be folded while so much changes")
    }

    private static var foldsMax: Int { 5 }

    /// What the sums of a day rest on.
    private struct SumState: Equatable {
        /// Rows that tell of the day.
        let rowCount: UInt64
        /// A number that changes with every erasure.
        let erasures: UInt64
    }

    private func sumState(of day: Day) throws(ClickHouseFailure) -> SumState {
        SumState(
            rowCount: try number(
                """
                SELECT count() FROM \(schema.table("batch"))
                WHERE until >= \(Literal.day(day))
                    AND (has(days, \(Literal.day(day))) OR arrived = \(Literal.day(day)))
                """, onlyCertain: true),
            erasures: try number(
                """
                SELECT sum(sipHash64(installation)) + count()
                FROM \(schema.table("tombstone")) FINAL
                """, onlyCertain: true))
    }

    /// Deletes what a batch left that was on its way while its installation was erased.
    private func deleteRemains(on today: Day) throws(ClickHouseFailure) {
        var reader = try select(
            """
            SELECT DISTINCT installation FROM \(schema.table("batch")) WHERE service != ''
                AND installation IN (SELECT installation FROM \(schema.local("tombstone")))
            LIMIT \(Self.deletionsMax)
            """)
        var remains: [[UInt8]] = []
        while !reader.isAtEnd { remains.append(try reader.fixed(Self.hashBytes)) }
        if !remains.isEmpty { try delete(remains, on: today) }
    }

    /// Has the rows of a table deleted for which a condition does not hold.
    private func forget(
        _ table: String, unless condition: String
    ) throws(ClickHouseFailure) {
        let count = try number(
            "SELECT count() FROM \(schema.table(table)) WHERE NOT (\(condition))")
        if count > 0 { try delete(from: table, where: "NOT (\(condition))") }
    }
}

/// The first days of which things are remembered, as conditions for the rows that hold them.
struct Remembered {
    var firstTotals = Day(number: 0)
    var firstTombstone = Day(number: 0)
    var firstSeen = Day(number: 0)

    var totals: String { "day >= \(Literal.day(firstTotals))" }
    var tombstones: String { "day >= \(Literal.day(firstTombstone))" }
    var installations: String { "seen >= \(Literal.day(firstSeen))" }

    /// What either has forgotten is forgotten.
    func later(_ other: Remembered) -> Remembered {
        Remembered(
            firstTotals: max(firstTotals, other.firstTotals),
            firstTombstone: max(firstTombstone, other.firstTombstone),
            firstSeen: max(firstSeen, other.firstSeen))
    }
}
