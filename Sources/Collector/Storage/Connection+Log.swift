// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import Modules
internal import SQLite

extension Connection {
    /// What came of moving a log: how many pages it had, and how many of them are left.
    struct MovedLog: Sendable {
        let pages: Int
        let left: Int
    }

    /// Moves the write-ahead log into the file as far as readers let it, beside whoever writes; nil
    /// where another does so at the moment.
    func moveLog() throws -> MovedLog? {
        try rows("PRAGMA wal_checkpoint(PASSIVE)") { row in
            MovedLog(pages: Int(row.integer(1)), left: Int(row.integer(1) - row.integer(2)))
        }.first { $0.pages >= 0 }
    }

    /// Moves the write-ahead log into the file and empties it; false where a reader, or another
    /// process that writes, stood in the way for as long as a statement waits.
    func emptyLog() throws(SQLiteError) -> Bool {
        try integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }

    /// The same, until it is done or others were in the way for so long. It keeps no writer out
    /// while there is much to move. SQLite does not wait for another process that moves the log at
    /// the moment: that may take a second for each MiB of the file.
    func emptyLog(
        within milliseconds: Int32, clock: any WallClock = SystemClock(),
        pause: () -> Void = { usleep(10_000) }
    ) throws -> Bool {
        let patience = Int64(milliseconds) * 1_000_000
        var end = clock.uptimeNanoseconds() + patience
        let last = end + (try bytes() >> 10) * 1_000_000
        var leastLeft = Int.max
        repeat {
            let moved = try moveLog()
            let left = moved?.left ?? 0
            if moved != nil, left <= StoreLog.quickPagesMax, try emptyLog() { return true }
            if moved == nil || left < leastLeft {
                end = max(end, min(clock.uptimeNanoseconds() + patience, last))
            }
            leastLeft = min(leastLeft, moved?.left ?? leastLeft)
            pause()
        } while clock.uptimeNanoseconds() < end
        return false
    }
}
