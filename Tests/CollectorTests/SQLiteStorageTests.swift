// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct SQLiteStorageTests {
    @Test func `collectors that make one store at once share it`() throws {
        for _ in 1...8 {
            let folder = try TemporaryDirectory()
            let path = folder.file("store.sqlite")
            DispatchQueue.concurrentPerform(iterations: 4) { number in
                #expect(throws: Never.self) {
                    let storage = try SQLiteStorage(
                        path: path, random: SystemRandom(), fileSystem: RealFileSystem())
                    let sent = batch("\(number)", of: number, [today: ["event/app_start": 1]])
                    #expect(try storage.commit(sent) == [.stored(isNew: true)])
                }
            }
            let connection = try Connection(path: path)
            #expect(try connection.integer("SELECT count(*) FROM batch") == 4)
        }
    }

    @Test func `no identifier of an installation stands in the file`() throws {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["feature/arp_scan": 1]]))
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

    @Test func `a resend after its day was folded is not counted again`() throws {
        let store = try SampleStore()
        let sent = batch("A", of: 1, [today: ["event/app_start": 1]])
        try store.storage.commit(sent)
        try store.storage.expire(
            by: RetentionPolicy(openDays: 10), on: Day(number: today.number + 11))
        // The clock is set back, or another collector has not seen midnight yet.
        #expect(try store.storage.commit(sent) == [.closed])
        #expect(try store.storage.lines() == ["\(today) arpguard: 1", "event/app_start 1 1"])
        #expect(try store.storage.tally(in: today...today).counts == [.day: 1])
    }

    @Test func `a row that can't be read is found by a check, and keeps no other day back`() throws
    {
        let store = try SampleStore()
        let (bad, next) = (today, Day(number: today.number + 1))
        for (number, day) in [(1, bad), (2, bad), (3, next)] {
            var sent = batch("\(number)", of: number, [day: ["event/app_start": 1]])
            sent.day = day
            try store.storage.commit(sent, on: next)
        }
        _ = try store.storage.lines()
        try store.storage.checkRows()
        let connection = try Connection(path: store.path, mode: .readWrite)
        try connection.run(
            "UPDATE batch SET counters = x'ffff' WHERE installation = ?",
            [store.storage.hash(installation(1))])
        #expect(throws: StorageError.self) { try store.storage.checkRows() }
        let policy = RetentionPolicy(openDays: 5)
        #expect(throws: StorageError.self) {
            try store.storage.expire(by: policy, on: Day(number: next.number + 6))
        }
        #expect(try connection.integer("SELECT count(*) FROM batch") == 2)
        #expect(
            try store.storage.figures(in: next...next).map(\.isFolded) == [true], "the other day")
        // It goes with its installation, and then the day can be read again.
        let hash = SHA256.hash(Array(secret(1).utf8))
        let outcome = try store.storage.erase(
            installation: installation(1), secretHash: hash, on: next)
        #expect(outcome == .erased)
        try store.storage.checkRows()
        #expect(try store.storage.figures(in: bad...bad).map(\.installations) == [1])
        try store.storage.expire(by: policy, on: Day(number: next.number + 6))
        #expect(try store.storage.figures(in: bad...bad).map(\.isFolded) == [true])
    }

    @Test func `a store in which an earlier version opened a folded day again can be read`() throws
    {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["event/app_start": 1]]))
        let policy = RetentionPolicy(openDays: 10)
        let later = Day(number: today.number + 11)
        try store.storage.expire(by: policy, on: later)
        try Connection(path: store.path, busyMilliseconds: 5000).execute(
            """
            INSERT INTO day_change VALUES (\(today.number), 1);
            INSERT INTO batch VALUES (\(today.number), X'00', 1, X'01',
                X'0F6576656E742F6170705F73746172740100', NULL)
            """)
        for _ in 1...2 {
            let figures = try store.storage.figures(in: today...later)
            #expect(figures.map(\.isFolded) == [true])
            #expect(try store.storage.lines() == ["\(today) arpguard: 1", "event/app_start 1 1"])
            try store.storage.expire(by: policy, on: later)
        }
    }

    @Test func `days of the future that hold nothing but keys of batches go, others stay`() throws {
        let store = try SampleStore()
        func commit(_ id: String, _ distance: Int32, isEmpty: Bool) throws {
            let day = Day(number: today.number + distance)
            var sent = batch(id, of: 1, isEmpty ? [:] : [day: ["event/app_start": 1]])
            sent.day = day
            if isEmpty { sent.records = [] }
            try store.storage.commit(sent)
        }
        // As an earlier version kept what it refused; a clock that was ahead brought the last one.
        for distance in [0, 1, 2, 900, 70_000] as [Int32] {
            try commit("\(distance)", distance, isEmpty: true)
        }
        try commit("full", 40, isEmpty: false)
        _ = try store.storage.figures(in: today...Day(number: today.number + 1000))
        func days(_ table: String) throws -> [Int64] {
            try Connection(path: store.path)
                .rows("SELECT DISTINCT day FROM \(table) ORDER BY day") {
                    $0.integer(0) - Int64(today.number)
                }
        }
        #expect(try days("day_change") == [0, 1, 2, 40, 900, 70_000])
        // A clock that is wrong deletes nothing that counts.
        try store.storage.expire(by: RetentionPolicy(), on: Day(number: 100))
        #expect(try days("day_change") == [40])
        try commit("0", 0, isEmpty: true)
        try commit("1", 1, isEmpty: true)
        try commit("2", 2, isEmpty: true)
        try store.storage.expire(by: RetentionPolicy(), on: today)
        for table in ["day_change", "batch"] { #expect(try days(table) == [0, 1, 40], "\(table)") }
    }

    @Test func `what is acknowledged is synced, and what is deleted is overwritten`() throws {
        let sample = try SampleStore()
        defer { withExtendedLifetime(sample) {} }
        let settings = try sample.storage.write { store in
            try ["synchronous", "secure_delete"].map {
                try store.connection.integer("PRAGMA \($0)") ?? -1
            }
        }
        // FULL and ON (sqlite.org/pragma.html).
        #expect(settings == [2, 1])
    }

    @Test func `the bytes of a folded day's records stand in no file of the store`() throws {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["event/app_start": 1]]))
        func holdsRecords() throws -> Bool {
            try store.folder.contents().contains { file in
                contains(try store.folder.read(file), "records of 1")
            }
        }
        let policy = RetentionPolicy(openDays: 10)
        try store.storage.expire(by: policy, on: Day(number: today.number + 10))
        #expect(try holdsRecords())
        try store.storage.expire(by: policy, on: Day(number: today.number + 11))
        #expect(try !holdsRecords())
    }

    @Test func `a folded day leaves no row of an installation`() throws {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["event/app_start": 1]]))
        let policy = RetentionPolicy(openDays: 10)
        func rows(_ table: String) throws -> Int64? {
            try Connection(path: store.path).integer("SELECT count(*) FROM \(table)")
        }
        try store.storage.expire(by: policy, on: Day(number: today.number + 10))
        #expect(try rows("batch") == 1)
        #expect(try rows("record_set") == 1)
        try store.storage.expire(by: policy, on: Day(number: today.number + 11))
        for table in ["batch", "record_set", "day_sum", "day_change"] {
            #expect(try rows(table) == 0, "\(table)")
        }
        #expect(try rows("day_total") == 1)
        try store.storage.expire(by: policy, on: Day(number: today.number + 20))
        #expect(try rows("installation") == 0)
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
        #expect(
            error?.description == "the store's folder /nonexistent/folder/ is not there"
                && error?.hint == "make it, or name a file in another one with --store")
    }

    @Test func `a folder in the place of a store is an error, and nothing is made in it`() throws {
        let folder = try TemporaryDirectory()
        try RealFileSystem().createFolder(folder.file("store"))
        for create in [true, false] {
            let error = open(folder.file("store"), create: create)
            #expect(error?.description == "\(folder.file("store")) is no file, as a store is")
        }
        #expect(try folder.contents() == ["store"])
    }

    @Test func `a missing store is an error where none is to be made`() throws {
        let folder = try TemporaryDirectory()
        #expect(open(folder.file("store.sqlite"), create: false)?.code == .unreachable)
        #expect(try folder.contents().isEmpty)
    }

    @Test(arguments: [true, false])
    func `a link that leads to nothing is told as what it is, and one to a store is followed`(
        create: Bool
    ) throws {
        let folder = try TemporaryDirectory()
        let link = folder.file("link")
        try #require(unsafe symlink(folder.file("store"), link) == 0)
        let error = open(link, create: create)
        #expect(error?.code == .unreachable)
        #expect(error?.description == "\(link) is a link that leads to nothing")
        #expect(error?.hint.contains("mend the link") == true)
        #expect(try folder.contents() == ["link"])
        #expect(open(folder.file("store")) == nil)
        #expect(open(link, create: create) == nil)
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
