// SPDX-License-Identifier: Apache-2.0

import SQLite

/// Batches of which nothing has left, and nothing will.
extension Store {
    /// Held batches that were given up: their events wait for a person until they are sealed anew.
    static let isEmptied = "state = 'held' AND length(body) = 0"
    /// Batches on which a person can decide, with the bytes to look at.
    static let isReviewable =
        "state IN \(SealedBatch.State.reviewableList) AND length(body) > 0"

    /// Gives such batches up, within a transaction: their events wait again, and the losses of
    /// which they would have told are told by the next one. A held one stays without its bytes, so
    /// that its events wait for a person as before.
    func giveUp(
        where condition: String, _ values: [SQLiteValue], because reason: String, _ ledger: Ledger
    ) throws {
        let rows = try database.rows(
            "SELECT id FROM batches WHERE \(Self.isReviewable) AND \(condition)", values
        ) { $0.integer(0) }
        guard !rows.isEmpty else { return }
        // One at a time: all of them may be as large as all that is stored.
        for row in rows {
            guard let batch = try batch(row) else { continue }
            try takeBackLosses(of: batch)
            try ledger.append(.voided(batch.uid, because: reason))
            if batch.state == .held { try empty(row) } else { try setFree(row) }
        }
        // One pass over the events for all of them.
        try database.execute(
            """
            UPDATE events SET batch = NULL
            WHERE batch IN (SELECT id FROM batches WHERE state = 'free');
            DELETE FROM batches WHERE state = 'free'
            """)
    }

    private func setFree(_ batch: Int64) throws(SQLiteError) {
        try database.run("UPDATE batches SET state = 'free' WHERE id = ?", [.integer(batch)])
    }

    /// Deletes the bytes of a batch. Its row says what became of it.
    func empty(_ batch: Int64) throws(SQLiteError) {
        try database.run("UPDATE batches SET body = x'' WHERE id = ?", [.integer(batch)])
    }

    /// Counts what is left in held batches that were given up; those without any event go.
    func countEmptied() throws {
        guard try database.integer("SELECT 1 FROM batches WHERE \(Self.isEmptied) LIMIT 1") != nil
        else { return }
        let counts = try database.rows(
            """
            SELECT batch, count(*) FROM events
            WHERE batch IN (SELECT id FROM batches WHERE \(Self.isEmptied)) GROUP BY batch
            """
        ) { (batch: $0.integer(0), events: $0.integer(1)) }
        try database.execute("UPDATE batches SET events = 0 WHERE \(Self.isEmptied)")
        for count in counts {
            try database.run(
                "UPDATE batches SET events = ? WHERE id = ?",
                [.integer(count.events), .integer(count.batch)])
        }
        try database.execute("DELETE FROM batches WHERE \(Self.isEmptied) AND events = 0")
    }
}
