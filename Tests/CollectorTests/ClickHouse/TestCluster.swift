// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import Modules
import TestKit

@testable import Collector

/// The ClickHouse cluster that `Scripts/cluster` has started around the tests.
struct TestCluster: Sendable {
    /// Why a test that needs it does not run without it.
    static let whySkipped = "needs a ClickHouse cluster: make cluster, or make test-full"
    /// The cluster; nil where the tests run without one.
    static let current = unsafe getenv("ARPGUARD_CLUSTER").flatMap {
        try? TestCluster(unsafe String(cString: $0))
    }

    /// Whether tests may kill its servers: nothing else uses it at the time.
    static let mayBeHurt =
        unsafe getenv("ARPGUARD_CLUSTER_FAULTS") != nil && current != nil
    /// Batches of a load.
    static let batches =
        unsafe getenv("ARPGUARD_CLUSTER_BATCHES").flatMap { Int(unsafe String(cString: $0)) } ?? 600

    /// The servers that take statements, of both shards.
    static let servers = ["s1r1", "s1r2", "s2r1", "s2r2"]

    let folder: String
    private let ports: [String: Int]

    private init(_ folder: String) throws {
        self.folder = folder
        let lines = try String(
            decoding: RealFileSystem().read(folder + "/ports", bytesMax: 1 << 16), as: UTF8.self
        )
        .split(separator: "\n")
        ports = lines.reduce(into: [:]) { ports, line in
            let words = line.split(separator: " ")
            ports[String(words[0])] = Int(words[1])
        }
    }

    /// The port of a server's HTTP interface, or ZooKeeper's.
    func port(_ server: String) throws -> Int {
        guard let port = ports[server] else { throw TestKitError("no server \(server)") }
        return port
    }

    /// The address of a database on all servers, or on the first one alone.
    func address(
        _ database: String, isCluster: Bool = true, quorum: Int = 2
    ) throws -> ClickHouseAddress {
        try ClickHouseAddress(text(database, isCluster: isCluster, quorum: quorum))
    }

    /// The same as text, as `--store clickhouse:` takes it.
    func text(_ database: String, isCluster: Bool = true, quorum: Int = 2) throws -> String {
        let servers = isCluster ? Self.servers : ["s1r1"]
        let hosts = try servers.map { "127.0.0.1:\(try port($0))" }.joined(separator: ",")
        let options = isCluster ? "?cluster=arpguard&quorum=\(quorum)" : ""
        return "http://\(hosts)/\(database)\(options)"
    }

    /// Starts, stops or kills servers, by the script that has started them.
    func control(_ verb: String, _ servers: String...) throws {
        let result = try CommandRunner.run(
            RepositoryRoot.file("Scripts/cluster"), [verb] + servers,
            environment: ["ARPGUARD_CLUSTER": folder], deadline: .seconds(90))
        guard result.status == 0 else {
            throw TestKitError("cluster \(verb): \(result.stderr)")
        }
    }
}

/// A database of a test's own, dropped at its end.
final class TestDatabase: Sendable {
    let name = "t" + Hex.encode(SystemRandom().bytes(6))
    let cluster: TestCluster
    let isCluster: Bool
    private let client: ClickHouseClient

    init(_ cluster: TestCluster, isCluster: Bool = true) throws {
        self.cluster = cluster
        self.isCluster = isCluster
        client = ClickHouseClient(try cluster.address(name, isCluster: isCluster))
    }

    deinit {
        // Whoever takes the cluster down deletes what can't be dropped now.
        _ = try? client.run(
            "DROP DATABASE IF EXISTS \(name)" + (isCluster ? " ON CLUSTER arpguard" : ""))
    }

    /// A storage on it, as one more collector has it.
    func storage(quorum: Int = 2) throws -> ClickHouseStorage {
        try ClickHouseStorage(
            cluster.address(name, isCluster: isCluster, quorum: quorum), random: SystemRandom())
    }

    /// The one number that a query returns.
    func number(_ sql: String) throws -> UInt64 {
        var reader = RowBinaryReader(try client.run(sql + " FORMAT RowBinary"))
        return try reader.number()
    }
}
