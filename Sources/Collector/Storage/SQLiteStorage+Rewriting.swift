// SPDX-License-Identifier: Apache-2.0

private import Modules
internal import SQLite

extension SQLiteStorage {
    /// Writes the whole file anew, with what is kept and nothing else, if rows were deleted since
    /// that was done last. Meanwhile writing throws `rewriting`, but for a small file, for which it
    /// waits. It takes as much room again on the disk. What fails halfway is owed still.
    ///
    /// `secure_delete` overwrites a row that is deleted, but no copy of it that SQLite left in the
    /// unused part of a page when it moved rows from one page to another.
    public func overwriteDeleted() throws(StorageError) {
        let deletions = try read { store in
            try store.first("SELECT count FROM deletion", []) { $0.integer(0) }
        }
        guard let deletions else { return }
        try rewrite()
        // What was deleted meanwhile, by another collector, is left for the next time.
        try write { store in
            _ = try store.run("DELETE FROM deletion WHERE count = ?", [.integer(deletions)])
        }
        try emptyLog()
    }
}

extension Connection {
    /// Bytes of the database.
    func bytes() throws(SQLiteError) -> Int64 {
        let pages = try integer("PRAGMA page_count") ?? 0
        return pages * (try integer("PRAGMA page_size") ?? 0)
    }

    /// Reads the whole file and throws `isDamage` where it does not hold together, or a table with
    /// its index or the order of its rows: an older page in the place of a newer one shows there.
    func checkWhole() throws(SQLiteError) {
        let finding = try text("PRAGMA integrity_check(1)") ?? ""
        guard finding == "ok" else {
            let last = finding.split(separator: "\n").last.map(String.init)
            throw SQLiteError(code: 11, message: last ?? "it can't be checked")
        }
    }
}

extension StoreConnection {
    /// Notes in the transaction of a deletion that the file is to be written anew, by a number that
    /// was never there before: whoever wrote the file anew before takes no later note away.
    func noteDeletion() throws {
        try run(
            """
            INSERT INTO deletion VALUES (1, abs(random() / 4))
            ON CONFLICT (one) DO UPDATE SET count = count + 1
            """)
    }
}
