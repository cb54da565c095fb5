// SPDX-License-Identifier: Apache-2.0

private import CSQLite

/// A value to bind or a value of a column.
public enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case double(Double)
    case text(String)
    case blob([UInt8])
}

/// One prepared statement. It belongs to one connection and one thread at a time.
@safe public final class Statement {
    private let handle: OpaquePointer
    // Kept so that the connection outlives its statements.
    private let connection: Connection

    init(_ sql: String, on connection: Connection) throws(SQLiteError) {
        var prepared: OpaquePointer?
        let code = unsafe sqlite3_prepare_v2(connection.handle, sql, -1, &prepared, nil)
        guard code == SQLITE_OK, let handle = unsafe prepared else {
            throw connection.error(code)
        }
        unsafe self.handle = handle
        self.connection = connection
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    /// Binds a whole number to the parameter at `position`, counted from 1.
    public func bind(_ number: Int64, at position: Int32) throws(SQLiteError) {
        try unsafe check(sqlite3_bind_int64(handle, position, number))
    }

    /// Binds bytes to the parameter at `position`, counted from 1.
    public func bind(bytes: [UInt8], at position: Int32) throws(SQLiteError) {
        let count = UInt64(bytes.count)
        try unsafe check(sqlite3_bind_blob64(handle, position, bytes, count, csqlite_transient()))
    }

    /// Binds a value to the parameter at `position`, counted from 1.
    public func bind(_ value: SQLiteValue, at position: Int32) throws(SQLiteError) {
        switch value {
        case .null: try unsafe check(sqlite3_bind_null(handle, position))
        case .integer(let number): try bind(number, at: position)
        case .double(let number): try unsafe check(sqlite3_bind_double(handle, position, number))
        case .text(let text):
            let count = Int32(text.utf8.count)
            try unsafe check(sqlite3_bind_text(handle, position, text, count, csqlite_transient()))
        case .blob(let bytes): try bind(bytes: bytes, at: position)
        }
    }

    private func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK { throw connection.error(code) }
    }

    /// Binds values to the parameters 1, 2, 3 and so on.
    public func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index) + 1) }
    }

    /// Goes on to the next row; false at the end.
    public func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw connection.error(code)
        }
    }

    /// Makes the statement ready to run again, its parameters unbound.
    public func reset() {
        // The code repeats the last step's error, which was thrown there.
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }

    /// How many operations of SQLite's virtual machine it has run since it was compiled: what it
    /// read and wrote, without regard to time.
    public var operations: Int {
        Int(unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 0))
    }

    /// Runs the statement to its end with what is bound, and makes it ready for other values. Every
    /// parameter has to be bound anew: what is not keeps its value.
    public func runAgain() throws(SQLiteError) {
        defer {
            // The code repeats the last step's error, which was thrown there.
            _ = unsafe sqlite3_reset(handle)
        }
        while try step() {}
    }

    /// Runs the statement to its end with these values and makes it ready again.
    public func run(_ values: [SQLiteValue] = []) throws(SQLiteError) {
        defer { reset() }
        try bind(values)
        while try step() {}
    }

    /// The column at `index`, counted from 0, as an integer; 0 for null.
    public func integer(_ index: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, index) }

    /// The column at `index` as a floating-point number; 0 for null.
    public func double(_ index: Int32) -> Double { unsafe sqlite3_column_double(handle, index) }

    /// Whether the column at `index` is null.
    public func isNull(_ index: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, index) == SQLITE_NULL
    }

    /// The column at `index` as text; empty for null.
    public func text(_ index: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(handle, index) else { return "" }
        let count = Int(unsafe sqlite3_column_bytes(handle, index))
        let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    /// The column at `index` as bytes; empty for null.
    public func blob(_ index: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, index) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, index))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
