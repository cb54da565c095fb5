// SPDX-License-Identifier: Apache-2.0

internal import Modules
internal import SQLite

/// A connection with its statements, each compiled once.
final class StoreConnection {
    let connection: Connection
    /// The log as of its last commit.
    let log: LogWatch
    private var statements: [String: Statement] = [:]

    init(_ connection: Connection) {
        self.connection = connection
        log = LogWatch(connection)
    }

    /// The statement of this text, ready to be bound.
    func statement(_ sql: StaticString) throws(SQLiteError) -> Statement {
        let key = sql.description
        if let known = statements[key] { return known }
        let made = try connection.prepare(key)
        statements[key] = made
        return made
    }

    /// The operations of all statements so far.
    var operations: Int { statements.values.reduce(0) { $0 + $1.operations } }

    /// Runs a statement to its end; how many rows it changed.
    @discardableResult
    func run(_ sql: StaticString, _ values: [SQLiteValue] = []) throws(SQLiteError) -> Int64 {
        try statement(sql).run(values)
        return connection.changes
    }

    /// The first row of a query, made into a value; nil without one.
    func first<Row>(
        _ sql: StaticString, _ values: [SQLiteValue], _ row: (Statement) throws -> Row
    ) throws -> Row? {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? try row(statement) : nil
    }

    /// Calls `visit` for every row of a query.
    func each(
        _ sql: StaticString, _ values: [SQLiteValue] = [], _ visit: (Statement) throws -> Void
    ) throws {
        let statement = try statement(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() { try visit(statement) }
    }
}

extension SQLiteValue {
    static func day(_ day: Day) -> SQLiteValue { .integer(Int64(day.number)) }
}
