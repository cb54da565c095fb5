// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct SQLiteStorageTests {
    private static let use = Contribution(
        Counter(.feature, "arp_scan"), amount: 1, durationMilliseconds: 1250)

    private static func figures(_ storage: SQLiteStorage) throws -> [String] {
        var rows: [String] = []
        try storage.visitFigures(
            in: Day(number: today.number - 100)...Day(number: today.number + 100)
        ) { installation, day, counters in
            rows.append("\(installation) \(day) \(counters.stored)")
        }
        return rows
    }

    @Test func `batches of one installation and day are merged into one row`() throws {
        let store = try SampleStore()
        let outcomes = try store.storage.store(
            [
                batch("A", of: 1, [today: [Self.use, Self.use]]),
                batch("B", of: 1, [today: [Self.use]]),
                batch("C", of: 2, [today: [Contribution(Counter(.version, "0.1.0"))]]),
            ], tally: Tally(), on: today)
        #expect(outcomes == [.stored, .stored, .stored])
        let bucket = DurationHistogram.bucket(of: 1250)
        #expect(
            Set(try Self.figures(store.storage).map { $0.dropFirst(2) }) == [
                "\(today) {\"feature/arp_scan\":[3,\(bucket),3]}",
                "\(today) {\"version/0.1.0\":[1]}",
            ])
    }

    @Test func `a resend changes nothing, not even after a restart`() throws {
        let store = try SampleStore()
        var tally = Tally()
        tally.add(.event, 3)
        let sent = batch("A", of: 1, tally: tally, [today: [Self.use]])
        _ = try store.storage.store([sent], tally: Tally(), on: today)
        let before = try Self.figures(store.storage)
        #expect(try store.storage.store([sent], tally: Tally(), on: today) == [.resent])
        let again = try SQLiteStorage(
            path: store.path, random: SeededRandom(seed: 8), fileSystem: RealFileSystem())
        #expect(try again.store([sent], tally: Tally(), on: today) == [.resent])
        #expect(try Self.figures(again) == before)
        #expect(try again.tally(in: today...today).counts == [.event: 3])
    }

    @Test func `one installation adds no more than its share to a figure`() throws {
        let store = try SampleStore()
        let many = Contribution(Counter(.loss, "queue_full"), amount: 1_000_000)
        _ = try store.storage.store(
            [
                batch("A", of: 1, [today: [many]]),
                batch("B", of: 1, [today: [many]]),
            ], tally: Tally(), on: today)
        #expect(try Self.figures(store.storage) == ["0 \(today) {\"loss/queue_full\":[1000]}"])
        #expect(try store.storage.tally(in: today...today).counts == [.share: 1_999_000])
    }

    @Test func `collectors that make one store at once share it`() throws {
        for _ in 1...8 {
            let folder = try TemporaryDirectory()
            let path = folder.file("store.sqlite")
            DispatchQueue.concurrentPerform(iterations: 4) { number in
                #expect(throws: Never.self) {
                    let storage = try SQLiteStorage(
                        path: path, random: SystemRandom(), fileSystem: RealFileSystem())
                    let sent = batch("\(number)", of: number, [today: [Self.use]])
                    #expect(
                        try storage.store([sent], tally: Tally(), on: today) == [.stored])
                }
            }
            let connection = try Connection(path: path)
            #expect(try connection.integer("SELECT count(*) FROM batch") == 4)
        }
    }

    @Test func `no identifier of an installation stands in the file`() throws {
        let store = try SampleStore()
        _ = try store.storage.store(
            [batch("A", of: 1, [today: [Self.use]])], tally: Tally(), on: today)
        let bytes = try ["store.sqlite", "store.sqlite-wal"].flatMap { try store.folder.read($0) }
        #expect(!contains(bytes, installation(1)))
        #expect(!contains(bytes, secret(1)))
        #expect(contains(bytes, "arp_scan"))
    }

    @Test func `the file belongs to its owner alone`() throws {
        let store = try SampleStore()
        let status = try RealFileSystem().status(of: store.path)
        #expect(status?.mode == 0o600)
    }

    @Test func `what has passed its time is deleted, and recognition lasts longest`() throws {
        let store = try SampleStore()
        let sent = batch("A", of: 1, [today: [Self.use]])
        _ = try store.storage.store([sent], tally: Tally(), on: today)
        let policy = RetentionPolicy(figuresDays: 10, recordsDays: 5, recognitionDays: 20)
        func rows(_ table: String) throws -> Int64? {
            try Connection(path: store.path).integer("SELECT count(*) FROM \(table)")
        }
        try store.storage.expire(by: policy, on: Day(number: today.number + 6))
        #expect(try rows("record_set") == 0)
        #expect(try rows("figures") == 1)
        try store.storage.expire(by: policy, on: Day(number: today.number + 11))
        #expect(try rows("figures") == 0)
        #expect(try rows("erasure_key") == 0)
        #expect(try rows("batch") == 1)
        try store.storage.expire(by: policy, on: Day(number: today.number + 21))
        #expect(try rows("batch") == 0)
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return bytes.indices.dropLast(wanted.count - 1).contains {
            bytes[$0..<$0 + wanted.count].elementsEqual(wanted)
        }
    }
}

@Suite struct StorageErrorTests {
    private func open(_ path: String, create: Bool = true) -> StorageError? {
        do {
            _ = try SQLiteStorage(
                path: path, create: create, random: SystemRandom(), fileSystem: RealFileSystem())
            return nil
        } catch {
            return error
        }
    }

    @Test func `a folder that is not there is an error with a hint`() {
        let error = open("/nonexistent/folder/store.sqlite")
        #expect(error?.code == .unreachable)
        #expect(error?.hint == "check that the folder exists and belongs to the collector's user")
    }

    @Test func `a missing store is an error where none is to be made`() throws {
        let folder = try TemporaryDirectory()
        #expect(open(folder.file("store.sqlite"), create: false)?.code == .unreachable)
        #expect(try folder.contents().isEmpty)
    }

    @Test func `a file that is no store is an error and stays as it is`() throws {
        let folder = try TemporaryDirectory()
        let text = String(repeating: "This is a letter. ", count: 200)
        let path = try folder.write(text, to: "store.sqlite")
        #expect(open(path)?.code == .damaged)
        #expect(try folder.read("store.sqlite") == Array(text.utf8))
    }

    @Test(arguments: ["CREATE TABLE place (x)", "CREATE TABLE secret (x); PRAGMA user_version = 1"])
    func `another program's database is an error and stays as it is`(sql: String) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("other.sqlite")
        try Connection(path: path).execute(sql)
        let before = try folder.read("other.sqlite")
        for create in [true, false] {
            #expect(open(path, create: create)?.code == .damaged)
        }
        #expect(try folder.read("other.sqlite") == before)
    }

    @Test func `reading an insight makes no store of an empty file`() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("", to: "store.sqlite")
        #expect(open(path, create: false)?.code == .damaged)
        #expect(try folder.read("store.sqlite").isEmpty)
    }

    @Test func `a store of a newer program is left alone`() throws {
        let folder = try TemporaryDirectory()
        let connection = try Connection(path: folder.file("store.sqlite"))
        try connection.execute("PRAGMA user_version = 99")
        #expect(open(folder.file("store.sqlite"))?.code == .newer)
    }
}
