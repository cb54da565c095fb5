// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Tells a damaged store from one that is only busy, full or newer.
enum StoreDamage {
    /// How many steps a newer program's schema can be ahead; a number beyond that was never
    /// written by any program.
    private static let versionsAheadMax: Int64 = 1000

    /// Whether damage could explain an error; whether it does shows only a closer look.
    static func isSuspected(_ error: any Error) -> Bool {
        switch error {
        // Every key is new where rows are as they were written.
        case let error as SQLiteError:
            error.isDamage || error.isSchemaMismatch || error.isDuplicate
        case MigrationError.newer(let found, let known): found > known + versionsAheadMax
        default: false
        }
    }

    /// Whether every page and index is in order and the tables are those of our schema.
    static func isSound(_ database: Connection) throws -> Bool {
        guard try database.text("PRAGMA integrity_check(1)") == "ok" else { return false }
        let fresh = try Connection.inMemory()
        try fresh.migrate(StoreSchema.migrations)
        return try schema(of: database) == schema(of: fresh)
    }

    private static func schema(of database: Connection) throws -> [String] {
        // Tables of SQLite's own have no text, or come and go with its optimiser.
        try database.rows(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
                + "ORDER BY name"
        ) { $0.text(0) }
    }
}
