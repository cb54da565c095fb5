// SPDX-License-Identifier: Apache-2.0

internal import Hashing
public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Compared with where no secret was announced, so that both ways take the same time.
    private static let noSecretHash = [UInt8](repeating: 0, count: SHA256.bytes)

    /// Deletes every row of an installation in one transaction and remembers the erasure.
    ///
    /// An installation that is not known counts as erased and is remembered too: a batch of it may
    /// still be on its way.
    public func erase(
        installation: String, secretHash: [UInt8], on today: Day
    ) throws(StorageError) -> ErasureOutcome {
        let installation = hash(installation)
        let outcome = try write { connection in
            guard try Self.admits(secretHash, installation, connection) else {
                return ErasureOutcome.wrongSecret
            }
            return try Self.erase(installation, on: today, connection)
        }
        if outcome == .erased { try emptyLog() }
        return outcome
    }

    /// Deletes what has passed its time, in one transaction.
    public func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError) {
        let limits: [(table: String, days: Int)] = [
            ("figures", policy.figuresDays), ("tally", policy.figuresDays),
            ("record_set", policy.recordsDays), ("batch", policy.recognitionDays),
            ("tombstone", policy.recognitionDays),
        ]
        try write { connection in
            for (table, days) in limits {
                let first = Int64(today.number) - Int64(days)
                try connection.run("DELETE FROM \(table) WHERE day < ?", [.integer(first)])
            }
            // A secret without anything to erase; the next batch brings it again.
            try connection.run(
                """
                DELETE FROM erasure_key WHERE installation NOT IN (
                    SELECT installation FROM figures UNION SELECT installation FROM record_set)
                """)
        }
        try emptyLog()
    }

    /// Whether the secret may erase: it is the one that was announced, or nothing is known at all.
    private static func admits(
        _ secretHash: [UInt8], _ installation: SQLiteValue, _ connection: Connection
    ) throws -> Bool {
        let announced = try connection.rows(
            "SELECT secret_hash FROM erasure_key WHERE installation = ?", [installation]
        ) { $0.blob(0) }.first
        let isSame = constantTimeEquals(secretHash, announced ?? noSecretHash)
        if announced != nil { return isSame }
        let rows = try connection.integer(
            "SELECT 1 FROM figures WHERE installation = ? LIMIT 1", [installation])
        return rows == nil
    }

    private static func erase(
        _ installation: SQLiteValue, on today: Day, _ connection: Connection
    ) throws -> ErasureOutcome {
        var isKnown = false
        for table in ["figures", "record_set", "erasure_key"] {
            try connection.run("DELETE FROM \(table) WHERE installation = ?", [installation])
            if connection.changes > 0 { isKnown = true }
        }
        // Identifiers that someone invented can fill the memory; who has data here is erased still.
        let remembered = try connection.integer("SELECT count(*) FROM tombstone") ?? 0
        guard isKnown || remembered < tombstonesMax else { return .full }
        try connection.run(
            "INSERT OR IGNORE INTO tombstone VALUES (?, ?)",
            [installation, .integer(Int64(today.number))])
        return .erased
    }
}
