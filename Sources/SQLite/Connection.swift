// SPDX-License-Identifier: Apache-2.0

private import CSQLite

/// A connection to one SQLite database file. Used by one thread at a time.
///
/// Several connections, also of several processes, may be open on one file.
@safe public final class Connection {
    let handle: OpaquePointer

    /// How a database is opened.
    public enum Mode: Sendable {
        /// Read and write; the file is made if it is not there.
        case create
        /// Read and write a file that exists.
        case readWrite
        /// Read only.
        case readOnly
    }

    /// Opens the database in the file at `path`.
    ///
    /// - Parameters:
    ///   - path: always a file's; `:memory:` and what has the form of a URI are names like others.
    ///   - busyMilliseconds: how long a statement waits for a lock before it is an error.
    ///   - vfs: the name under which SQLite knows the file system to use; nil for the machine's.
    public convenience init(
        path: String, mode: Mode = .create, busyMilliseconds: Int32 = 2000, vfs: String? = nil
    ) throws(SQLiteError) {
        // SQLite takes some names that begin otherwise for its own: sqlite.org/inmemorydb.html.
        try self.init(
            name: path.hasPrefix("/") ? path : "./\(path)", mode: mode,
            busyMilliseconds: busyMilliseconds, vfs: vfs)
    }

    /// A database that is in no file, and gone with its connection.
    public static func inMemory() throws(SQLiteError) -> Connection {
        try Connection(name: ":memory:", mode: .create, busyMilliseconds: 0, vfs: nil)
    }

    private init(
        name: String, mode: Mode, busyMilliseconds: Int32, vfs: String?
    ) throws(SQLiteError) {
        let flags =
            switch mode {
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readWrite: SQLITE_OPEN_READWRITE
            case .readOnly: SQLITE_OPEN_READONLY
            }
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            name, &opened, flags | SQLITE_OPEN_NOMUTEX, vfs)
        guard let handle = unsafe opened else {
            throw SQLiteError(code: code, message: "out of memory")
        }
        guard code == SQLITE_OK else {
            let error = unsafe Self.error(code, of: handle)
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        unsafe self.handle = handle
        unsafe sqlite3_extended_result_codes(handle, 1)
        unsafe sqlite3_busy_timeout(handle, busyMilliseconds)
    }

    deinit {
        unsafe sqlite3_close_v2(handle)
    }

    /// Leaves the write-ahead log where it is when the last connection closes: closing then waits
    /// for no disk. Whoever opens the database next reads on from it.
    public func keepLogOnClose() throws(SQLiteError) {
        let code = unsafe csqlite_keep_log_on_close(handle)
        if code != SQLITE_OK { throw error(code) }
    }

    func error(_ code: Int32) -> SQLiteError { unsafe Self.error(code, of: handle) }

    private static func error(_ code: Int32, of handle: OpaquePointer) -> SQLiteError {
        let isOfFile = [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xFF)
        return unsafe SQLiteError(
            code: code, message: String(cString: sqlite3_errmsg(handle)),
            systemCode: isOfFile ? sqlite3_system_errno(handle) : 0)
    }

    /// Whether the file was moved, replaced or removed since it was opened: what is written goes
    /// where nobody finds it (sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, `HAS_MOVED`).
    public var hasMoved: Bool {
        var isMoved: Int32 = 0
        let code = unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &isMoved)
        return code == SQLITE_OK && isMoved != 0
    }

    /// Runs one or more statements without parameters; rows are passed over.
    public func execute(_ sql: String) throws(SQLiteError) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        if code != SQLITE_OK { throw error(code) }
    }

    /// Compiles one statement.
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(sql, on: self)
    }

    /// Runs one statement with values to its end.
    public func run(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) {
        try prepare(sql).run(values)
    }

    /// All rows of a query, each made into a value by `row`.
    public func rows<Row, Failure: Error>(
        _ sql: String, _ values: [SQLiteValue] = [], _ row: (Statement) throws(Failure) -> Row
    ) throws -> [Row] {
        let statement = try prepare(sql)
        try statement.bind(values)
        var rows: [Row] = []
        while try statement.step() { rows.append(try row(statement)) }
        return rows
    }

    /// The first column of the first row as an integer; nil without a row.
    public func integer(
        _ sql: String, _ values: [SQLiteValue] = []
    ) throws(SQLiteError) -> Int64? {
        let statement = try prepare(sql)
        try statement.bind(values)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The first column of the first row as text; nil without a row.
    public func text(_ sql: String, _ values: [SQLiteValue] = []) throws(SQLiteError) -> String? {
        let statement = try prepare(sql)
        try statement.bind(values)
        return try statement.step() ? statement.text(0) : nil
    }

    /// How many rows the last statement changed.
    public var changes: Int64 { unsafe sqlite3_changes64(handle) }

    /// The key of the row that was inserted last.
    public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open on this connection.
    public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// What a transaction does.
    public enum Access: Sendable {
        /// It takes the write lock at once.
        case write
        /// It sees one state of the database from its first statement to its last.
        case read
    }

    /// Runs `body` in one transaction; all of it stands or none.
    public func transaction<Result>(
        _ access: Access = .write, _ body: () throws -> Result
    ) throws -> Result {
        try execute(access == .write ? "BEGIN IMMEDIATE" : "BEGIN")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // A failed statement may have ended the transaction already; the first error is told.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }
}
