// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// One transaction's records on their way into rows, and the counts of those that get no further.
struct Taking {
    /// The epoch of today's yes; nil without one.
    let epoch: UInt32?
    var maker: RowMaker
    let statement: Statement
    /// The names, by their number, of events that are to be handed back.
    let wanted: Set<Int64>
    private(set) var rows: [Store.Row] = []
    private var accepted: Int64 = 0
    private var revoked: Int64 = 0
    private var refused: Int64 = 0
    private var torn: Int64 = 0

    init(epoch: UInt32?, maker: RowMaker, statement: Statement, wanted: Set<Int64>) {
        (self.epoch, self.maker) = (epoch, maker)
        (self.statement, self.wanted) = (statement, wanted)
    }

    /// Takes what stands from `start` to `end` in a segment.
    mutating func take(
        _ segment: Segment, from start: UInt64, to end: UInt64, _ reader: inout JournalReader
    ) throws {
        let torn = try segment.forEachRecord(from: start, to: end, &reader) { record in
            try take(record)
        }
        self.torn += Int64(torn)
    }

    private mutating func take(_ record: borrowing JournalRecord) throws {
        accepted += 1
        if record.epoch != epoch {
            revoked += 1
        } else if let name = try maker.make(record) {
            try insert(record.epoch, record.time, name)
        } else {
            refused += 1
        }
    }

    private mutating func insert(
        _ epoch: UInt32, _ time: Timestamp, _ name: Int64
    ) throws(SQLiteError) {
        try statement.bind(Int64(epoch), at: 1)
        try statement.bind(time.nanoseconds, at: 2)
        try statement.bind(name, at: 3)
        try statement.bind(bytes: maker.properties, at: 4)
        try statement.runAgain()
        guard wanted.contains(name) else { return }
        rows.append(
            Store.Row(epoch: epoch, time: time, name: name, properties: maker.properties))
    }

    /// Adds everything up in the store.
    func count(in store: Store) throws(SQLiteError) {
        try store.addTotal("accepted", accepted)
        try store.addLoss(.revoked, revoked)
        try store.addLoss(.catalogue, refused + maker.refusedTexts)
        try store.addTotal(Store.refusedLate, refused)
        try store.addLoss(.damaged, torn)
    }
}
