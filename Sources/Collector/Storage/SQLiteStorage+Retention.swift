// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Days that an erasure is remembered beyond the days that are open.
    private static let tombstoneDaysMore: Int32 = 2
    /// Days that an installation is known beyond the days that are open: it is noted as seen again
    /// only once a week.
    private static let installationDaysMore: Int32 = 9
    /// Days after today of which an honest client's clock may bring batches.
    private static let daysAheadMax: Int32 = 1

    /// Folds each day that is no longer open in a transaction of its own. One that can't be read
    /// keeps no other back, and is thrown at the end.
    public func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError) {
        let firstOpen = policy.firstOpenDay(on: today)
        let closed = try write { store in
            var days: [Day] = []
            try store.each("SELECT day FROM day_change WHERE day < ?", [.day(firstOpen)]) {
                days.append(Day(number: Int32($0.integer(0))))
            }
            return days
        }
        var failure: StorageError?
        for day in closed {
            do throws(StorageError) {
                try write { store in try Self.fold(day, store) }
            } catch {
                failure = failure ?? error
            }
        }
        try forget(by: policy, firstOpen, on: today)
        if let failure { throw failure }
    }

    private func forget(
        by policy: RetentionPolicy, _ firstOpen: Day, on today: Day
    ) throws(StorageError) {
        try forgetEmptyDays(after: Day(number: today.number + Self.daysAheadMax))
        try write { store in
            let firstTotals = policy.firstTotalsDay(on: today)
            var deleted = try store.run(
                "DELETE FROM day_total WHERE day < ?", [.day(firstTotals)])
            deleted += try store.run("DELETE FROM tally WHERE day < ?", [.day(firstTotals)])
            let forgotten = Day(number: firstOpen.number - Self.tombstoneDaysMore)
            deleted += try store.run("DELETE FROM tombstone WHERE day < ?", [.day(forgotten)])
            let unseen = Day(number: firstOpen.number - Self.installationDaysMore)
            deleted += try store.run("DELETE FROM installation WHERE day < ?", [.day(unseen)])
            if deleted > 0 { try store.noteDeletion() }
        }
        withOpenDays { $0.forget(before: firstOpen) }
        try emptyLog()
    }

    /// Deletes days of the future of which nothing is kept but keys of batches. Earlier versions
    /// kept these of any day that somebody invented; they would never be folded. A day with figures
    /// or records stays, since the clock may be the one that is wrong.
    private func forgetEmptyDays(after last: Day) throws(StorageError) {
        let empty = try write { store in
            var days: [Day] = []
            try store.each(
                """
                SELECT day FROM day_change WHERE day > ? AND NOT EXISTS (
                    SELECT 1 FROM batch WHERE batch.day = day_change.day
                        AND (counters != x'' OR record_set IS NOT NULL))
                """, [.day(last)]
            ) { days.append(Day(number: Int32($0.integer(0)))) }
            for day in days { try Self.forget(day, store) }
            return Set(days)
        }
        withOpenDays { $0.forget(empty) }
    }

    private static func fold(_ day: Day, _ store: StoreConnection) throws {
        // Rows of a day that is folded already were never counted, and are not added now: nobody
        // knows whether their installation is in the totals.
        let isFolded = try store.first(
            "SELECT 1 FROM day_total WHERE day = ?", [.day(day)], { _ in true })
        for figures in isFolded == true ? [] : try store.computedFigures(of: day) {
            try store.run(
                "INSERT INTO day_total SELECT ?, number, ? FROM service WHERE name = ?",
                [.day(day), .blob(figures.limited.encoded), .text(figures.service)])
        }
        try store.run(
            "DELETE FROM record_set WHERE number IN (SELECT record_set FROM batch WHERE day = ?)",
            [.day(day)])
        try forget(day, store)
    }

    /// Deletes what tells batches of a day from others.
    private static func forget(_ day: Day, _ store: StoreConnection) throws {
        try store.noteDeletion()
        try store.run("DELETE FROM batch WHERE day = ?", [.day(day)])
        try store.run("DELETE FROM day_sum WHERE day = ?", [.day(day)])
        try store.run("DELETE FROM day_change WHERE day = ?", [.day(day)])
    }
}

extension StoreConnection {
    /// The figures of a day from its batches.
    func computedFigures(of day: Day) throws -> [DayFigures] {
        var names: [Int64: String] = [:]
        try each("SELECT number, name FROM service") { names[$0.integer(0)] = $0.text(1) }
        var figures: [Int64: DayFigures] = [:]
        var last: (installation: [UInt8], service: Int64, counters: DayCounters)?
        func close() {
            guard let ended = last, let name = names[ended.service] else { return }
            var sum =
                figures.removeValue(forKey: ended.service)
                ?? DayFigures(day: day, service: name)
            sum.add(ended.counters)
            figures[ended.service] =
                sum.cells.count > DayFigures.summedCellsMax ? sum.limited : sum
        }
        try each(
            """
            SELECT installation, service, counters FROM batch WHERE day = ?
            ORDER BY installation, service, id
            """, [.day(day)]
        ) { row in
            let counters = try counters(row, 2)
            let (installation, service) = (row.blob(0), row.integer(1))
            if last?.installation == installation, last?.service == service {
                last?.counters.merge(counters)
            } else {
                close()
                last = (installation, service, counters)
            }
        }
        close()
        return figures.values.filter { $0.installations > 0 }.sorted { $0.service < $1.service }
    }
}
