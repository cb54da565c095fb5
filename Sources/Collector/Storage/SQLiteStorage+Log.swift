// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
private import Glibc
internal import Modules
internal import SQLite
private import Synchronization

/// What becomes of a store's write-ahead log. No commit moves it: the log may be long, and not by
/// this process, and who waits for the commit would wait for the disk.
final class StoreLog: Sendable {
    /// Pages of the log after which they are moved into the file, and after how many more that is
    /// tried again where it can't be done.
    private static let (pagesMax, pagesMore) = (4000, 1000)
    /// Bytes of a log that is moved so quickly that commits can wait for it.
    private static let quickBytesMax: Int64 = 32 << 20
    /// Pages of the same.
    static let quickPagesMax = 8000

    private struct State {
        var pagesTried = 0
        var isAsked = false
    }

    /// Moves the log, beside commits.
    let queue = DispatchQueue(label: "collector.log")
    private let path: String
    private let fileSystem: any FileSystem
    private let state = Mutex(State())
    private let isOwed = Atomic(false)

    init(path: String, _ fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// Whether the log was to be emptied, and something was in the way.
    var owesEmptying: Bool {
        get { isOwed.load(ordering: .sequentiallyConsistent) }
        set { isOwed.store(newValue, ordering: .sequentiallyConsistent) }
    }

    /// Whether moving it may take long. A file that was long once stays so until it is emptied.
    var isLong: Bool {
        let status = try? fileSystem.status(of: path)
        return status.map { $0.bytes > Self.quickBytesMax } ?? false
    }

    /// Whether the log is to be moved, by its length after a commit.
    func isDue(pages: Int) -> Bool {
        state.withLock { state in
            // It began anew.
            if pages < state.pagesTried { state.pagesTried = 0 }
            let isTried = state.pagesTried > 0
            let enough = isTried ? state.pagesTried + Self.pagesMore : Self.pagesMax
            guard pages >= enough else { return false }
            state.pagesTried = pages
            return true
        }
    }

    /// Runs `move` on the queue, unless it is going to run there anyway.
    func moveSoon(_ move: @escaping @Sendable () -> Void) {
        let isAsked = state.withLock { state in
            defer { state.isAsked = true }
            return state.isAsked
        }
        guard !isAsked else { return }
        queue.async {
            self.state.withLock { $0.isAsked = false }
            move()
        }
    }
}

extension SQLiteStorage {
    /// How often the log is moved beside commits that make it long again meanwhile. Then they wait,
    /// since it would grow without end.
    private static let movesMax = 4

    /// Moves the write-ahead log into the file and empties it, so that deleted rows stand in
    /// neither. A reader in the way puts that off until the next writing or reading has ended, and
    /// a long log until it was moved beside these.
    func emptyLog() throws(StorageError) {
        // What fails is owed still.
        log.owesEmptying = true
        try translated("the store") { try emptyQuickLog() }
    }

    /// Empties the log if that was put off.
    func settleLog() {
        // What fails now stays owed.
        if log.owesEmptying { try? emptyQuickLog() }
    }

    /// Has the log moved by another thread, which nobody waits for.
    func moveLogSoon() {
        log.moveSoon { [weak self] in
            // What fails now is tried again when the log is longer, or what is owed is settled.
            try? self?.moveLog()
        }
    }

    /// Moves the log beside commits, and then between two of them what these added meanwhile: else
    /// it would never begin anew.
    private func moveLog() throws {
        var version = try betweenWrites { try $0.foreignVersion() }
        for move in 1...Self.movesMax {
            let moved = try mover.use { try $0.connection.moveLog() }
            // Else a reader is in the way, or another process that moves it.
            guard let moved, moved.left == 0 else { return }
            let isDone = try betweenWrites { store in
                let before = version
                version = try store.foreignVersion()
                let isShort =
                    version == before && store.log.pages - moved.pages <= StoreLog.quickPagesMax
                guard isShort || move == Self.movesMax else { return false }
                _ = try store.connection.moveLog()
                if log.owesEmptying { try truncateLog(store) }
                return true
            }
            guard isDone == false else { return }
        }
    }

    /// Empties a log that is short now, and has a long one moved first.
    private func emptyQuickLog() throws {
        let isLong = try betweenWrites { store in
            if log.isLong { return true }
            try truncateLog(store)
            return false
        }
        if isLong == true { moveLogSoon() }
    }

    /// Empties the log without waiting for a reader, who may take as long as a backup does; where
    /// there is one it is owed still.
    private func truncateLog(_ store: StoreConnection) throws {
        let isEmpty = try waiting(0, on: store.connection) { try store.connection.emptyLog() }
        if isEmpty { log.owesEmptying = false }
    }
}

extension StoreConnection {
    /// A number that changes with each commit of another connection, such as another process's.
    fileprivate func foreignVersion() throws -> Int64? {
        try connection.integer("PRAGMA data_version")
    }
}

extension Connection {
    /// What came of moving a log: how many pages it had, and how many of them are left.
    struct MovedLog: Sendable {
        let pages: Int
        let left: Int
    }

    /// Moves the write-ahead log into the file as far as readers let it, beside whoever writes; nil
    /// where another does so at the moment.
    func moveLog() throws -> MovedLog? {
        try rows("PRAGMA wal_checkpoint(PASSIVE)") { row in
            MovedLog(pages: Int(row.integer(1)), left: Int(row.integer(1) - row.integer(2)))
        }.first { $0.pages >= 0 }
    }

    /// Moves the write-ahead log into the file and empties it; false where a reader, or another
    /// process that writes, stood in the way for as long as a statement waits.
    func emptyLog() throws(SQLiteError) -> Bool {
        try integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }

    /// The same, until it is done or others were in the way for so long. It keeps no writer out
    /// while there is much to move. SQLite does not wait for another process that moves the log at
    /// the moment: that may take a second for each MiB of the file.
    func emptyLog(
        within milliseconds: Int32, clock: any WallClock = SystemClock(),
        pause: () -> Void = { usleep(10_000) }
    ) throws -> Bool {
        let patience = Int64(milliseconds) * 1_000_000
        var end = clock.uptimeNanoseconds() + patience
        let last = end + (try bytes() >> 10) * 1_000_000
        var leastLeft = Int.max
        repeat {
            let moved = try moveLog()
            let left = moved?.left ?? 0
            if moved != nil, left <= StoreLog.quickPagesMax, try emptyLog() { return true }
            if moved == nil || left < leastLeft {
                end = max(end, min(clock.uptimeNanoseconds() + patience, last))
            }
            leastLeft = min(leastLeft, moved?.left ?? leastLeft)
            pause()
        } while clock.uptimeNanoseconds() < end
        return false
    }
}
