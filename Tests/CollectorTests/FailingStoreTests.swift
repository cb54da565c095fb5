// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Synchronization
import TestKit
import Testing

@testable import Collector

/// A store that fails or is damaged under a running collector.
@Suite struct FailingStoreTests {
    private let lines = LoggedLines()

    private func collector() throws -> SampleCollector {
        let collector = try SampleCollector(k: 1, sink: lines.add)
        let first = SampleRequest(1, batch: 1).with("app_start")
        #expect(try collector.post(first.bytes).status == 200)
        return collector
    }

    @Test func `a store that fails is told once, and used again once it works`() throws {
        let collector = try collector()
        let store = try Connection(path: collector.store.path, mode: .readWrite)
        let tables = ["batch", "tally"]
        for table in tables { try store.execute("ALTER TABLE \(table) RENAME TO \(table)_away") }
        for number in 2...3 {
            let reply = try collector.post(
                SampleRequest(number, batch: number).with("app_start").bytes)
            #expect(reply.status == 503)
            #expect(reply.header("Retry-After") != nil)
        }
        let erasure = try collector.erase(installation(1), secret: secret(1))
        #expect(erasure.status == 503)
        #expect(try collector.admin("/").status == 503)
        #expect(try collector.admin("/api/v1/insight").text == "the store failed\n")
        #expect(lines.count { $0.contains("no such table: batch") && $0.contains("error") } > 0)
        for table in tables { try store.execute("ALTER TABLE \(table)_away RENAME TO \(table)") }
        let again = SampleRequest(2, batch: 2).with("app_start")
        #expect(try collector.post(again.bytes).status == 200)
        #expect(try collector.erase(installation(1), secret: secret(1)).status == 204)
        #expect(lines.count { $0.contains("the store works again") } == 1)
        #expect(try collector.store.storage.lines().contains("\(today) arpguard: 1"))
        #expect(try collector.admin("/").status == 200)
    }

    @Test(arguments: [
        ("UPDATE batch SET counters = x'FF'", true),
        ("INSERT INTO day_total SELECT day - 40, service, x'FF' FROM batch", false),
    ])
    func `figures that can't be read are an error, and no number`(
        damage: String, blocksIntake: Bool
    ) throws {
        let collector = try collector()
        try Connection(path: collector.store.path, mode: .readWrite).execute(damage)
        let reopened = try SQLiteStorage(
            path: collector.store.path, random: SystemRandom(), fileSystem: RealFileSystem())
        let days = Day(number: today.number - 50)...today
        let error = #expect(throws: StorageError.self) { try reopened.figures(in: days) }
        #expect(error?.code == .damaged)
        let second = SampleRequest(1, batch: 2).with("app_start")
        #expect(try collector.post(second.bytes).status == (blocksIntake ? 503 : 200))
    }

    @Test func `what comes for a folded day is not added to its totals`() throws {
        let store = try SampleStore()
        let policy = RetentionPolicy(openDays: 10)
        let early = Day(number: today.number - 11)
        for number in 1...2 {
            // The second is of a collector whose day has not ended yet.
            let figures = ["event/app_start": number]
            try store.storage.commit(batch("\(number)", of: number, [early: figures, today: [:]]))
            try store.storage.expire(by: policy, on: today)
        }
        let lines = try store.storage.lines()
        #expect(lines == ["\(early) arpguard: 1", "event/app_start 1 1"])
    }

    @Test(
        arguments: [
            (5, .unavailable), (13, .unavailable), (11, .damaged), (26, .damaged),
            (1, .unreachable), (14, .unreachable),
        ] as [(Int32, StorageError.Code)])
    func `an error of the database says what can be done about it`(
        code: Int32, expected: StorageError.Code
    ) {
        let error = #expect(throws: StorageError.self) {
            try translated("the store") { throw SQLiteError(code: code, message: "what") }
        }
        #expect(error?.code == expected)
        #expect(error?.description.hasPrefix("the store ") == true)
    }
}

/// Lines that were logged.
private final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }

    func count(where isMeant: (String) -> Bool) -> Int {
        lines.withLock { $0.count(where: isMeant) }
    }
}
