// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

/// A store that is written anew while others use it, or where it can't be.
extension OverwritingTests {
    /// A store in which something was deleted, of more than commits wait for.
    private func largeStore(_ milliseconds: Int32) throws -> (SampleStore, SQLiteStorage) {
        let store = try SampleStore()
        try Connection(path: store.path, mode: .readWrite).execute(
            """
            INSERT OR IGNORE INTO deletion VALUES (1, 1);
            CREATE TABLE filler AS SELECT zeroblob(20 << 20)
            """)
        let storage = try SQLiteStorage(
            path: store.path, busyMilliseconds: milliseconds, random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
        return (store, storage)
    }

    @Test func `it waits for another process that moves the log, which SQLite does not`() throws {
        let (store, storage) = try largeStore(60_000)
        let mover = try LogMover(of: store.path)
        let other = try Connection(path: store.path, mode: .readWrite)
        #expect(try !other.emptyLog(), "else nobody is in the way")
        let hasEnded = Monitor(false)
        let rewriting = OwnThread {
            defer { hasEnded.update { $0 = true } }
            return Result { try storage.overwriteDeleted() }
        }
        let deadline = Deadline.within(CommandRunner.deadline)
        while !storage.isBeingRewritten, !hasEnded.read(\.self) {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
        mover.end()
        try rewriting.value().get()
        #expect(try other.integer("SELECT count(*) FROM deletion") == 0)
    }

    @Test func `a log that a reader keeps does not grow by the file at each try`() throws {
        let (store, storage) = try largeStore(10)
        let reader = try Connection(path: store.path, mode: .readOnly)
        try reader.execute("BEGIN; SELECT * FROM deletion")
        func logBytes() throws -> Int64 {
            try RealFileSystem().status(of: store.path + "-wal")?.bytes ?? 0
        }
        let before = try logBytes()
        for _ in 0..<3 {
            let error = #expect(throws: StorageError.self) { try storage.overwriteDeleted() }
            #expect(error?.description.contains("another program uses it") == true)
        }
        #expect(try logBytes() < before + 1 << 20)
        try reader.execute("COMMIT")
        try storage.overwriteDeleted()
        #expect(try logBytes() == 0)
    }

    @Test func `a damaged file is left as it is`() throws {
        let store = try SampleStore()
        for number in 1...200 {
            let figures = [today: ["event/app_start": 1]]
            try store.storage.commit(batch("\(number)", of: number, figures))
        }
        let folder = try TemporaryDirectory()
        let path = folder.file("store.sqlite")
        try store.storage.emptyLog()
        var bytes = try store.folder.read("store.sqlite")
        // A page of rows that says it holds one row only.
        let pages = stride(from: 4096, to: bytes.count, by: 4096)
        let page = try #require(pages.reversed().first { bytes[$0] == 0x0d && bytes[$0 + 4] > 3 })
        (bytes[page + 3], bytes[page + 4]) = (0, 1)
        try RealFileSystem().replace(path, with: bytes)
        let storage = try SQLiteStorage(
            path: path, random: SeededRandom(seed: 7), fileSystem: RealFileSystem())
        try Connection(path: path, mode: .readWrite).execute(
            "INSERT OR IGNORE INTO deletion VALUES (1, 1)")
        let error = #expect(throws: StorageError.self) { try storage.overwriteDeleted() }
        #expect(error?.code == .damaged, "\(String(describing: error))")
        try storage.emptyLog()
        #expect(try folder.read("store.sqlite")[page + 4] == 1)
    }

    @Test func `it is not written anew where no copy can be made beside it`() throws {
        let folder = try TemporaryDirectory()
        try RealFileSystem().createFolder(folder.file("old"))
        let storage = try SQLiteStorage(
            path: folder.file("old/store"), random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
        try RealFileSystem().rename(folder.file("old"), to: folder.file("new"))
        let error = #expect(throws: StorageError.self) { try storage.rewrite() }
        let told = error?.description ?? ""
        #expect(told == "the store's folder \(folder.file("old"))/ is not there")
    }

    @Test func `after one who waited in vain others wait for a moment, until one is let in`() throws
    {
        let store = try SampleStore()
        let storage = try SQLiteStorage(
            path: store.path, busyMilliseconds: 300, random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
        func commit(_ number: Int) throws {
            try storage.commit(batch("\(number)", of: number, [today: ["event/app_start": 1]]))
        }
        let other = try Connection(path: store.path, mode: .readWrite)
        try other.execute("BEGIN IMMEDIATE")
        // Who asks whether the store is ready gave up before its time, which says nothing.
        let refused = #expect(throws: StorageError.self) {
            try storage.write(waiting: 10) { _ in }
        }
        #expect(refused?.code == .unavailable)
        for expected: Int32 in [300, 100, 100] {
            #expect(storage.patienceMilliseconds == expected)
            let error = #expect(throws: StorageError.self) { try commit(1) }
            #expect(error?.code == .unavailable)
        }
        try other.execute("COMMIT")
        try commit(1)
        #expect(storage.patienceMilliseconds == 300)
    }

    @Test func `who reads goes on while one who writes waits for another process`() throws {
        let store = try SampleStore()
        let storage = try SQLiteStorage(
            path: store.path, busyMilliseconds: 60_000, random: SeededRandom(seed: 7),
            fileSystem: RealFileSystem())
        try storage.commit(batch("1", of: 1, [today: ["event/app_start": 1]]))
        let (isWaiting, hasRead) = (Gate(), Monitor(false))
        let writing = OwnThread {
            Result {
                try storage.write { _ in
                    isWaiting.open()
                    // As SQLite says where another process writes.
                    guard hasRead.read(\.self) else { throw SQLiteError(code: 5, message: "busy") }
                }
            }
        }
        try isWaiting.wait()
        let lines = try storage.lines()
        hasRead.update { $0 = true }
        try writing.value().get()
        #expect(lines.contains("event/app_start 1 1"))
    }
}

/// Another process that moves a store's log into it at the moment.
struct LogMover {
    // Linux's number for a lock that belongs to an open file, not to the process: so one that
    // SQLite in this process meets.
    private static let setLock: Int32 = 37
    private let descriptor: Int32

    init(of path: String) throws {
        descriptor = unsafe open(path + "-shm", O_RDWR | O_CLOEXEC)
        // By SQLite's format of the log's index the lock of whoever moves the log.
        var lock = flock()
        (lock.l_type, lock.l_start, lock.l_len) = (Int16(F_WRLCK), 121, 1)
        try #require(unsafe fcntl(descriptor, Self.setLock, &lock) == 0)
    }

    func end() { close(descriptor) }
}
