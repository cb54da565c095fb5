// SPDX-License-Identifier: Apache-2.0

public import Modules
import SQLite

/// Which of the stored events, or of the ledger's rows, are asked for.
public struct EventFilter: Sendable, Equatable {
    /// Only those of this type.
    public var type: String?
    /// Not those before.
    public var since: Timestamp?
    /// Only those before.
    public var until: Timestamp?

    /// Asks for all that the arguments don't exclude.
    public init(type: String? = nil, since: Timestamp? = nil, until: Timestamp? = nil) {
        self.type = type
        self.since = since
        self.until = until
    }

    /// The condition on a table whose `time` is in nanoseconds, `typeCondition` comparing the type.
    func condition(_ typeCondition: String) -> (sql: String, values: [SQLiteValue]) {
        let conditions: [(String, SQLiteValue?)] = [
            ("time >= ?", since.map { .integer($0.nanoseconds) }),
            ("time < ?", until.map { .integer($0.nanoseconds) }),
            (typeCondition, type.map { .text($0) }),
        ]
        let asked = conditions.filter { $0.1 != nil }
        return (
            (["1"] + asked.map(\.0)).joined(separator: " AND "), asked.compactMap(\.1)
        )
    }
}

extension TelemetryControl {
    /// The recorded events, oldest first, that a filter lets through.
    ///
    /// Throws a `TelemetryError` where the folder can't be used, a `SystemError` or `SQLiteError`
    /// where a file or the store can't.
    public func events(matching filter: EventFilter) throws -> [StoredEvent] {
        guard let store = try openStore() else { return [] }
        let (sql, values) = filter.condition("name = (SELECT id FROM names WHERE name = ?)")
        return try store.events(where: sql, values).map(\.event)
    }

    /// The rows of the ledger, oldest first, that a filter lets through. Throws as `events` does.
    public func ledger(matching filter: EventFilter = EventFilter()) throws -> [LedgerRow] {
        guard let store = try openStore() else { return [] }
        let (sql, values) = filter.condition("kind = ?")
        return try ledger(of: store).rows(where: sql, values)
    }
}
