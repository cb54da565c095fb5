// SPDX-License-Identifier: Apache-2.0

import SQLite

/// How far a loop over what is left to do has come, by the rows of a table.
///
/// Each turn has to come further. Where a row is there once more that was dealt with, statements
/// don't do what they are for, without any error: the store is damaged, and the loop had no end.
struct RowProgress {
    /// The last row that was dealt with.
    private(set) var last: Int64 = 0

    /// Notes that events, in the order of their rows, are dealt with in this turn; their rows, or
    /// nil without any. Throws `SQLiteError.damage` if one was before.
    mutating func reaches(_ events: [WaitingRow]) throws(SQLiteError) -> ClosedRange<Int64>? {
        guard let first = events.first?.row, let last = events.last?.row else { return nil }
        guard first <= last else { throw .damage }
        try reaches(first)
        self.last = last
        return first...last
    }

    /// The same of one row.
    mutating func reaches(_ row: Int64) throws(SQLiteError) {
        guard row > last else { throw .damage }
        last = row
    }
}
