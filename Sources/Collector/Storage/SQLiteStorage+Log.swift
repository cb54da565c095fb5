// SPDX-License-Identifier: Apache-2.0

internal import SQLite

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
