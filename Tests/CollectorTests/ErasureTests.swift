// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// What an erasure means for the file of a SQLite store.
@Suite struct ErasureTests {
    private static func store(installations: Int) throws -> SampleStore {
        let store = try SampleStore()
        for number in 1...installations {
            try store.storage.commit(
                batch("batch-\(number)", of: number, [today: ["event/app_start": 1]]))
        }
        return store
    }

    private static func erase(_ number: Int, in store: SampleStore) throws -> ErasureOutcome {
        try store.storage.erase(
            installation: installation(number),
            secretHash: SHA256.hash(Array(secret(number).utf8)), on: today)
    }

    private static func bytes(of store: SampleStore) throws -> String {
        try String(
            decoding: store.folder.contents().flatMap { try store.folder.read($0) }, as: UTF8.self)
    }

    @Test func `no row of an erased installation is left`() throws {
        let store = try Self.store(installations: 12)
        #expect(try Self.erase(5, in: store) == .erased)
        let connection = try Connection(path: store.path)
        for table in ["batch", "record_set", "installation"] {
            #expect(try connection.integer("SELECT count(*) FROM \(table)") == 11)
        }
    }

    @Test func `the bytes of erased records stand in no file of the store`() throws {
        let store = try Self.store(installations: 3)
        #expect(try Self.erase(2, in: store) == .erased)
        #expect(try Self.bytes(of: store).contains("records of 1"))
        #expect(try !Self.bytes(of: store).contains("records of 2"))
    }

    @Test func `a reader in the way of an erasure keeps its bytes no longer than it stays`() throws
    {
        let store = try Self.store(installations: 3)
        let other = try Connection(path: store.path)
        try other.execute("BEGIN")
        #expect(try other.integer("SELECT count(*) FROM batch") == 3)
        let start = ContinuousClock.now
        #expect(try Self.erase(2, in: store) == .erased)
        try store.storage.expire(by: RetentionPolicy(), on: today)
        #expect(ContinuousClock.now - start < .seconds(8), "nobody waits for the reader")
        #expect(try Self.bytes(of: store).contains("records of 2"))
        try other.execute("COMMIT")
        #expect(try store.storage.lines() == ["\(today) arpguard: 2", "event/app_start 2 2"])
        #expect(try !Self.bytes(of: store).contains("records of 2"))
    }

    @Test func `a refused erasure leaves every row, and no trace`() throws {
        let store = try Self.store(installations: 2)
        let outcome = try store.storage.erase(
            installation: installation(1), secretHash: SHA256.hash(Array("guess".utf8)), on: today)
        #expect(outcome == .refused)
        let connection = try Connection(path: store.path)
        #expect(try connection.integer("SELECT count(*) FROM batch") == 2)
        #expect(try connection.integer("SELECT count(*) FROM tombstone") == 0)
    }

    @Test func `invented identifiers don't keep an installation from being erased`() throws {
        let store = try Self.store(installations: 1)
        try Connection(path: store.path).run(
            """
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
            INSERT INTO tombstone SELECT n, ? FROM number
            """, [.integer(SQLiteStorage.tombstonesMax), .integer(Int64(today.number))])
        #expect(try Self.erase(9, in: store) == .full)
        let guess = try store.storage.erase(
            installation: installation(1), secretHash: SHA256.hash(Array("guess".utf8)), on: today)
        #expect(guess == .full, "full must not tell the known from the unknown")
        #expect(try Self.erase(1, in: store) == .erased)
        let late = batch("late", of: 1, [today: ["event/app_start": 1]])
        #expect(try store.storage.commit(late) == [.erased])
    }
}
