// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Figures
import Modules

/// The events of a store as rows in memory, to be inserted by bare SQLite.
@safe final class Rows {
    private let rows: OpaquePointer

    /// Reads the table `events` of a database.
    init(_ path: String) throws {
        guard let rows = unsafe cbenchmark_rows_read(path) else {
            throw BenchmarkError("\(path): the rows can't be read")
        }
        unsafe self.rows = rows
    }

    deinit {
        unsafe cbenchmark_rows_free(rows)
    }

    var count: Int64 { unsafe cbenchmark_rows_count(rows) }

    /// Inserts them all into a new database, in one transaction.
    func insert(into path: String) throws {
        let code = unsafe cbenchmark_rows_insert(rows, path)
        if code != 0 { throw BenchmarkError("\(path): SQLite's code \(code)") }
    }
}
