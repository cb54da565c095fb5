// SPDX-License-Identifier: Apache-2.0

private import Glibc
public import Modules
internal import SQLite
private import Synchronization

/// A collector's store in one SQLite file, which is made with mode 0600.
public final class SQLiteStorage: CollectorStorage {
    /// Erasures remembered at a time; a further one of an installation of which nothing is kept has
    /// to wait until the oldest are forgotten.
    public static let tombstonesMax: Int64 = 1_000_000
    /// Bytes that the disk has to have for the store to be ready: what the log grows to, and what
    /// the collector may hold.
    private static let freeBytesMin: Int64 = 64 << 20
    private static let retryMilliseconds: Int32 = 10
    /// As long as somebody else's commit may take.
    static let momentMilliseconds: Int32 = 100
    /// Bytes of a file that is written anew so quickly that commits can wait for it.
    private static let quickBytesMax: Int64 = 16 << 20
    /// Stands for erased installations; no identifier has this form.
    static let nobody = "nobody"
    /// KiB of pages that a connection keeps in memory.
    private static let cacheKiBMax = 8 << 10

    // Closed in this order, so that the last one to close may write and removes the log.
    let mover: SharedConnection
    private let reader: SharedConnection
    let writer: SharedConnection
    private let hashKey: InstallationHashKey
    private let path: String
    private let busyMilliseconds: Int32
    let log: StoreLog
    private let openDays = Mutex(OpenDays())
    /// Whether the last to write waited in vain for another process.
    private let isKeptOut = Atomic(false)
    private let gate = RewritingGate()

    /// Opens the store at `path`. With `create` a missing file is made (its folder has to exist),
    /// without it a missing file is an error.
    ///
    /// - Parameters:
    ///   - migrates: whether the store of an older program is brought to the form of this one;
    ///     without it such a store can be read, and commits can't be relied on.
    ///   - busyMilliseconds: how long a statement waits while another process writes, and a
    ///     rewriting for one that reads.
    public init(
        path: String, create: Bool = true, migrates: Bool = true,
        busyMilliseconds: Int32 = 10_000, random: any RandomSource, fileSystem: any FileSystem
    ) throws(StorageError) {
        self.path = path
        self.busyMilliseconds = busyMilliseconds
        let connection = try translated(path) {
            let status = try fileSystem.status(of: path)
            if status?.kind == .link, RealFileSystem.leadsNowhere(path) {
                throw StorageError.leadsNowhere(path)
            }
            if status == nil, !create { throw StorageError.missing(path) }
            // Before anything is opened: SQLite names no file, and leaves some.
            try StoreAccess.check(path)
            if status == nil {
                // Locking makes the file with its mode, and never in the place of one that another
                // collector has just made.
                _ = try fileSystem.lock(path)
            }
            let connection = try Connection(
                path: path, mode: .readWrite, busyMilliseconds: busyMilliseconds)
            guard try Self.isStore(connection, orBlank: create) else {
                throw StorageError.foreign(path)
            }
            try Self.writeAhead(connection, busyMilliseconds)
            // FULL: an acknowledged batch must survive a loss of power.
            try connection.execute(
                """
                PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;
                PRAGMA cache_size=-\(Self.cacheKiBMax); PRAGMA wal_autocheckpoint=0
                """)
            return connection
        }
        hashKey = try translated(path) {
            try migrates
                ? connection.migrate(CollectorSchema.migrations)
                : connection.refuseNewer(than: CollectorSchema.migrations)
            let key = try InstallationHashKey(
                in: connection, marks: migrates, random: random)
            // Whoever writes tries so often.
            try Self.wait(min(Self.momentMilliseconds, busyMilliseconds), on: connection)
            return key
        }
        log = StoreLog(path: connection.logPath ?? path + "-wal", fileSystem)
        writer = SharedConnection(connection)
        reader = SharedConnection(
            try translated(path) { try Connection(path: path, mode: .readOnly) })
        mover = SharedConnection(
            try translated(path) { try Connection(path: path, mode: .readWrite) })
    }

    /// Whether a database is a collector's, or has no table yet where that will do: another
    /// program's is left as it is.
    private static func isStore(
        _ connection: Connection, orBlank: Bool
    ) throws(SQLiteError) -> Bool {
        let names = CollectorSchema.tables.map { "'\($0)'" }.joined(separator: ", ")
        // One statement: another collector may be making the tables.
        let state = try connection.integer(
            """
            SELECT CASE WHEN count(*) = 0 THEN 0
                WHEN sum(name IN (\(names))) = \(CollectorSchema.tables.count) THEN 1
                ELSE 2 END FROM sqlite_master
            """)
        return state == 1 || state == 0 && orBlank
    }

    /// Turns the write-ahead log on. SQLite does not wait by itself where several turn it on at
    /// once.
    private static func writeAhead(
        _ connection: Connection, _ busyMilliseconds: Int32
    ) throws(SQLiteError) {
        for left in (0...busyMilliseconds / retryMilliseconds).reversed() {
            do throws(SQLiteError) {
                return try connection.execute("PRAGMA journal_mode=WAL")
            } catch {
                guard error.isBusy, left > 0 else { throw error }
                usleep(UInt32(retryMilliseconds) * 1000)
            }
        }
    }

    /// The form in which an installation stands in the store.
    func hash(_ installation: String) -> SQLiteValue { .blob(hashBytes(of: installation)) }

    /// The bytes of that form.
    func hashBytes(of installation: String) -> [UInt8] { hashKey.hash(installation) }

