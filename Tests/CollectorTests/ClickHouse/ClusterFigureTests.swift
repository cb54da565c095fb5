// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Collector

/// How fast the storages keep groups of batches, in one run: figures to compare, not limits.
@Suite(.serialized, .enabled(if: TestCluster.mayBeHurt, "measures on a cluster: make cluster"))
struct ClusterFigureTests {
    private static let groups = 20
    private static let batchesPerGroup = 512
    private static let eventsPerBatch = 100

    /// A group as busy collectors make it: each batch of another installation, of 100 events.
    private static func group(_ number: Int) -> CommitGroup {
        let batches = (0..<batchesPerGroup).map { index in
            batch(
                "figure \(number) \(index)", of: number * batchesPerGroup + index,
                [
                    today: [
                        "event/app_start": 10, "event/feature_usage": 70, "event/error": 20,
                        "feature/arp_scan": 40, "feature/network_scan": 30,
                        "error/arp_scan/other": 20, "version/0.1.0": 1,
                    ]
                ])
        }
        return CommitGroup(
            id: SystemRandom().bytes(CommitGroup.idBytes), batches: batches, today: today)
    }

    /// Processor seconds of a process so far.
    private static func seconds(ofProcess pid: String) throws -> Double {
        let bytes = try RealFileSystem().read("/proc/\(pid)/stat", bytesMax: 4096)
        let text = String(decoding: bytes, as: UTF8.self)
        let fields = try #require(text.split(separator: ")").last).split(separator: " ")
        // utime and stime of proc(5), counted after the name.
        let ticks = try fields[11...12].map { try #require(Double($0)) }
        return ticks.reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func measure(
        _ title: String, _ storage: any CollectorStorage, servers: [String]
    ) throws {
        let groups = (0..<Self.groups).map(group)
        let processes = ["self"] + servers
        let before = try processes.map(seconds(ofProcess:))
        let start = ContinuousClock.now
        for group in groups { _ = try storage.commit(group) }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let spent = try zip(processes.map(seconds(ofProcess:)), before).map { $0 - $1 }
        let events = Double(Self.groups * batchesPerGroup * eventsPerBatch)
        let read = ContinuousClock.now
        var figures = try storage.figures(in: today...today)
        let reading = (ContinuousClock.now - read) / .seconds(1)
        // With a quorum of 1 the other replica gets a batch a moment later.
        let all = Self.groups * batchesPerGroup
        while figures.first?.installations != all, ContinuousClock.now < read + .seconds(30) {
            figures = try storage.figures(in: today...today)
        }
        #expect(figures.first?.installations == all)
        print(
            "cluster: \(title): \(Int(events / elapsed)) events/s in groups of "
                + "\(batchesPerGroup) batches; processor seconds per million events: "
                + "\(tenths(spent[0] / events * 1e6)) collector, "
                + "\(tenths(spent.dropFirst().reduce(0, +) / events * 1e6)) servers; "
                + "reading the day \(Int(reading * 1000)) ms")
    }

    private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }

    @Test func `what is kept per second, in SQLite, on one server and on a cluster`() throws {
        let cluster = try #require(TestCluster.current)
        let pids = try (TestCluster.servers + ["zookeeper"]).map { name in
            let bytes = try RealFileSystem().read("\(cluster.folder)/pid/\(name)", bytesMax: 64)
            return String(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
        }
        let sample = try SampleStore()
        try Self.measure("SQLite", sample.storage, servers: [])
        let single = try TestDatabase(cluster, isCluster: false)
        try Self.measure("ClickHouse, one server", single.storage(), servers: pids)
        let spread = try TestDatabase(cluster)
        try Self.measure("ClickHouse, 2 x 2, quorum 2", spread.storage(), servers: pids)
        let fast = try TestDatabase(cluster)
        try Self.measure("ClickHouse, 2 x 2, quorum 1", fast.storage(quorum: 1), servers: pids)
    }
}
