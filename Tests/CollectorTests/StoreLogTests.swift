// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// Who moves a store's write-ahead log, and who waits for that.
@Suite struct StoreLogTests {
    private let store: SampleStore

    init() throws {
        store = try SampleStore()
        try store.storage.commit(batch("1", of: 1, [today: ["event/app_start": 1]]))
        try store.storage.emptyLog()
    }

    /// Writes so much by another process, which leaves it in the log as a rewriting does.
    private func lengthenLog(mebibytes: Int) throws {
        try Connection(path: store.path, mode: .readWrite).execute(
            """
            PRAGMA wal_autocheckpoint=0;
            CREATE TABLE IF NOT EXISTS filler (bytes);
            INSERT INTO filler SELECT randomblob(\(mebibytes) << 20)
            """)
    }

    private func bytes(_ suffix: String) throws -> Int64 {
        try RealFileSystem().status(of: store.path + suffix)?.bytes ?? 0
    }

    /// Runs `body` while nobody comes to move the log.
    private func unmoved(_ body: () throws -> Void) rethrows {
        store.storage.log.queue.suspend()
        defer { store.storage.log.queue.resume() }
        try body()
    }

    /// Waits until whoever was to move the log has done so.
    private func awaitMove() { store.storage.log.queue.sync {} }

    @Test func `a commit does not move what others left in the log, and has it moved`() throws {
        try lengthenLog(mebibytes: 20)
        try unmoved {
            try store.storage.commit(batch("2", of: 2, [today: ["event/app_start": 1]]))
            #expect(try bytes("") < 1 << 20)
        }
        awaitMove()
        #expect(try bytes("") > 20 << 20)
    }

    @Test func `an erasure waits for no long log, and is in no byte of it once that was moved`()
        throws
    {
        try store.storage.commit(batch("2", of: 2, [today: ["event/app_start": 1]]))
        try lengthenLog(mebibytes: 40)
        try unmoved {
            let outcome = try store.storage.erase(
                installation: installation(2), secretHash: SHA256.hash(Array(secret(2).utf8)),
                on: today)
            #expect(outcome == .erased)
            #expect(try store.storage.lines().contains("event/app_start 1 1"))
            #expect(try bytes("") < 1 << 20, "neither does the reading")
        }
        awaitMove()
        #expect(try bytes("-wal") == 0)
    }

    @Test func `what a reader kept in a long log is not moved by the next reading`() throws {
        let reader = try Connection(path: store.path, mode: .readOnly)
        try reader.execute("BEGIN; SELECT * FROM deletion")
        _ = try store.storage.erase(installation: installation(2), secretHash: [], on: today)
        try lengthenLog(mebibytes: 40)
        try reader.execute("COMMIT")
        try unmoved {
            _ = try store.storage.lines()
            #expect(try bytes("") < 1 << 20)
        }
        awaitMove()
        #expect(try bytes("-wal") == 0)
    }

    @Test func `a log that an erasure could not empty is emptied by who comes next`() throws {
        try store.storage.commit(batch("2", of: 2, [today: ["event/app_start": 1]]))
        // As on a disk without room: SQLite moves nothing, and says so.
        try store.storage.writer.use { try $0.connection.execute("BEGIN IMMEDIATE") }
        #expect(throws: StorageError.self) { try store.storage.emptyLog() }
        #expect(try bytes("-wal") > 0)
        try store.storage.writer.use { try $0.connection.execute("ROLLBACK") }
        _ = try store.storage.lines()
        #expect(try bytes("-wal") == 0)
    }

    @Test func `a log that is moved beside commits begins anew`() throws {
        for _ in 1...4 {
            try store.storage.write { store in
                try store.connection.execute(
                    "CREATE TABLE IF NOT EXISTS filler (bytes); DELETE FROM filler;"
                        + "INSERT INTO filler SELECT randomblob(17 << 20)")
            }
            awaitMove()
        }
        #expect(try bytes("-wal") < 50 << 20)
    }

    @Test func `a log is tried again as it grows, and anew when it begins anew`() {
        let log = StoreLog(path: "none", RealFileSystem())
        let pages = [3999, 4000, 4001, 4999, 5000, 5999, 6000, 1, 3999, 4000]
        #expect(pages.filter(log.isDue) == [4000, 5000, 6000, 4000])
    }

    /// Empties a log of so much while another process moves it that ends after so many pauses of
    /// eight seconds; how many there were, nil where that was not waited for.
    private func pauses(until end: Int, mebibytes: Int) throws -> Int? {
        try lengthenLog(mebibytes: mebibytes)
        let connection = try Connection(path: store.path, mode: .readWrite)
        let (mover, clock) = (try LogMover(of: store.path), ManualClock())
        var count = 0
        let isEmpty = try connection.emptyLog(within: 10_000, clock: clock) {
            count += 1
            clock.advance(by: .seconds(8))
            if count == end { mover.end() }
        }
        return isEmpty ? count : nil
    }

    @Test(arguments: [(1, 5, nil), (30, 5, 5), (30, 6, nil)] as [(Int, Int, Int?)])
    func `another process that moves the log is waited for as long as that may take`(
        mebibytes: Int, end: Int, expected: Int?
    ) throws {
        #expect(try pauses(until: end, mebibytes: mebibytes) == expected)
    }
}
