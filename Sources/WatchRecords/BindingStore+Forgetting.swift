// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension BindingStore {
    /// How long is kept what was to be forgotten: a watch that runs has long heard of it.
    static let forgottenNanoseconds: Int64 = 86_400_000_000_000

    /// Forgets who had an address, on every interface, and returns what was known of that. A watch
    /// that runs hears of it at its next ``save(_:)``.
    public func forget(_ address: String) throws(Fault) -> [StoredBinding] {
        try guarded {
            let connection = try opened()
            return try connection.transaction {
                let known = try rows(of: connection, address: address)
                try connection.run("DELETE FROM binding WHERE address = ?", [.text(address)])
                try connection.run(
                    "INSERT OR REPLACE INTO forgotten VALUES (?, ?)",
                    [.text(address), .integer(clock.now().nanoseconds)])
                return known
            }
        }
    }

    /// What was to be forgotten within a day. The rest goes, and so does what a clock that was set
    /// back has left in the future.
    func forgotten(in connection: Connection) throws -> [String: Int64] {
        let now = clock.now().nanoseconds
        try connection.run(
            "DELETE FROM forgotten WHERE time NOT BETWEEN ? AND ?",
            [.integer(now - Self.forgottenNanoseconds), .integer(now)])
        let notes = try connection.rows("SELECT address, time FROM forgotten") {
            (row) throws(SQLiteError) in (row.text(0), row.integer(1))
        }
        return Dictionary(notes) { _, last in last }
    }
}
