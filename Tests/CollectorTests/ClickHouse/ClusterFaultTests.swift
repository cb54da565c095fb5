// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Collector

/// Collectors as they are run, on a cluster whose servers are killed, hang and come back.
@Suite(
    .serialized,
    .enabled(if: TestCluster.mayBeHurt, "kills servers of a ClickHouse cluster: make cluster"))
struct ClusterFaultTests {
    private static let batches = TestCluster.batches

    private let cluster: TestCluster
    private let database: TestDatabase
    private let day = SystemClock().now().day

    init() throws {
        cluster = try #require(TestCluster.current)
        database = try TestDatabase(cluster)
    }

    private func collector(quorum: Int = 2) throws -> (process: RunningProcess, intake: UInt16) {
        let store = try cluster.text(database.name, quorum: quorum)
        let process = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "clickhouse:" + store,
            ])
        let line = try process.waitForLine(containing: "intake ", within: .seconds(60))
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        return (process, try #require(UInt16(digits)))
    }

    /// Compares what every server shows with what was acknowledged, and prints it.
    private func check(_ title: String, _ clients: LoadClients, _ batches: Int) throws {
        #expect(clients.counts.acknowledged == batches)
        #expect(clients.counts.givenUp == 0)
        #expect(clients.counts.allSaidWhen)
        let expected = clients.expectedLines(batches)
        let lines = Array(try database.storage().lines(around: day).prefix(expected.count))
        #expect(lines == expected)
        print(clients.line(title, lines, isRight: lines == expected))
        try checkReplicas(batches)
    }

    /// Both replicas of each shard come to hold the same rows, and together each batch.
    private func checkReplicas(_ batches: Int) throws {
        let deadline = Deadline.within(.seconds(90))
        var counts: [[UInt64]] = []
        repeat {
            counts = try [["s1r1", "s2r1"], ["s1r2", "s2r2"]].map { replicas in
                try replicas.map { server in
                    let address = try ClickHouseAddress(
                        "http://127.0.0.1:\(cluster.port(server))/\(database.name)")
                    var reader = RowBinaryReader(
                        try ClickHouseClient(address).run(
                            "SELECT count() FROM \(database.name).batch_local FINAL "
                                + "WHERE service != '' FORMAT RowBinary"))
                    return try reader.number()
                }
            }
        } while !deadline.hasPassed
            && (counts[0] != counts[1] || counts[0].reduce(0, +) != UInt64(batches))
        #expect(counts[0] == counts[1])
        #expect(counts[0].reduce(0, +) == UInt64(batches))
    }

    @Test func `a killed replica loses and doubles nothing where two must hold a batch`() throws {
        let collectors = try [collector(), collector(), collector()]
        let clients = LoadClients(ports: collectors.map(\.intake))
        let sending = OwnThread { clients.send(0..<Self.batches) }
        #expect(clients.wait { $0.acknowledged >= Self.batches / 4 })
        try cluster.control("kill", "s1r2")
        #expect(clients.wait { $0.refused > 0 })
        try cluster.control("start", "s1r2")
        try sending.value(within: .seconds(300))
        try check("a replica killed, quorum 2", clients, Self.batches)
    }

    @Test func `with a quorum of one, batches are taken while a replica is down`() throws {
        let collectors = try [collector(quorum: 1), collector(quorum: 1)]
        let clients = LoadClients(ports: collectors.map(\.intake))
        let sending = OwnThread { clients.send(0..<Self.batches) }
        #expect(clients.wait { $0.acknowledged >= Self.batches / 4 })
        try cluster.control("kill", "s2r1")
        #expect(clients.wait { $0.acknowledged >= Self.batches / 2 })
        try cluster.control("start", "s2r1")
        try sending.value(within: .seconds(300))
        try check("a replica killed, quorum 1", clients, Self.batches)
    }

    @Test func `a collector that is killed under load loses and doubles nothing`() throws {
        var collectors = try [collector(), collector()]
        let clients = LoadClients(ports: collectors.map(\.intake))
        let sending = OwnThread { clients.send(0..<Self.batches) }
        for kill in 1...4 {
            #expect(clients.wait { $0.acknowledged >= Self.batches * kill / 5 })
            let old = collectors.removeFirst()
            old.process.kill()
            collectors.append(try collector())
            clients.replace(old.intake, with: collectors[1].intake)
        }
        try sending.value(within: .seconds(300))
        try check("4 collectors killed", clients, Self.batches)
    }

    @Test func `without ZooKeeper nothing is acknowledged, and then it goes on`() throws {
        let collectors = try [collector(), collector()]
        let clients = LoadClients(ports: collectors.map(\.intake))
        let sending = OwnThread { clients.send(0..<Self.batches / 2) }
        #expect(clients.wait { $0.acknowledged >= Self.batches / 8 })
        try cluster.control("kill", "zookeeper")
        #expect(clients.wait { $0.refused > 0 })
        #expect(throws: StorageError.self) { try database.storage().checkReady() }
        try cluster.control("start", "zookeeper")
        try sending.value(within: .seconds(300))
        try check("ZooKeeper killed", clients, Self.batches / 2)
    }

    @Test func `servers that hang are waited for, but not for ever`() throws {
        let collectors = try [collector(), collector()]
        let clients = LoadClients(ports: collectors.map(\.intake))
        let sending = OwnThread { clients.send(0..<Self.batches / 2) }
        #expect(clients.wait { $0.acknowledged >= Self.batches / 8 })
        try cluster.control("pause", "s1r1", "s1r2", "s2r1", "s2r2")
        #expect(clients.wait { $0.refused > 0 })
        try cluster.control("resume", "s1r1", "s1r2", "s2r1", "s2r2")
        try sending.value(within: .seconds(300))
        try check("all servers stopped for a while", clients, Self.batches / 2)
    }
}
