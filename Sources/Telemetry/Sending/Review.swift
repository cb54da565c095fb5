// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// What a person drops from a batch in review.
public enum ReviewDrop: Sendable, Equatable {
    /// Events, by their numbers in the batch, counted from 1.
    case events(Set<Int>)
    /// All events of a type.
    case type(String)

    var words: String {
        switch self {
        case .events(let numbers):
            "events \(numbers.sorted().map(String.init).joined(separator: ", "))"
        case .type(let name): "type \(name)"
        }
    }
}

/// What dropping did: the batch is void, another one stands in its place.
public struct ReviewOutcome: Sendable, Equatable {
    /// How many events were dropped; they are deleted here too.
    public let dropped: Int64
    /// The batch that holds the rest, with an identifier of its own; nil where nothing is left.
    public let successor: SealedBatch?
}

extension TelemetryControl {
    /// The most batches that are shown, and sealed to be shown, at once.
    public static let reviewBatchesMax = 1000

    /// The batches of which nothing has left yet, oldest first, at most `reviewBatchesMax`. The
    /// events that wait are sealed for it first.
    ///
    /// Throws if sending is blocked: there is nothing to decide then.
    public func reviewable() throws -> [SealedBatch] {
        guard let store = try reviewStore() else { return [] }
        try sealer.fitToShow(store)
        try sealer.sealAll(in: store)
        return try store.batches(
            "\(Store.isReviewable) AND epoch = ?", [epochValue], limit: Self.reviewBatchesMax)
    }

    /// Lets a held batch go with the next upload.
    public func release(_ uid: String) throws {
        try reviewing(uid) { store, batch in
            guard batch.state != .released else { return }
            guard batch.isWhole else { throw Self.damaged }
            try mark(uid, .released, in: store)
            try ledger(of: store).append(.batch(.batchReleased, uid))
        }
    }

    /// Holds a batch back for ever: its events stay here to be seen and are never sent. How many.
    @discardableResult
    public func withhold(_ uid: String) throws -> Int64 {
        try reviewing(uid) { store, batch in
            try mark(uid, .void, answer: "withheld in review", in: store)
            try store.takeBackLosses(of: batch)
            try store.database.run(
                "UPDATE events SET batch = NULL, epoch = 0 WHERE batch = ?", [.integer(batch.row)])
            try ledger(of: store).append(.batch(.batchVoided, uid))
            return batch.events
        }
    }

    /// Drops something from a batch for ever, here too. The batch is void, and a successor with an
    /// identifier of its own holds the rest, otherwise byte for byte what was looked at.
    public func drop(_ what: ReviewDrop, from uid: String) throws -> ReviewOutcome {
        var used: Store?
        let outcome = try reviewing(uid) { store, batch in
            used = store
            return try dropping(Succession(of: batch, dropping: what, product), what, batch, store)
        }
        if let used { clearLog(of: used) }
        return outcome
    }

    private func dropping(
        _ succession: Succession, _ what: ReviewDrop, _ batch: SealedBatch, _ store: Store
    ) throws -> ReviewOutcome {
        let uid = batch.uid
        try mark(uid, .void, answer: "replaced in review", in: store)
        try store.takeBackLosses(of: batch)
        try succession.deleteEvents(in: store, sealer)
        try store.empty(batch.row)
        let dropped = Int64(succession.dropped.count)
        try store.addLoss(.droppedInReview, dropped)
        let ledger = ledger(of: store)
        try ledger.append(.reviewed(uid, dropped: what.words, events: dropped))
        try ledger.noteLosses()
        guard !succession.kept.isEmpty else {
            try ledger.append(.batch(.batchVoided, uid))
            return ReviewOutcome(dropped: dropped, successor: nil)
        }
        let successor = try succession.seal(in: store, sealer)
        try ledger.append(.succeeded(uid, by: successor.uid))
        try ledger.append(.sealed(successor))
        return ReviewOutcome(dropped: dropped, successor: successor)
    }

