// SPDX-License-Identifier: Apache-2.0

/// One step of a schema: statements that lead from version `version - 1` to `version`.
///
/// Steps only add, so that an older process goes on beside a newer one.
public struct Migration: Sendable {
    /// The version that stands after the step; 1 for the first.
    public let version: Int64
    /// The statements.
    public let sql: String

    /// Declares a step.
    public init(version: Int64, sql: String) {
        self.version = version
        self.sql = sql
    }
}

/// What stood in the way of a migration.
public enum MigrationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The database was written by a newer program.
    case newer(found: Int64, known: Int64)

    /// What is wrong, in one line without a full stop.
    public var description: String {
        switch self {
        case .newer(let found, let known):
            "a newer version of the program wrote the store (schema \(found), here it is \(known))"
        }
    }
}

extension Connection {
    /// Brings the schema up to the last of `migrations`, all steps in one transaction.
    ///
    /// Throws `MigrationError.newer` if the database knows more steps than that.
    public func migrate(_ migrations: [Migration]) throws {
        let known = migrations.last?.version ?? 0
        if try schemaVersion() == known { return }
        try transaction {
            // Read again under the write lock: another process may have migrated meanwhile.
            let found = try schemaVersion()
            if found > known { throw MigrationError.newer(found: found, known: known) }
            for migration in migrations where migration.version > found {
                try execute(migration.sql)
            }
            try execute("PRAGMA user_version = \(known)")
        }
    }

    /// Throws `MigrationError.newer` if the database knows more steps than `migrations`; one that
    /// knows fewer stays as it is.
    public func refuseNewer(than migrations: [Migration]) throws {
        let (found, known) = (try schemaVersion(), migrations.last?.version ?? 0)
        if found > known { throw MigrationError.newer(found: found, known: known) }
    }

    private func schemaVersion() throws(SQLiteError) -> Int64 {
        try integer("PRAGMA user_version") ?? 0
    }
}
