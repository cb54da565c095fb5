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

    mutating func take(_ records: (whole: [JournalRecord], torn: Int)) throws {
        accepted += Int64(records.whole.count)
        torn += Int64(records.torn)
        for record in records.whole {
            if record.epoch != epoch {
                revoked += 1
            } else if let name = try maker.make(record) {
                try insert(record, name)
            } else {
                refused += 1
            }
        }
    }

    private mutating func insert(_ record: JournalRecord, _ name: Int64) throws(SQLiteError) {
        try statement.bind(.integer(Int64(record.epoch)), at: 1)
        try statement.bind(.integer(record.time.nanoseconds), at: 2)
        try statement.bind(.integer(name), at: 3)
        try statement.bind(.blob(maker.properties), at: 4)
        defer { statement.reset() }
        while try statement.step() {}
        guard wanted.contains(name) else { return }
        rows.append(
            Store.Row(
                epoch: record.epoch, time: record.time, name: name, properties: maker.properties))
    }

    /// Adds everything up in the store.
    func count(in store: Store) throws(SQLiteError) {
        try store.addTotal("accepted", accepted)
        try store.addLoss(.revoked, revoked)
        try store.addLoss(.catalogue, refused)
        try store.addTotal(Store.refusedLate, refused)
        try store.addLoss(.damaged, torn)
    }
}
