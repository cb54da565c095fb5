// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import TestKit
import Testing

@testable import Collector

/// What is ClickHouse's own beside what every storage promises.
@Suite(.enabled(if: TestCluster.current != nil, "\(TestCluster.whySkipped)"))
struct ClickHouseTests {
    private static let start = ["event/app_start": 1]
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase(try #require(TestCluster.current))
    }

    @Test func `collectors that make one store at once share its key`() throws {
        let database = database
        let outcomes = Monitor([BatchOutcome]())
        ParallelThreads.run(4) { number in
            #expect(throws: Never.self) {
                let outcome = try database.storage().commit(
                    batch("\(number)", of: 1, [today: Self.start]))
                outcomes.update { $0 += outcome }
            }
        }
        #expect(outcomes.read { $0.count } == 4)
        #expect(
            try database.storage().lines() == ["\(today) arpguard: 1", "event/app_start 1 4"])
    }

    @Test func `rows of one batch that two collectors write at once are one`() throws {
        let sent = batch("A", of: 1, [today: Self.start])
        let storages = try [database.storage(), database.storage(), database.storage()]
        ParallelThreads.run(storages.count) { number in
            #expect(throws: Never.self) { try storages[number].commit(sent) }
        }
        #expect(try storages[0].lines() == ["\(today) arpguard: 1", "event/app_start 1 1"])
    }

    @Test func `an erased installation leaves no row on any replica`() throws {
        let storage = try database.storage()
        for number in 1...3 {
            try storage.commit(batch("\(number)", of: number, [today: Self.start]))
        }
        let hash = SHA256.hash(Array(secret(2).utf8))
        #expect(
            try storage.erase(installation: installation(2), secretHash: hash, on: today)
                == .erased)
        let condition = "installation IN \(Literal.list([storage.hash(installation(2))]))"
        for server in TestCluster.servers {
            for table in ["batch_local", "installation_local"] {
                let gone = try database.waitForNumber(
                    0, "SELECT count() FROM \(database.name).\(table) WHERE \(condition)",
                    on: server)
                #expect(gone, "\(table) of \(server)")
            }
        }
    }

    @Test func `a folded day leaves no batch on any replica`() throws {
        let storage = try database.storage()
        try storage.commit(batch("A", of: 1, [today: Self.start]))
        try storage.expire(
            by: RetentionPolicy(openDays: 5), on: Day(number: today.number + 6))
        let count = "SELECT count() FROM \(database.name).batch_local WHERE "
        for server in TestCluster.servers {
            #expect(try database.waitForNumber(0, count + BatchRows.saysSomething, on: server))
        }
    }

    @Test(arguments: [true, false])
    func `a day that several collectors fold at once keeps all of its figures`(isCluster: Bool)
        throws
    {
        var tally = Tally()
        tally.add(.event, 3)
        for _ in 1...(isCluster ? 1 : 8) {
            let database = try TestDatabase(database.cluster, isCluster: isCluster)
            let storages = try (1...3).map { _ in try database.storage() }
            for number in 1...12 {
                var sent = batch("\(number)", of: number, tally: tally, [today: Self.start])
                // What tells of a day may be kept with the next one.
                sent.day = Day(number: today.number + Int32(number % 2))
                try storages[0].commit(sent)
            }
            let (lines, tallies) = try (
                storages[0].lines(), storages[0].tallies(in: today...today)
            )
            ParallelThreads.run(storages.count) { number in
                #expect(throws: Never.self) {
                    try storages[number].expire(
                        by: RetentionPolicy(openDays: 5), on: Day(number: today.number + 8))
                }
            }
            #expect(try storages[0].lines() == lines)
            #expect(try storages[0].tallies(in: today...today) == tallies)
        }
    }

    @Test(arguments: [900, 65_535], [true, false])
    func `a batch that named a day far ahead goes with the day on which it came`(
        distance: Int32, isCluster: Bool
    ) throws {
        let database = try TestDatabase(database.cluster, isCluster: isCluster)
        let storage = try database.storage()
        var stray = batch("A", of: 1, [:])
        (stray.day, stray.records) = (Day(number: today.number + distance), [])
        try storage.commit(stray)
        let policy = RetentionPolicy(openDays: 5)
        let count =
            "SELECT count() FROM \(database.name).batch WHERE until > "
            + Literal.day(Day(number: today.number + 100)) + " AND \(BatchRows.saysSomething)"
        try storage.expire(by: policy, on: Day(number: today.number + 5))
        #expect(try database.number(count) == 1)
        try storage.expire(by: policy, on: Day(number: today.number + 6))
        let local = isCluster ? count.replacing(".batch ", with: ".batch_local ") : count
        for server in isCluster ? TestCluster.servers : ["s1r1"] {
            #expect(try database.waitForNumber(0, local, on: server))
        }
    }

    @Test func `no identifier of an installation and no secret is stored`() throws {
        let storage = try database.storage()
        try storage.commit(batch("A", of: 1, [today: Self.start]))
        for text in [installation(1), secret(1)] {
            let bytes = Literal.bytes(Array(text.utf8))
            for column in ["installation", "service", "id", "records"] {
                #expect(
                    try database.number(
                        "SELECT count() FROM \(database.name).batch "
                            + "WHERE position(toString(\(column)), \(bytes)) > 0") == 0)
            }
        }
        #expect(try database.number("SELECT count() FROM \(database.name).batch") == 1)
    }

    @Test func `a store of a newer program and another database are left alone`() throws {
        let client = ClickHouseClient(try database.cluster.address(database.name))
        try client.run("CREATE DATABASE \(database.name) ON CLUSTER arpguard")
        try client.run(
            """
            CREATE TABLE \(database.name).store ON CLUSTER arpguard (
                version UInt8 DEFAULT 99, hash_key String DEFAULT '\(
                    String(repeating: "ab", count: 32))')
            ENGINE = Log
            """)
        #expect(throws: StorageError.self) { try database.storage() }
        #expect(
            try database.number(
                "SELECT count() FROM system.tables WHERE database = '\(database.name)'") == 1)
    }

    @Test func `a missing store is an error where none is to be made`() throws {
        let address = try database.cluster.address(database.name)
        let error = #expect(throws: StorageError.self) {
            try ClickHouseStorage(address, create: false, random: SystemRandom())
        }
        #expect(error?.description.contains("there is no collector store") == true)
    }
}

extension TestDatabase {
    /// Whether a query of one server comes to return a number, within a minute.
    func waitForNumber(_ wanted: UInt64, _ sql: String, on server: String) throws -> Bool {
        let address = try ClickHouseAddress("http://127.0.0.1:\(cluster.port(server))/\(name)")
        let client = ClickHouseClient(address)
        let deadline = Deadline.within(.seconds(60))
        repeat {
            var reader = RowBinaryReader(try client.run(sql + " FORMAT RowBinary"))
            if try reader.number() == wanted { return true }
        } while !deadline.hasPassed
        return false
    }
}
