// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite

/// Moves records from journals to the store, each exactly once.
struct Drain: Sendable {
    let gate: GateReader
    let catalogue: Catalogue
    /// Events of these types are handed back.
    var wanted: Set<String> = []

    /// What a drain did.
    struct Outcome {
        /// Whether the records were taken. They are not where a yes stands and something else
        /// blocks: they keep until that is gone.
        var isTaken = false
        /// The events that were stored, of the wanted types.
        var events: [StoredEvent] = []
    }

    /// Takes everything that the journal holds now, in one transaction.
    ///
    /// The whole gate is asked before the commit; records of another epoch than today's yes are
    /// dropped. Room in the journal is given back only after the commit, and after `use`, which may
    /// find that the store is damaged: the records then are there for another one.
    @discardableResult
    func drain(
        _ journal: Journal, into store: Store, use: () throws -> Void = {}
    ) throws -> Outcome {
        journal.armWake()
        let ends = (0..<journal.segmentCount).map { journal.segment($0).head }
        var rows: [Store.Row] = []
        let isTaken = try store.database.transaction {
            let (facts, state) = gate.read()
            guard Self.maySettle(facts) else { return false }
            rows = try take(journal, to: ends, state, isForbidden: facts.policySaysNo, into: store)
            for counter in Journal.Counter.allCases { try take(journal, counter, into: store) }
            return true
        }
        let isUsed = Result { try use() }
        if case .failure(let error as SQLiteError) = isUsed, error.isDamage { throw error }
        if isTaken {
            for (index, end) in ends.enumerated() { journal.segment(index).release(upTo: end) }
        }
        try isUsed.get()
        return Outcome(isTaken: isTaken, events: try store.events(of: rows))
    }

    private func take(
        _ journal: Journal, to ends: [UInt64], _ state: ConsentState, isForbidden: Bool,
        into store: Store
    ) throws -> [Store.Row] {
        store.forgetNumbers()
        let permit = Permit(current: gate.terms, agreed: state.record?.terms)
        var taking = Taking(
            // Without a yes there is no epoch, so that none is wanted.
            epoch: isForbidden ? nil : state.epoch, maker: maker(journal, permit, store),
            statement: try store.inserter(),
            wanted: Set(try wanted.map { Int64(bitPattern: try store.number(of: $0)) }))
        var reader = JournalReader(journal.layout)
        for (index, end) in ends.enumerated() {
            let part = "segment \(index)"
            let segment = journal.segment(index)
            let start = max(try taken(journal, part, store), segment.tail)
            guard start < end else { continue }
            try taking.take(segment, from: start, to: end, &reader)
            try note(journal, part, end, store)
        }
        try taking.count(in: store)
        return taking.rows
    }

    /// Whether records are stored or dropped now. They were accepted under a yes, which neither
    /// this shell's environment nor a mistake in the configuration takes back; the first leaves
    /// them as they are, and what a right one would take of them is not known under the second.
    /// An administrator's no is one, and some may have been recorded before it was seen; a file
    /// that can't be read is no decision.
    private static func maySettle(_ facts: GateFacts) -> Bool {
        let causes = Gate.causes(blocking: .recording, facts)
        return facts.policySaysNo || facts.consent == .withdrawn || facts.consent == .notAsked
            || causes.allSatisfy { $0 == .doNotTrack || $0 == .environment }
    }

    private func maker(_ journal: Journal, _ permit: Permit, _ store: Store) -> RowMaker {
        RowMaker(journal.table, catalogue, permit, gate.seams.ownNames, store)
    }

    /// Adds what the journal counted since the last time.
    private func take(
        _ journal: Journal, _ counter: Journal.Counter, into store: Store
    ) throws {
        let now = journal.value(of: counter)
        guard now <= Journal.countMax else { return try store.addLoss(.damaged, 1) }
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
        return UInt64(clamping: row ?? 0)
    }

    private func note(
        _ journal: Journal, _ part: String, _ taken: UInt64, _ store: Store
    ) throws(SQLiteError) {
        try store.database.run(
            "INSERT OR REPLACE INTO journals VALUES (?, ?, ?)",
            [.text(journal.name), .text(part), .integer(Int64(clamping: taken))])
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
