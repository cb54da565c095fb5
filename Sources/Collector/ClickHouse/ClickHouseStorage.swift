// SPDX-License-Identifier: Apache-2.0

internal import Hashing
public import Modules
private import Synchronization

/// A collector's store in ClickHouse: one server, or a cluster of shards and replicas. Any number
/// of collectors may use one store at a time.
///
/// A commit returns when each row is on as many replicas as the address asks for. ClickHouse 18.16
/// takes one such insert at a time for a shard, so commits of several collectors wait for each
/// other.
public final class ClickHouseStorage: CollectorStorage {
    /// Erasures remembered at a time; a further one of an installation of which nothing is kept has
    /// to wait until the oldest are forgotten.
    public static let tombstonesMax: UInt64 = 1_000_000
    /// Bytes of the hash under which an installation is kept.
    static let hashBytes = 16
    /// Bytes of an identifier: a batch's, or a commit's.
    static let idBytes = 16
    /// Milliseconds that an insert waits for its replicas, before the sender is told to come again.
    private static let quorumMilliseconds = 3000
    /// Seconds for which a statement for all servers waits for those that are down; they run it
    /// when they are back.
    private static let clusterSeconds = 3

    let client: ClickHouseClient
    let schema: ClickHouseSchema
    let random: any RandomSource
    private let hashKey: [UInt8]
    private let forgotten = Mutex(Remembered())

    /// Opens the store. With `create` its database and tables are made where they are missing,
    /// without it a missing store is an error.
    public init(
        _ address: ClickHouseAddress, create: Bool = true, random: any RandomSource
    ) throws(StorageError) {
        let client = ClickHouseClient(address)
        let schema = ClickHouseSchema(address: address)
        (self.client, self.schema, self.random) = (client, schema, random)
        hashKey = try Self.translated { () throws(ClickHouseFailure) in
            var key = try Self.hashKey(client)
            if key == nil, create {
                try Self.create(schema, random, client)
                key = try Self.hashKey(client)
            }
            guard let key else { throw .malformed("there is no collector store there") }
            return key
        }
    }

    /// Makes database and tables.
    private static func create(
        _ schema: ClickHouseSchema, _ random: any RandomSource, _ client: ClickHouseClient
    ) throws(ClickHouseFailure) {
        if client.address.cluster != nil {
            // Without ZooKeeper 18.16 must not be given a statement for all servers.
            try client.run("SELECT count() FROM system.zookeeper WHERE path = '/'")
        }
        let key = random.bytes(ClickHouseSchema.hashKeyBytes)
        for statement in schema.creation(hashKey: key) {
            try define(statement, client)
        }
    }

    /// Runs a statement that changes tables; on a cluster servers that are down run it later.
    private static func define(
        _ sql: String, _ client: ClickHouseClient
    ) throws(ClickHouseFailure) {
        do {
            try client.run(
                sql,
                settings: [
                    "distributed_ddl_task_timeout": String(clusterSeconds),
                    "replication_alter_partitions_sync": "2",
                ])
        } catch .server(code: ClickHouseFailure.unfinished, _) {
            // The statement is in ZooKeeper.
        }
    }

    func define(_ sql: String) throws(ClickHouseFailure) {
        try Self.define(sql, client)
    }

    /// The key of the installations' hashes; nil where there is no store.
    private static func hashKey(_ client: ClickHouseClient) throws(ClickHouseFailure) -> [UInt8]? {
        var reader = RowBinaryReader(
            try client.run(
                """
                SELECT name, default_expression FROM system.columns
                WHERE database = '\(client.address.database)' AND table = 'store' FORMAT RowBinary
                """))
        var values: [String: String] = [:]
        while !reader.isAtEnd {
            let name = try reader.text()
            values[name] = try reader.text()
        }
        guard !values.isEmpty else { return nil }
        let number = values["version"]?.filter(\.isNumber).prefix(3) ?? ""
        guard let key = Hex.decode((values["hash_key"] ?? "").filter(\.isHexDigit)),
            key.count == ClickHouseSchema.hashKeyBytes, let version = Int(number)
        else { throw .malformed("the database holds something else than a collector store") }
        guard version <= ClickHouseSchema.version else {
            throw .malformed(
                "the store has version \(version), this program knows \(ClickHouseSchema.version)")
        }
        return key
    }

    /// What is remembered still, for the queries of this collector.
    var remembered: Remembered { forgotten.withLock { $0 } }

    /// Passes over, from now on, what is about to be deleted: ClickHouse does that seconds later.
    func remember(_ new: Remembered) {
        forgotten.withLock { $0 = $0.later(new) }
    }

    /// The form in which an installation stands in the store.
    func hash(_ installation: String) -> [UInt8] {
        Array(keyedHash(Array(installation.utf8), key: hashKey).prefix(Self.hashBytes))
    }

    /// Inserts rows, on as many replicas as the address asks for.
    func insert(
        into name: String, _ columns: String, rows: [UInt8]
    ) throws(ClickHouseFailure) {
        guard !rows.isEmpty else { return }
        var settings: [String: String] = [:]
        if client.address.cluster != nil {
            settings["insert_distributed_sync"] = "1"
            settings["insert_quorum"] = String(client.address.quorum)
            settings["insert_quorum_timeout"] = String(Self.quorumMilliseconds)
        }
        try client.run(
            "INSERT INTO \(schema.table(name)) (\(columns)) FORMAT RowBinary", rows: rows,
            settings: settings)
    }

    /// Runs a query. With `onlyCertain` what is not on enough replicas yet is not seen.
    func select(
        _ sql: String, onlyCertain: Bool = false
    ) throws(ClickHouseFailure) -> RowBinaryReader {
        var settings = ["max_query_size": String(ClickHouseClient.statementBytesMax)]
        if onlyCertain, client.address.quorum > 1 {
            settings["select_sequential_consistency"] = "1"
        }
        return RowBinaryReader(try client.run(sql + " FORMAT RowBinary", settings: settings))
    }

    /// The one number that a query returns.
    func number(
        _ sql: String, onlyCertain: Bool = false
    ) throws(ClickHouseFailure) -> UInt64 {
        var reader = try select(sql, onlyCertain: onlyCertain)
        return try reader.number()
    }

    static func translated<Result>(
        _ body: () throws(ClickHouseFailure) -> Result
    ) throws(StorageError) -> Result {
        do {
            return try body()
        } catch {
            throw error.storageError
        }
    }
}
