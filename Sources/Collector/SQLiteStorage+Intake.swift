// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Keeps batches and counts in one transaction.
    public func store(
        _ batches: [AdmittedBatch], tally: Tally, on today: Day
    ) throws(StorageError) -> [BatchOutcome] {
        try write { connection in
            var tally = tally
            let outcomes = try batches.map { batch in
                try self.store(batch, &tally, on: today, connection)
            }
            try Self.count(tally, on: today, connection)
            return outcomes
        }
    }

    private func store(
        _ batch: AdmittedBatch, _ tally: inout Tally, on today: Day, _ connection: Connection
    ) throws -> BatchOutcome {
        let installation = hash(batch.installation)
        let day = SQLiteValue.integer(Int64(today.number))
        let isErased =
            try connection.integer(
                "SELECT 1 FROM tombstone WHERE installation = ?", [installation]) != nil
        try connection.run("INSERT OR IGNORE INTO batch VALUES (?, ?)", [.text(batch.id), day])
        guard connection.changes == 1 else { return isErased ? .erased : .resent }
        tally.merge(batch.tally)
        guard !isErased else {
            tally.add(.erased, batch.recordCount)
            return .erased
        }
        if let hash = batch.erasureKeyHash {
            try connection.run(
                "INSERT OR IGNORE INTO erasure_key VALUES (?, ?, ?)",
                [installation, .blob(hash), day])
        }
        if batch.recordCount > 0 {
            try connection.run(
                "INSERT INTO record_set (day, installation, records) VALUES (?, ?, ?)",
                [day, installation, .blob(batch.records)])
        }
        for (day, contributions) in batch.contributions {
            try Self.merge(contributions, installation, day, &tally, connection)
        }
        return .stored
    }

    private static func merge(
        _ contributions: [Contribution], _ installation: SQLiteValue, _ day: Day,
        _ tally: inout Tally, _ connection: Connection
    ) throws {
        let day = SQLiteValue.integer(Int64(day.number))
        let stored = try connection.text(
            "SELECT counters FROM figures WHERE day = ? AND installation = ?", [day, installation])
        var counters = try stored.map(Self.counters) ?? DayCounters()
        for contribution in contributions {
            tally.add(.share, counters.add(contribution, max: contributionsPerDayMax))
        }
        try connection.run(
            "INSERT OR REPLACE INTO figures VALUES (?, ?, ?)",
            [day, installation, .text(counters.stored)])
    }

    static func counters(from text: String) throws -> DayCounters {
        guard let counters = DayCounters(stored: text) else {
            throw SQLiteError(code: 11, message: "a row of figures can't be read")
        }
        return counters
    }

    private static func count(_ tally: Tally, on day: Day, _ connection: Connection) throws {
        for (reason, count) in tally.counts {
            try connection.run(
                """
                INSERT INTO tally VALUES (?, ?, ?)
                ON CONFLICT (day, reason) DO UPDATE SET count = count + excluded.count
                """,
                [.integer(Int64(day.number)), .text(reason.rawValue), .integer(Int64(count))])
        }
    }
}
