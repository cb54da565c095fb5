// SPDX-License-Identifier: Apache-2.0

private import CSQLite

/// Sees how long the write-ahead log is after each commit of a connection, which moves the log no
/// more by itself: a commit then takes as long as what it writes, whoever wrote the log before.
@safe public final class LogWatch {
    private let seen: UnsafeMutablePointer<Int32>
    // Kept so that the connection outlives what it writes to.
    private let connection: Connection

    /// Watches from now on; the connection must not be told of `wal_autocheckpoint` afterwards.
    public init(_ connection: Connection) {
        self.connection = connection
        unsafe seen = .allocate(capacity: 1)
        unsafe seen.initialize(to: 0)
        _ = unsafe sqlite3_wal_hook(
            connection.handle,
            { seen, _, _, pages in
                unsafe seen?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, seen)
    }

    deinit {
        _ = unsafe sqlite3_wal_hook(connection.handle, nil, nil)
        unsafe seen.deallocate()
    }

    /// Pages of the log after the last commit, also those that were moved already; 0 before one.
    public var pages: Int { Int(unsafe seen.pointee) }
}

extension Connection {
    /// Where the write-ahead log stands; nil for a database in memory.
    public var logPath: String? {
        guard let path = unsafe sqlite3_db_filename(handle, "main"), unsafe path.pointee != 0,
            let log = unsafe sqlite3_filename_wal(path)
        else { return nil }
        return unsafe String(cString: log)
    }
}