    /// Runs `body` in one transaction of the writing connection, and `committed` before the next
    /// one can begin. Throws `rewriting` at once while a large file is written anew. It waits for
    /// another process that writes, for so long at most where that is said.
    func write<Result: Sendable>(
        waiting milliseconds: Int32 = .max, committed: (Result) -> Void = { _ in },
        _ body: (StoreConnection) throws -> Result
    ) throws(StorageError) -> Result {
        let passed = try translated("the store") {
            try patiently(milliseconds) {
                try betweenWrites { store in
                    let result = try store.connection.transaction {
                        let result = try body(store)
                        if store.connection.hasMoved { throw StorageError.moved }
                        return result
                    }
                    committed(result)
                    return (result, log.isDue(pages: store.log.pages))
                }
            }
        }
        guard let (result, isLogDue) = passed else { throw StorageError.rewriting }
        if isLogDue { moveLogSoon() }
        settleLog()
        return result
    }

    /// How long the next one waits for another process that writes: only for a moment where the
    /// last one waited in vain, or the waits of all who stand in line would add up.
    var patienceMilliseconds: Int32 {
        isKeptOut.load(ordering: .relaxed) ? Self.momentMilliseconds : busyMilliseconds
    }

    /// Runs `body` until no other process keeps it out, each of whose tries takes a moment: who
    /// reads goes on in between.
    private func patiently<Result>(
        _ milliseconds: Int32, _ body: () throws -> Result
    ) throws -> Result {
        let clock = SystemClock()
        let patience = min(milliseconds, patienceMilliseconds)
        let end = clock.uptimeNanoseconds() + Int64(patience) * 1_000_000
        while true {
            do {
                let result = try body()
                isKeptOut.store(false, ordering: .relaxed)
                return result
            } catch let error as SQLiteError where error.isBusy {
                let isOver = clock.uptimeNanoseconds() >= end
                let isInVain = isOver && patience == busyMilliseconds
                if isInVain { isKeptOut.store(true, ordering: .relaxed) }
                guard !isOver, patience <= patienceMilliseconds else { throw error }
                usleep(UInt32(Self.retryMilliseconds) * 1000)
            }
        }
    }

    /// Runs `body` while statements of the writing connection wait so long for other processes.
    func waiting<Result>(
        _ milliseconds: Int32, on connection: Connection, _ body: () throws -> Result
    ) throws -> Result {
        try Self.wait(milliseconds, on: connection)
        defer { try? Self.wait(min(Self.momentMilliseconds, busyMilliseconds), on: connection) }
        return try body()
    }

    private static func wait(
        _ milliseconds: Int32, on connection: Connection
    ) throws(SQLiteError) {
        try connection.execute("PRAGMA busy_timeout=\(milliseconds)")
    }

    /// Runs `body` on the reading connection.
    func read<Result: Sendable>(
        _ body: (StoreConnection) throws -> Result
    ) throws(StorageError) -> Result {
        defer { settleLog() }
        return try translated("the store") {
            try reader.use { try body($0) }
        }
    }

    /// Throws when the disk has less room than the next commits may need, beside `more` bytes.
    func checkRoom(for more: Int64 = 0) throws(StorageError) {
        let free = try translated(path) { try DiskSpace.freeBytes(at: path) }
        let needed = Self.freeBytesMin + more
        guard free < needed else { return }
        throw StorageError(
            .unavailable, "the disk of the store has \(free >> 20) MiB left",
            hint: "free disk space: \(needed >> 20) MiB are needed")
    }

    /// Runs `body` on the figures that are carried on.
    func withOpenDays<Result>(_ body: (inout OpenDays) -> Result) -> Result {
        openDays.withLock { body(&$0) }
    }

    /// What all writing took so far, in operations of SQLite's virtual machine.
    var writingOperations: Int { writer.use { $0.operations } }

    /// What all reading took so far, in the same measure.
    var readingOperations: Int { reader.use { $0.operations } }

    /// Whether a large file is written anew now.
    var isBeingRewritten: Bool { gate.isClosed }

    /// Runs `body` while no transaction of this process writes; nil, at once and without running
    /// it, while a large file is written anew.
    func betweenWrites<Result: Sendable>(
        _ body: (StoreConnection) throws -> Result
    ) rethrows -> Result? {
        try gate.pass { try writer.use { try body($0) } }
    }

    /// Writes the file anew from its rows. Throws where it is damaged, since what can't be read of
    /// it would be gone, where the disk has no room for it twice more, or where others are in the
    /// way for too long: what is new then stands in the log alone, or nothing is.
    func rewrite() throws(StorageError) {
        // Where its folder can't be written SQLite would take another one for what it makes.
        try StoreAccess.check(path)
        let bytes = try translated(path) {
            // On a connection of its own: that takes as long as the rewriting.
            let connection = try Connection(path: path, mode: .readOnly)
            try connection.checkWhole()
            return try connection.bytes()
        }
        try checkRoom(for: 2 * bytes)
        let isMoved = try translated("the store") {
            bytes > Self.quickBytesMax ? try gate.close { try vacuum() } : try vacuum()
        }
        guard isMoved else { throw StorageError.othersInTheWay }
    }

    /// Writes the file anew; false where what is new stands in the log alone, or where what is old
    /// does: the log would grow by all of the file each time.
    private func vacuum() throws -> Bool {
        try writer.use { store in
            // An erasure comes after this, and owes an emptying of its own.
            log.owesEmptying = true
            let isMoved = try waiting(busyMilliseconds, on: store.connection) {
                guard try store.connection.emptyLog(within: busyMilliseconds) else { return false }
                try store.connection.execute("VACUUM")
                return try store.connection.emptyLog(within: busyMilliseconds)
            }
            log.owesEmptying = !isMoved
            return isMoved
        }
    }
}
