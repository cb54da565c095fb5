// SPDX-License-Identifier: Apache-2.0

import SQLite

extension Store {
    /// Makes batches void, in SQL; one of which nothing has left counts as one that was not tried.
    static let voiding =
        "state = 'void', attempts = CASE state WHEN 'sending' THEN attempts ELSE 0 END"

    /// Counts the events of batches that may have begun to leave and never do again: void ones, and
    /// those that are not yet marked so, of another epoch than that of the yes that stands.
    static let countCutOff = """
        SELECT count(*) FROM events WHERE batch IN
            (SELECT id FROM batches WHERE attempts > 0
                AND (state = 'void' OR state = 'sending' AND epoch <> ?))
        """

    private static let batchColumns =
        "id, uid, url, content_coding, body, sha256, events, state, attempts"

    /// The batch with this row number.
    func batch(_ row: Int64) throws -> SealedBatch? {
        try batches("id = ?", [.integer(row)]).first
    }

    /// The batches that a condition selects, oldest first, at most `limit` of them.
    func batches(
        _ condition: String, _ values: [SQLiteValue], limit: Int = 1
    ) throws -> [SealedBatch] {
        let sql =
            "SELECT \(Self.batchColumns) FROM batches WHERE \(condition) ORDER BY id LIMIT \(limit)"
        return try database.rows(sql, values) { row in
            SealedBatch(
                row: row.integer(0), uid: row.text(1), url: row.text(2),
                contentCoding: row.text(3), body: row.blob(4), sha256: row.text(5),
                events: row.integer(6), state: SealedBatch.State(rawValue: row.text(7)) ?? .void,
                attempts: row.integer(8))
        }
    }

    /// Makes a total smaller again, down to nothing.
    func takeBack(_ count: Int64, fromTotal name: String) throws(SQLiteError) {
        try database.run(
            "UPDATE totals SET count = max(0, count - ?) WHERE name = ?",
            [.integer(count), .text(name)])
    }

    /// The oldest waiting events of an epoch, unread, in the order of their rows.
    func waitingRows(epoch: UInt32, limit: Int) throws -> [WaitingRow] {
        try rows(
            "epoch = ? AND batch IS NULL ORDER BY id LIMIT ?",
            [.integer(Int64(epoch)), .integer(Int64(limit))])
    }

    /// The oldest events of an epoch of which nothing has left, unread, in the order of their rows:
    /// those in no batch, and those in batches that may still be changed.
    func unsentRows(epoch: UInt32, limit: Int) throws -> [WaitingRow] {
        try rows(
            """
            epoch = ? AND (batch IS NULL OR batch IN
                (SELECT id FROM batches WHERE state IN \(SealedBatch.State.reviewableList)))
            ORDER BY id LIMIT ?
            """, [.integer(Int64(epoch)), .integer(Int64(limit))])
    }

    /// The events of a batch, all of them in a span of rows, unread, in the order of their rows.
    func rows(ofBatch batch: Int64, in span: ClosedRange<Int64>) throws -> [WaitingRow] {
        try rows(
            "batch = ? AND id BETWEEN ? AND ? ORDER BY id",
            [.integer(batch), .integer(span.lowerBound), .integer(span.upperBound)])
    }

    private func rows(_ condition: String, _ values: [SQLiteValue]) throws -> [WaitingRow] {
        let sql = "SELECT id, time, name, properties FROM events WHERE \(condition)"
        return try database.rows(sql, values) { row in
            WaitingRow(
                row: row.integer(0), time: row.integer(1), name: UInt64(bitPattern: row.integer(2)),
                properties: row.blob(3))
        }
    }
}
