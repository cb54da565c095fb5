// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// What a store's file still holds of rows that were deleted.
@Suite struct OverwritingTests {
    private static let (installations, batches) = (800, 3)

    /// The batches of an installation, of so many figures that few rows have room in a page.
    private static func sent(_ number: Int) -> [AdmittedBatch] {
        (1...batches).map { turn in
            let words = 0...(number + turn) % 16
            let names = words.map { ("property/app_start/mode/a_longer_word_\($0)", 1) }
            return batch(
                "\(number)-\(turn)", of: number, [today: Dictionary(uniqueKeysWithValues: names)])
        }
    }

    /// The first bytes of a batch's identifier as a number.
    private static func key(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// How many batches of the installations have their identifiers in the file.
    private static func found(_ numbers: [Int], in bytes: [UInt8]) -> Int {
        let keys = Set(numbers.flatMap(sent).map { key($0.id) })
        var (last, found) = (UInt64(0), Set<UInt64>())
        for byte in bytes {
            last = last << 8 | UInt64(byte)
            if keys.contains(last) { found.insert(last) }
        }
        return found.count
    }

    @Test func `once it was written anew the file holds no copy of what was erased`() throws {
        let store = try SampleStore()
        let numbers = Array(1...Self.installations)
        for turn in 0..<Self.batches {
            for number in numbers { try store.storage.commit(Self.sent(number)[turn]) }
        }
        let (erased, kept) = (numbers.filter { $0 % 4 > 0 }, numbers.filter { $0 % 4 == 0 })
        for number in erased {
            let outcome = try store.storage.erase(
                installation: installation(number),
                secretHash: SHA256.hash(Array(secret(number).utf8)), on: today)
            #expect(outcome == .erased)
        }
        func file() throws -> [UInt8] { try store.folder.read("store.sqlite") }
        #expect(try Self.found(erased, in: file()) > 0, "else there is nothing to overwrite")
        let before = try store.storage.lines()
        try store.storage.overwriteDeleted()
        #expect(try Self.found(erased, in: file()) == 0)
        #expect(try Self.found(kept, in: file()) == kept.count * Self.batches)
        #expect(try store.storage.lines() == before)
    }

    @Test func `it is written anew after each deletion, and not without one`() throws {
        let store = try SampleStore()
        let storage = store.storage
        let connection = try Connection(path: store.path, mode: .readWrite)
        func changes() throws -> Int64? { try connection.integer("PRAGMA schema_version") }
        func isWrittenAnew() throws -> Bool {
            let before = try changes()
            try storage.overwriteDeleted()
            return try changes() != before
        }
        _ = try isWrittenAnew()
        #expect(try !isWrittenAnew())
        try storage.commit(Self.sent(1)[0], Self.sent(2)[0])
        #expect(try !isWrittenAnew(), "nothing was deleted")
        _ = try storage.erase(
            installation: installation(1), secretHash: SHA256.hash(Array(secret(1).utf8)),
            on: today)
        #expect(try isWrittenAnew(), "an erasure")
        try storage.expire(by: RetentionPolicy(openDays: 5), on: Day(number: today.number + 6))
        #expect(try isWrittenAnew(), "a day that was folded")
        try storage.expire(by: RetentionPolicy(openDays: 5), on: Day(number: today.number + 6))
        #expect(try !isWrittenAnew())
        try storage.expire(
            by: RetentionPolicy(openDays: 5, totalsDays: 6), on: Day(number: today.number + 60))
        #expect(try isWrittenAnew(), "totals that passed their time")
    }

    @Test(arguments: [("80m", 2), ("128m", 0)] as [(String, Int32)])
    func `a file is written anew only where the disk has room for it beside what is kept free`(
        size: String, status: Int32
    ) throws {
        let store = try SampleStore()
        let connection = try Connection(path: store.path, mode: .readWrite)
        try connection.execute(
            """
            INSERT OR IGNORE INTO deletion VALUES (1, 1);
            CREATE TABLE filler AS SELECT zeroblob(8 << 20);
            PRAGMA wal_checkpoint(TRUNCATE)
            """)
        let script = """
            mount -t tmpfs -o size="$1" tmpfs "$2" && cp "$3" "$2/store" || exit 99
            "$4" purge --confirm --store "sqlite:$2/store" && status=0 || status=$?
            cp "$2/store" "$3.after" || exit 99
            exit "$status"
            """
        let disk = try TemporaryDirectory()
        let purged = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh", size,
                disk.path, store.path, Executables.path("arpguard-collector"),
            ])
        #expect(purged.status == status, "\(purged.stdout)\(purged.stderr)")
        #expect(purged.stderr.contains("hint: free disk space: 80 MiB are needed") == (status > 0))
        let after = try Connection(path: store.path + ".after", mode: .readOnly)
        #expect(try after.integer("SELECT count(*) FROM deletion") == (status > 0 ? 1 : 0))
    }

    @Test(arguments: [false, true])
    func `a file is written anew beside the store, and nowhere else`(isLink: Bool) throws {
        let store = try SampleStore()
        try Connection(path: store.path, mode: .readWrite).execute(
            """
            INSERT OR IGNORE INTO deletion VALUES (1, 1);
            CREATE TABLE filler AS SELECT zeroblob(24 << 20)
            """)
        let elsewhere = try TemporaryDirectory()
        // The link is on the small disk; the store is not.
        let script = """
            mount -t tmpfs -o size=4m tmpfs "$TMPDIR" || exit 99
            ln -s "$2" "$TMPDIR/link" || exit 99
            exec "$1" purge --confirm --store "sqlite:$3"
            """
        let purged = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh",
                Executables.path("arpguard-collector"), store.path,
                isLink ? elsewhere.file("link") : store.path,
            ],
            environment: ["TMPDIR": elsewhere.path, "SQLITE_TMPDIR": elsewhere.path])
        #expect(purged.status == 0, "\(purged.stdout)\(purged.stderr)")
        let after = try Connection(path: store.path, mode: .readOnly)
        #expect(try after.integer("SELECT count(*) FROM deletion") == 0)
    }

    @Test func `a file that a reader keeps from being written anew is still to be`() throws {
        let store = try SampleStore()
        let storage = try SQLiteStorage(
            path: store.path, busyMilliseconds: 10, random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
        let reader = try Connection(path: store.path, mode: .readOnly)
        func owed() throws -> Int64? { try reader.integer("SELECT count(*) FROM deletion") }
        try reader.execute("BEGIN")
        #expect(try owed() == 1)
        let error = #expect(throws: StorageError.self) { try storage.overwriteDeleted() }
        #expect(error?.code == .unavailable && error?.hint.contains("a backup") == true)
        try reader.execute("COMMIT")
        #expect(try owed() == 1)
        try storage.overwriteDeleted()
        #expect(try owed() == 0)
    }

    @Test func `a deletion is told from each one before, also after the file was written anew`()
        throws
    {
        let store = try SampleStore()
        let reader = try Connection(path: store.path, mode: .readOnly)
        var seen = Set<Int64?>()
        for number in 1...4 {
            _ = try store.storage.erase(
                installation: installation(number), secretHash: [], on: today)
            seen.insert(try reader.integer("SELECT count FROM deletion"))
            if number > 1 { try store.storage.overwriteDeleted() }
        }
        #expect(seen.count == 4)
    }

    /// A batch of a collector's day.
    private static func request(_ number: Int, to collector: SampleCollector) -> [UInt8] {
        let day = collector.clock.now().day
        var request = SampleRequest(number, batch: number)
        request.batch = batchText(number, day: day)
        return request.with("app_start", day: day).bytes
    }

    /// Waits until something holds.
    private static func wait(until holds: () throws -> Bool) throws {
        let deadline = Deadline.within(CommandRunner.deadline)
        while try !holds() { try #require(!deadline.hasPassed) }
    }

    @Test func `a collector does so once a day`() throws {
        let collector = try SampleCollector()
        #expect(try collector.post(Self.request(1, to: collector)).status == 200)
        #expect(try collector.erase(installation(1), secret: secret(1)).status == 204)
        let store = try Connection(path: collector.store.path, mode: .readOnly)
        func owed() throws -> Int64? { try store.integer("SELECT count(*) FROM deletion") }
        #expect(try owed() == 1)
        collector.clock.advance(by: .seconds(86_400))
        #expect(try collector.post(Self.request(2, to: collector)).status == 200)
        try Self.wait { try owed() == 0 }
    }

    @Test func `while a large file is written anew, who sends is told to come again at once`()
        throws
    {
        let lines = Monitor<[String]>([])
        let collector = try SampleCollector(
            k: 2, sink: { line in lines.update { $0.append(line) } })
        for number in 1...2 {
            #expect(try collector.post(Self.request(number, to: collector)).status == 200)
        }
        let reader = try Connection(path: collector.store.path, mode: .readWrite)
        try reader.execute("CREATE TABLE filler AS SELECT zeroblob(20 << 20)")
        // In the way of the end of the rewriting, not of its beginning.
        try reader.execute("BEGIN; SELECT * FROM deletion")
        collector.clock.advance(by: .seconds(86_400))
        _ = try collector.post(Self.request(3, to: collector))
        let storage = collector.store.storage
        try Self.wait { storage.isBeingRewritten }
        let refused = try collector.post(Self.request(4, to: collector))
        #expect(refused.status == 503 && refused.header("Retry-After") != nil)
        #expect(try collector.erase(installation(2), secret: secret(2)).status == 503)
        #expect(try collector.admin("/readyz").status == 503)
        #expect(try collector.admin("/?to=\(today)").status == 200)
        #expect(try storage.lines().contains("event/app_start 2 2"))
        #expect(storage.isBeingRewritten, "else nothing of this was meanwhile")
        try reader.execute("COMMIT")
        try Self.wait { !storage.isBeingRewritten }
        #expect(try collector.post(Self.request(4, to: collector)).status == 200)
        let told = lines.read { $0.filter { $0.contains("store") } }
        #expect(told.isEmpty, "\(told)")
    }
}