    /// What was dropped is then in no byte of the log either. A reader in the way, who is not
    /// waited for, or an error leaves that to the next checkpoint: the dropping is done.
    private func clearLog(of store: Store) {
        do {
            try store.database.execute("PRAGMA busy_timeout = 0")
            _ = try store.database.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        } catch {
            seams.logger.log(.warning, "dropped events stay in the store's log for now: \(error)")
        }
    }

    /// What can't be decided on, since nobody knows what it says.
    static let damaged = TelemetryError(
        .storage, "the sealed batch can't be read", hint: "withhold it instead")

    private var epochValue: SQLiteValue { .integer(Int64(gate.read().state.epoch ?? 0)) }

    private func reviewStore() throws -> Store? {
        let causes = causes(blocking: .sending)
        guard causes.isEmpty else {
            throw TelemetryError(
                .blocked,
                "nothing can be sent, so there is nothing to review: \(words.list(causes))",
                hint: "\(product.name) telemetry status tells what to do")
        }
        return try openStore()
    }

    /// Runs `body` as one step on a batch of which nothing has left. An upload that begins
    /// meanwhile comes wholly before or wholly after.
    private func reviewing<Result>(
        _ uid: String, _ body: (Store, SealedBatch) throws -> Result
    ) throws -> Result {
        let store = try reviewStore()
        if let store { try sealer.fit(store) }
        let result = try store?.database.transaction { () throws -> Result? in
            guard let store,
                let batch = try store.batches("uid = ? AND epoch = ?", [.text(uid), epochValue])
                    .first
            else { return nil }
            guard batch.state.isReviewable, !batch.isEmptied else {
                let state = batch.isEmptied ? "sealed anew" : "\(batch.state)"
                throw TelemetryError(
                    .blocked, "batch \(uid) can't be changed any more: it is \(state)",
                    hint: "\(product.name) telemetry review --list shows those that can")
            }
            return try body(store, batch)
        }
        guard let result else {
            throw TelemetryError(
                .blocked, "there is no batch \(uid)",
                hint: "\(product.name) telemetry review --list shows those that can be reviewed")
        }
        return result
    }

    private func mark(
        _ uid: String, _ state: SealedBatch.State, answer: String? = nil, in store: Store
    ) throws(SQLiteError) {
        let change = state == .void ? Store.voiding : "state = '\(state.rawValue)'"
        try store.database.run(
            "UPDATE batches SET \(change), answer = ? WHERE uid = ?",
            [answer.map { .text($0) } ?? .null, .text(uid)])
    }
}

extension Sealer {
    /// Seals what waits, up to as many batches as are shown at once.
    func sealAll(in store: Store) throws {
        for _ in 0..<TelemetryControl.reviewBatchesMax {
            guard try seal(from: store) != nil else { break }
        }
    }

    /// Where review is asked for: what was sealed before that, or is sealed and not released, is
    /// held.
    func holdUnreleased(in store: Store) throws(SQLiteError) {
        guard config.uploadReview == .manual else { return }
        try store.database.run("UPDATE batches SET state = 'held' WHERE state = 'sealed'")
    }

    /// How many events of today's consent a person must release first: those of held batches,
    /// and where review is asked for those that are not sealed yet or sealed and not released.
    func heldEvents(in store: Store) throws -> Int64 {
        let isManual = config.uploadReview == .manual
        let states = isManual ? "('held', 'sealed')" : "('held')"
        let epoch = SQLiteValue.integer(Int64(gate.read().state.epoch ?? 0))
        let batched = try store.database.integer(
            "SELECT coalesce(sum(events), 0) FROM batches WHERE state IN \(states) AND epoch = ?",
            [epoch])
        guard isManual else { return batched ?? 0 }
        return try (batched ?? 0) + unsealedEvents(in: store)
    }
}
