// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import Hashing
import Modules
import OTLP
import SQLite

/// Turns waiting events into a sealed batch.
struct Sealer {
    let product: Product
    let catalogue: Catalogue
    let config: TelemetryModuleConfig
    let gate: GateReader

    /// What a batch is sealed by: the yes that stands, and what leaves under it.
    struct Ground {
        let record: ConsentRecord
        let installationID: String
        let url: Endpoint
        let plans: EventPlans
    }

    /// What may be sealed now, within a transaction; nil where sending is blocked.
    func ground(_ store: Store) throws -> Ground? {
        let (facts, state) = gate.read()
        guard Gate.causes(blocking: .sending, facts).isEmpty, let record = state.record,
            let installationID = record.installationID, let url = config.uploadEndpoint
        else { return nil }
        let plans = EventPlans(
            catalogue, Permit(current: gate.terms, agreed: record.terms),
            names: try store.namesByNumber())
        return Ground(record: record, installationID: installationID, url: url, plans: plans)
    }

    /// Seals the oldest waiting events of today's consent; nil if none wait or sending is blocked.
    ///
    /// Throws `SQLiteError.damage` where rows don't become what they were made: each step must do
    /// what it is for, or it would be done for ever, or what is sealed be sealed once more.
    func seal(from store: Store) throws -> SealedBatch? {
        try store.database.transaction {
            guard let ground = try ground(store) else { return nil }
            try fitForm(store)
            let state: SealedBatch.State = config.uploadReview == .manual ? .held : .sealed
            let epoch = ground.record.epoch
            var progress = RowProgress()
            while true {
                let waiting = try permitted(store, epoch, ground.plans)
                guard let rows = try progress.reaches(waiting) else { return nil }
                // Where none of them could be read the next may be.
                guard let batch = try seal(waiting, as: state, ground, store) else { continue }
                // These are all waiting rows of the epoch in this range, and no others.
                try store.database.run(
                    "UPDATE events SET batch = ? WHERE epoch = ? AND batch IS NULL "
                        + "AND id BETWEEN ? AND ?",
                    [
                        .integer(batch.row), .integer(Int64(epoch)),
                        .integer(rows.lowerBound), .integer(rows.upperBound),
                    ])
                guard store.database.changes == batch.events else { throw SQLiteError.damage }
                return batch
            }
        }
    }

    /// Makes rows the bytes of a batch, within a transaction; that they are in it is for the caller
    /// to note. Those that can't be read are deleted and counted; nil if none is left.
    func seal(
        _ rows: [WaitingRow], as state: SealedBatch.State, _ ground: Ground, _ store: Store
    ) throws -> SealedBatch? {
        let uid = newUID()
        let records = try encode(rows, ground.plans, uid, store)
        guard records.count > 0 else { return nil }
        let losses = try unreportedLosses(store)
        let builder = BatchRequest(
            product: product, catalogue: catalogue, installationID: ground.installationID,
            erasureKeyHash: erasureKeyHash(ground.record), losses: losses)
        let draft = BatchDraft(
            uid: uid, epoch: ground.record.epoch, installationID: ground.installationID,
            url: ground.url.description,
            coding: ContentCoding(rawValue: config.compression) ?? .gzip,
            bytes: builder.encoded(records), events: Int64(records.count), state: state)
        let batch = try insert(draft, store)
        try markReported(losses, store)
        try ledger(of: store).noteLosses()
        try ledger(of: store).append(.sealed(batch))
        return batch
    }

