// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct ErasureTests {
    private static func hash(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }

    private static let start = Contribution(Counter(.event, "app_start"))

    private static func store(installations: Int) throws -> SampleStore {
        let store = try SampleStore()
        let batches = (1...installations).map { batch("batch-\($0)", of: $0, [today: [start]]) }
        _ = try store.storage.store(batches, tally: Tally(), on: today)
        return store
    }

    private static func active(_ store: SampleStore) throws -> Int? {
        try store.storage.insight(in: today...today, k: 2).activeInstallations
    }

    @Test func `erasing one of twelve leaves eleven and no row of it`() throws {
        let store = try Self.store(installations: 12)
        #expect(try Self.active(store) == 12)
        let outcome = try store.storage.erase(
            installation: installation(5), secretHash: Self.hash(secret(5)), on: today)
        #expect(outcome == .erased)
        #expect(try Self.active(store) == 11)
        let connection = try Connection(path: store.path)
        for table in ["figures", "record_set", "erasure_key"] {
            #expect(try connection.integer("SELECT count(*) FROM \(table)") == 11)
        }
    }

    @Test func `the bytes of erased records stand in no file of the store`() throws {
        let store = try Self.store(installations: 3)
        _ = try store.storage.erase(
            installation: installation(2), secretHash: Self.hash(secret(2)), on: today)
        let files = try store.folder.contents()
        let bytes = try files.flatMap { try store.folder.read($0) }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("records of 1"))
        #expect(!text.contains("records of 2"))
    }

    @Test func `a reader in the way of an erasure keeps its bytes no longer than it stays`() throws
    {
        let store = try Self.store(installations: 3)
        func bytes() throws -> String {
            try String(
                decoding: store.folder.contents().flatMap { try store.folder.read($0) },
                as: UTF8.self)
        }
        let other = try Connection(path: store.path)
        try other.execute("BEGIN")
        #expect(try other.integer("SELECT count(*) FROM figures") == 3)
        let outcome = try store.storage.erase(
            installation: installation(2), secretHash: Self.hash(secret(2)), on: today)
        #expect(outcome == .erased)
        #expect(try bytes().contains("records of 2"))
        try other.execute("COMMIT")
        #expect(try Self.active(store) == 2)
        #expect(try !bytes().contains("records of 2"))
    }

    @Test func `a wrong secret erases nothing`() throws {
        let store = try Self.store(installations: 2)
        let outcome = try store.storage.erase(
            installation: installation(1), secretHash: Self.hash(secret(2)), on: today)
        #expect(outcome == .wrongSecret)
        #expect(try Self.active(store) == 2)
    }

    @Test func `an installation that announced no secret can't be erased by a guess`() throws {
        let store = try SampleStore()
        let sent = batch("A", of: 1, hasSecret: false, [today: [Self.start]])
        _ = try store.storage.store([sent], tally: Tally(), on: today)
        let outcome = try store.storage.erase(
            installation: installation(1), secretHash: Self.hash(""), on: today)
        #expect(outcome == .wrongSecret)
    }

    @Test func `the secret that came first stays`() throws {
        let store = try Self.store(installations: 1)
        let usurper = AdmittedBatch(
            id: "usurper", installation: installation(1), erasureKeyHash: Self.hash("other"),
            contributions: [:], records: [], recordCount: 0, tally: Tally())
        _ = try store.storage.store([usurper], tally: Tally(), on: today)
        #expect(
            try store.storage.erase(
                installation: installation(1), secretHash: Self.hash("other"), on: today)
                == .wrongSecret)
        #expect(
            try store.storage.erase(
                installation: installation(1), secretHash: Self.hash(secret(1)), on: today)
                == .erased)
    }

    @Test func `an unknown and an erased installation are answered alike`() throws {
        let store = try Self.store(installations: 1)
        for _ in 1...2 {
            #expect(
                try store.storage.erase(
                    installation: installation(1), secretHash: Self.hash(secret(1)), on: today)
                    == .erased)
        }
        #expect(
            try store.storage.erase(
                installation: installation(9), secretHash: Self.hash("any"), on: today) == .erased)
    }

    @Test func `invented identifiers don't keep an installation from being erased`() throws {
        let store = try Self.store(installations: 1)
        try Connection(path: store.path).run(
            """
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
            INSERT INTO tombstone SELECT n, ? FROM number
            """, [.integer(SQLiteStorage.tombstonesMax), .integer(Int64(today.number))])
        func erase(_ number: Int) throws -> ErasureOutcome {
            try store.storage.erase(
                installation: installation(number), secretHash: Self.hash(secret(number)),
                on: today)
        }
        #expect(try erase(9) == .full)
        #expect(try erase(1) == .erased)
        #expect(try Self.active(store) == nil)
        let late = batch("late", of: 1, [today: [Self.start]])
        #expect(try store.storage.store([late], tally: Tally(), on: today) == [.erased])
    }

    @Test func `what comes after an erasure is kept out and counted once`() throws {
        let store = try Self.store(installations: 2)
        _ = try store.storage.erase(
            installation: installation(1), secretHash: Self.hash(secret(1)), on: today)
        let late = batch("late", of: 1, [today: [Self.start]])
        for _ in 1...2 {
            #expect(try store.storage.store([late], tally: Tally(), on: today) == [.erased])
        }
        #expect(try store.storage.tally(in: today...today).counts == [.erased: 1])
        let connection = try Connection(path: store.path)
        #expect(try connection.integer("SELECT count(*) FROM figures") == 1)
        #expect(try connection.integer("SELECT count(*) FROM record_set") == 1)
    }
}
