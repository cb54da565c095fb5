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
    /// dropped. Room in the journal is given back only after the commit. False, and nothing is
    /// taken, where a yes stands and something else blocks: the records keep until it is gone.
    func drain(_ journal: Journal, into store: Store) throws -> Bool {
        journal.armWake()
        let ends = (0..<journal.segmentCount).map { journal.segment($0).head }
        let isTaken = try store.database.transaction {
            let (facts, state) = gate.read()
            guard Self.maySettle(facts) else { return false }
            for (index, end) in ends.enumerated() {
                try take(journal, segment: index, to: end, state, into: store)
            }
            for counter in Journal.Counter.allCases { try take(journal, counter, into: store) }
            return true
        }
        guard isTaken else { return false }
        for (index, end) in ends.enumerated() { journal.segment(index).release(upTo: end) }
        return true
    }

    /// Whether records are stored or dropped now. They were accepted under a yes, which neither
    /// this shell's environment nor a mistake in the configuration takes back.
    private static func maySettle(_ facts: GateFacts) -> Bool {
        Gate.causes(blocking: .recording, facts).isEmpty
            || facts.consent == .withdrawn || facts.consent == .notAsked
    }

    private func take(
        _ journal: Journal, segment index: Int, to end: UInt64, _ state: ConsentState,
        into store: Store
    ) throws {
        let segment = journal.segment(index)
        let part = "segment \(index)"
        let start = max(try taken(journal, part, store), segment.tail)
        guard start < end else { return }
        let (records, torn) = segment.records(from: start, to: end, journal.layout)
        // Without a yes there is no epoch, so that none is wanted.
        let wanted = records.filter { $0.epoch == state.epoch }
        let permit = Permit(current: gate.terms, agreed: state.record?.terms)
        let events = wanted.compactMap { event($0, journal.table, permit) }
        try store.insert(events)
        try store.addTotal("accepted", Int64(records.count))
        try store.addLoss(.revoked, Int64(records.count - wanted.count))
        try store.addLoss(.catalogue, Int64(wanted.count - events.count))
        try store.addLoss(.damaged, Int64(torn))
        try note(journal, part, end, store)
    }

    /// Adds what the journal counted since the last time.
    private func take(
        _ journal: Journal, _ counter: Journal.Counter, into store: Store
    ) throws {
        let now = journal.value(of: counter)
        let before = try taken(journal, counter.reason.rawValue, store)
        guard now > before else { return }
        try store.addLoss(counter.reason, Int64(now - before))
        try note(journal, counter.reason.rawValue, now, store)
    }

    private func taken(
        _ journal: Journal, _ part: String, _ store: Store
    ) throws(SQLiteError) -> UInt64 {
        let row = try store.database.integer(
            "SELECT taken FROM journals WHERE journal = ? AND part = ?",
            [.text(journal.name), .text(part)])
        return UInt64(row ?? 0)
    }

    private func note(
        _ journal: Journal, _ part: String, _ taken: UInt64, _ store: Store
    ) throws(SQLiteError) {
        try store.database.run(
            "INSERT OR REPLACE INTO journals VALUES (?, ?, ?)",
            [.text(journal.name), .text(part), .integer(Int64(taken))])
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
                let value = recordable(value, property),
                case .accepted(let admitted)? =
                    definition.property(named: property.name)?.admit(value)
            else { return nil }
            return StoredEvent.Property(property.name, admitted)
        }
        return StoredEvent(
            epoch: record.epoch, time: record.time, name: entry.name, properties: properties)
    }

    private func recordable(
        _ value: JournalRecord.Value, _ property: JournalTable.Property
    ) -> PropertyValue? {
        switch value {
        case .word(let index):
            property.words.indices.contains(Int(index))
                ? .string(property.words[Int(index)]) : nil
        case .integer(let number): .integer(number)
        case .boolean(let flag): .boolean(flag)
        case .text(let text): gate.seams.ownNames.occur(in: text) ? nil : .string(text)
        }
    }
}

extension Journal.Counter {
    /// The reason under which the count is told.
    fileprivate var reason: LossReason {
        switch self {
        case .queueFull: .queueFull
        case .catalogue: .catalogue
        }
    }
}
