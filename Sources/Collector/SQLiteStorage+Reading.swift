// SPDX-License-Identifier: Apache-2.0

public import Modules
internal import SQLite

extension SQLiteStorage {
    /// Walks the rows of figures, on a connection of its own, so that the intake goes on.
    public func visitFigures(
        in days: ClosedRange<Day>, _ visit: (_ installation: Int, Day, DayCounters) -> Void
    ) throws(StorageError) {
        try read { connection in
            let statement = try connection.prepare(
                """
                SELECT installation, day, counters FROM figures
                WHERE day BETWEEN ? AND ? ORDER BY installation, day
                """)
            try statement.bind(Self.bounds(days))
            var number = -1
            var last: [UInt8] = []
            while try statement.step() {
                let installation = statement.blob(0)
                if installation != last { number += 1 }
                last = installation
                let day = Day(number: Int32(statement.integer(1)))
                visit(number, day, try Self.counters(from: statement.text(2)))
            }
        }
    }

    /// Sums the counts of what was left out.
    public func tally(in days: ClosedRange<Day>) throws(StorageError) -> Tally {
        try read { connection in
            let statement = try connection.prepare(
                "SELECT reason, sum(count) FROM tally WHERE day BETWEEN ? AND ? GROUP BY reason")
            try statement.bind(Self.bounds(days))
            var tally = Tally()
            while try statement.step() {
                guard let reason = Tally.Reason(rawValue: statement.text(0)) else { continue }
                tally.add(reason, Int(statement.integer(1)))
            }
            return tally
        }
    }

    /// Reads the whole file and throws `damaged` where it does not hold together, also in parts
    /// that no figure comes from.
    public func check() throws(StorageError) {
        try read { connection in
            let finding = try connection.text("PRAGMA quick_check(1)") ?? ""
            guard finding != "ok" else { return }
            let last = finding.split(separator: "\n").last.map(String.init) ?? "it can't be checked"
            throw SQLiteError(code: 11, message: last)
        }
    }

    private static func bounds(_ days: ClosedRange<Day>) -> [SQLiteValue] {
        [.integer(Int64(days.lowerBound.number)), .integer(Int64(days.upperBound.number))]
    }
}