    func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, seams: gate.seams)
    }

    /// A batch's new identifier.
    func newUID() -> String { BatchID.make(day: gate.seams.clock.now().day, gate.seams.random) }

    /// The oldest batch of today's consent in one of `states`; those of an earlier one never leave.
    func unsent(_ states: String, in store: Store) throws -> SealedBatch? {
        guard let epoch = gate.read().state.epoch else { return nil }
        return try store.batches(
            "state IN (\(states)) AND NOT (\(Store.isEmptied)) AND epoch = ?",
            [.integer(Int64(epoch))]
        ).first
    }

    /// How many events are in no batch yet, and today's consent and configuration still cover.
    func unsealedEvents(in store: Store) throws -> Int64 {
        let state = gate.read().state
        guard let epoch = state.epoch, let record = state.record else { return 0 }
        let plans = EventPlans(
            catalogue, Permit(current: gate.terms, agreed: record.terms),
            names: try store.namesByNumber())
        let types = try store.database.rows(
            """
            SELECT name, count(*) FROM events WHERE batch IS NULL AND epoch = ? GROUP BY name
            """, [.integer(Int64(epoch))]
        ) { (name: UInt64(bitPattern: $0.integer(0)), count: $0.integer(1)) }
        return types.filter { plans.covers($0.name) }.map(\.count).reduce(0, +)
    }

    /// The oldest waiting events that today's consent and configuration still cover, in the order
    /// of their rows. Others are moved to no epoch at all: they are seen, and never sent.
    private func permitted(
        _ store: Store, _ epoch: UInt32, _ plans: EventPlans
    ) throws -> [WaitingRow] {
        var progress = RowProgress()
        while true {
            let waiting = try store.waitingRows(epoch: epoch, limit: config.maxEventsPerBatch)
            let refused = waiting.filter { !plans.covers($0.name) }
            guard try progress.reaches(refused) != nil else { return waiting }
            for row in refused {
                try store.database.run(
                    "UPDATE events SET epoch = 0 WHERE id = ?", [.integer(row.row)])
            }
        }
    }

    /// The records as they leave: coarse and shuffled, if that was agreed to. Rows that can't be
    /// read are deleted and counted.
    private func encode(
        _ waiting: [WaitingRow], _ plans: EventPlans, _ uid: String, _ store: Store
    ) throws -> RecordEncoder {
        var encoder = RecordEncoder(
            plans, batchID: uid, isCoarse: config.anonymizeData, capacity: waiting.count)
        for place in order(of: waiting) where !encoder.add(waiting[place]) {
            try store.database.run(
                "DELETE FROM events WHERE id = ?", [.integer(waiting[place].row)])
            try store.addLoss(.damaged, 1)
        }
        return encoder
    }

    /// The places of rows in the order in which they leave: shuffled, if that was agreed to.
    func order(of waiting: [WaitingRow]) -> [Int] {
        config.anonymizeData ? shuffled(waiting.count) : Array(waiting.indices)
    }

    /// The numbers below `count` in an order in which every one is as likely (Fisher and Yates).
    private func shuffled(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        // All chance at once: one system call for the batch instead of one for each event.
        let chance = gate.seams.random.bytes(8 * count)
        for index in order.indices.dropLast() {
            let draw = chance[8 * index..<8 * index + 8].reduce(0) { $0 << 8 | UInt64($1) }
            // The high word of the product: uniform but for one part in 2^50.
            let rest = UInt64(count - index).multipliedFullWidth(by: draw).high
            order.swapAt(index, index + Int(rest))
        }
        return order
    }

    func erasureKeyHash(_ record: ConsentRecord) -> String? {
        guard config.erasureEndpoint != nil, let secret = record.erasureSecret else { return nil }
        return Hex.encode(SHA256.hash(Array(secret.utf8)))
    }

    /// Losses that no batch has told of, each cut to a power of two if that was agreed to; the rest
    /// of a count is left for the next batch, so that sums come out right in the end. What a no
    /// dropped is told to nobody.
    func unreportedLosses(_ store: Store) throws -> [(reason: String, count: Int64)] {
        try store.database.rows(
            """
            SELECT reason, count - reported FROM losses
            WHERE count > reported AND reason <> ? ORDER BY reason
            """, [.text(LossReason.neverTold.rawValue)]
        ) { row in
            let count = row.integer(1)
            return (row.text(0), config.anonymizeData ? Generalisation.coarseLoss(count) : count)
        }
    }

    /// Notes what a batch tells of.
    func markReported(_ losses: [(reason: String, count: Int64)], _ store: Store) throws {
        for (reason, count) in losses {
            try store.database.run(
                "UPDATE losses SET reported = reported + ? WHERE reason = ?",
                [.integer(count), .text(reason)])
        }
    }

    /// Compresses the bytes of a batch, keeps them, and reads back what is kept.
    func insert(_ draft: BatchDraft, _ store: Store) throws -> SealedBatch {
        let body = try compress(draft.bytes, as: draft.coding)
        try store.database.run(
            """
            INSERT INTO batches(
                uid, epoch, installation_id, url, content_coding, body, sha256, events, state,
                sealed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(draft.uid), .integer(Int64(draft.epoch)), .text(draft.installationID),
                .text(draft.url), .text(draft.coding.rawValue), .blob(body),
                .text(Hex.encode(SHA256.hash(body))), .integer(draft.events),
                .text(draft.state.rawValue), .integer(gate.seams.clock.now().nanoseconds),
            ])
        guard let batch = try store.batch(store.database.lastInsertedRow) else {
            throw SQLiteError.damage
        }
        return batch
    }
}

/// A batch that is about to be kept.
struct BatchDraft {
    let uid: String
    let epoch: UInt32
    let installationID: String
    let url: String
    let coding: ContentCoding
    /// The request before compression.
    let bytes: [UInt8]
    let events: Int64
    let state: SealedBatch.State
}
