// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite

/// Moves records from journals to the store, each exactly once.
struct Drain: Sendable {
    let gate: GateReader
    let catalogue: Catalogue

    /// Takes everything that the journal holds now, in one transaction.
    ///
    /// The whole gate is asked before the commit; records of another epoch than today's yes are
    /// dropped. Room in the journal is given back only after the commit.
    func drain(_ journal: Journal, into store: Store) throws {
        let end = journal.head
        try store.database.transaction {
            let start = max(try consumed(journal, store), journal.tail)
            let (records, torn) = journal.records(from: start, to: end)
            let (facts, state) = gate.read()
            let isOpen = Gate.causes(blocking: .recording, facts).isEmpty
            let wanted = records.filter { isOpen && $0.epoch == state.epoch }
            let permit = Permit(current: gate.terms, agreed: state.record?.terms)
            let events = wanted.compactMap { event($0, journal.table, permit) }
            try store.insert(events)
            try store.addLoss(.revoked, Int64(records.count - wanted.count))
            try store.addLoss(.catalogue, Int64(wanted.count - events.count))
            try store.addLoss(.damaged, Int64(torn))
            try count(journal, store, consumed: end)
        }
        journal.release(upTo: end)
    }

    private func consumed(_ journal: Journal, _ store: Store) throws(SQLiteError) -> UInt64 {
        let row = try store.database.integer(
            "SELECT consumed FROM journals WHERE name = ?", [.text(journal.name)])
        return UInt64(row ?? 0)
    }

    /// Adds what the journal counted since the last time, and notes up to where it was taken.
    private func count(_ journal: Journal, _ store: Store, consumed: UInt64) throws {
        let row = try store.database.rows(
            "SELECT accepted, queue_full, catalogue FROM journals WHERE name = ?",
            [.text(journal.name)]
        ) { ($0.integer(0), $0.integer(1), $0.integer(2)) }.first
        let (accepted, queueFull, refused) = row ?? (0, 0, 0)
        let now = Journal.Counter.allCases.map { Int64(journal.value(of: $0)) }
        try store.addTotal("accepted", now[0] - accepted)
        try store.addLoss(.queueFull, now[1] - queueFull)
        try store.addLoss(.catalogue, now[2] - refused)
        try store.database.run(
            "INSERT OR REPLACE INTO journals VALUES (?, ?, ?, ?, ?)",
            [.text(journal.name), .integer(Int64(consumed))] + now.map { .integer($0) })
    }

    /// The event that a record stands for, checked once more; nil if today's catalogue or consent
    /// does not know it.
    private func event(
        _ record: JournalRecord, _ table: JournalTable, _ permit: Permit
    ) -> StoredEvent? {
        guard table.events.indices.contains(Int(record.event)) else { return nil }
        let entry = table.events[Int(record.event)]
        guard let definition = catalogue.event(named: entry.name), permit.allows(entry.name) else {
            return nil
        }
        let properties = record.properties.compactMap { index, value -> StoredEvent.Property? in
            guard entry.properties.indices.contains(Int(index)) else { return nil }
            let property = entry.properties[Int(index)]
            guard permit.allows("\(entry.name).\(property.name)"),
                let value = Self.value(value, property),
                case .accepted(let admitted)? =
                    definition.property(named: property.name)?.admit(value)
            else { return nil }
            return StoredEvent.Property(property.name, admitted)
        }
        return StoredEvent(
            epoch: record.epoch, time: record.time, name: entry.name, properties: properties)
    }

    private static func value(
        _ value: JournalRecord.Value, _ property: JournalTable.Property
    ) -> PropertyValue? {
        switch value {
        case .word(let index):
            property.words.indices.contains(Int(index))
                ? .string(property.words[Int(index)]) : nil
        case .integer(let number): .integer(number)
        case .boolean(let flag): .boolean(flag)
        case .text(let text): .string(text)
        }
    }
}
