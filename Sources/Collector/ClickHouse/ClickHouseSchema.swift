// SPDX-License-Identifier: Apache-2.0

internal import Hashing

/// The tables of a store in ClickHouse, by statements that 18.16 and later versions take.
///
/// On a cluster each table is one table a server, replicated inside its shard, and one that spreads
/// rows over the shards by their installation. A row's key never changes, so that writing it again
/// replaces it; sums are made when rows are read.
struct ClickHouseSchema {
    /// The version of the tables that this program writes.
    static let version = 1
    /// Bytes of the key of the installations' hashes.
    static let hashKeyBytes = 32

    let address: ClickHouseAddress

    /// The table that rows are written to and read from.
    func table(_ name: String) -> String { "\(address.database).\(name)" }

    /// The table of one server, for what is done inside a shard.
    func local(_ name: String) -> String {
        table(address.cluster == nil ? name : "\(name)_local")
    }

    /// What makes a statement run on every server.
    var onCluster: String { address.cluster.map { " ON CLUSTER \($0)" } ?? "" }

    /// What makes the store, in this order. `hashKey` counts if the store is not there yet: the
    /// statements for all servers are run in one order, so of several collectors the first one's
    /// key wins. The table that holds it comes last: where it is, everything is.
    func creation(hashKey: [UInt8]) -> [String] {
        let tables = Self.tables.flatMap { table in
            [local(table.name, table.columns, version: table.version, table.key, table.partition)]
                + spread(table.name, over: table.shardKey)
        }
        let key = """
            CREATE TABLE IF NOT EXISTS \(table("store"))\(onCluster) (
                version UInt8 DEFAULT \(Self.version),
                hash_key String DEFAULT '\(Hex.encode(hashKey))')
            ENGINE = \(engine("MergeTree", path: "store", replica: "{shard}_{replica}"))
            ORDER BY tuple()
            """
        return ["CREATE DATABASE IF NOT EXISTS \(address.database)\(onCluster)"] + tables + [key]
    }

    private struct Table {
        let name: String
        let columns: String
        var version = ""
        let key: String
        var partition = "tuple()"
        let shardKey: String
    }

    private static let tables = [
        // One row a batch. `until` is the last day that it tells of or came on: its partition is
        // dropped when that day is folded. A row without a service holds only what was rejected of
        // a batch or of a commit, under no installation's hash.
        Table(
            name: "batch",
            columns: """
                until Date, installation FixedString(16), service String, day Date,
                id FixedString(16), arrived Date, days Array(Date), figure_day Array(Date),
                figure_name Array(String), figure_count Array(UInt64),
                figure_buckets Array(Array(UInt8)), figure_bucket_counts Array(Array(UInt64)),
                reason Array(String), reason_count Array(UInt64), records String
                """,
            key: "(installation, service, day, id)", partition: "until",
            shardKey: "installation"),
        // Installations, with SHA-256 of the secret that erases each, zeros without one. The secret
        // that was first known, `since`, counts.
        Table(
            name: "installation",
            columns: """
                installation FixedString(16), secret FixedString(32), since Date, seen Date
                """,
            version: "seen", key: "(installation, secret)", shardKey: "installation"),
        Table(
            name: "tombstone", columns: "installation FixedString(16), day Date",
            version: "day", key: "installation", shardKey: "installation"),
        // Folded days, each written by one insert: DayFigures of each service, and without a
        // service the tally of what came that day, by which the day is known to be folded. The fold
        // that saw most rows wins over one that ran beside it.
        Table(
            name: "day_total",
            columns: "day Date, service String, row_count UInt64, figures String",
            version: "row_count", key: "(day, service)", shardKey: "day"),
    ]

    private func local(
        _ name: String, _ columns: String, version: String, _ key: String, _ partition: String
    ) -> String {
        """
        CREATE TABLE IF NOT EXISTS \(local(name))\(onCluster) (\(columns))
        ENGINE = \(engine("ReplacingMergeTree", path: "{shard}/\(name)", version: version))
        PARTITION BY \(partition) ORDER BY \(key) SETTINGS index_granularity = 1024
        """
    }

    private func engine(
        _ name: String, path: String, replica: String = "{replica}", version: String = ""
    ) -> String {
        guard address.cluster != nil else { return "\(name)(\(version))" }
        let arguments = [
            "'/clickhouse/tables/\(address.database)/\(path)'", "'\(replica)'", version,
        ]
        return "Replicated\(name)(\(arguments.filter { !$0.isEmpty }.joined(separator: ", ")))"
    }

    private func spread(_ name: String, over key: String) -> [String] {
        guard let cluster = address.cluster else { return [] }
        return [
            """
            CREATE TABLE IF NOT EXISTS \(table(name)) ON CLUSTER \(cluster) AS \(local(name))
            ENGINE = Distributed(\(cluster), \(address.database), \(name)_local, sipHash64(\(key)))
            """
        ]
    }
}
