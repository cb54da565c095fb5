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

    /// Seals the oldest waiting events of today's consent; nil if none wait or sending is blocked.
    func seal(from store: Store) throws -> SealedBatch? {
        try store.database.transaction {
            let (facts, state) = gate.read()
            guard Gate.causes(blocking: .sending, facts).isEmpty, let record = state.record,
                let installationID = record.installationID, let url = config.uploadEndpoint
            else { return nil }
            let waiting = try permitted(store, record)
            guard !waiting.isEmpty else { return nil }
            let uid = newUID()
            let losses = try unreportedLosses(store)
            let builder = BatchRequest(
                product: product, catalogue: catalogue, installationID: installationID,
                erasureKeyHash: erasureKeyHash(record), losses: losses)
            let events = final(waiting.map(\.event))
            let draft = BatchDraft(
                uid: uid, epoch: record.epoch, installationID: installationID,
                url: url.description, coding: ContentCoding(rawValue: config.compression) ?? .gzip,
                bytes: builder.build(events, batchID: uid).encoded(), events: Int64(events.count),
                state: config.uploadReview == .manual ? .held : .sealed)
            let row = try insert(draft, store)
            try assign(waiting.map(\.row), to: row, store)
            try markReported(losses, store)
            let batch = try store.batch(row)
            try ledger(of: store).noteLosses()
            if let batch { try ledger(of: store).append(.sealed(batch)) }
            return batch
        }
    }

    func ledger(of store: Store) -> Ledger {
        Ledger(database: store.database, clock: gate.seams.clock)
    }

    /// A batch's new identifier.
    func newUID() -> String { BatchID.make(day: gate.seams.clock.now().day, gate.seams.random) }

    /// The oldest batch of today's consent in one of `states`; those of an earlier one never leave.
    func unsent(_ states: String, in store: Store) throws -> SealedBatch? {
        guard let epoch = gate.read().state.epoch else { return nil }
        return try store.batches(
            "state IN (\(states)) AND epoch = ?", [.integer(Int64(epoch))]
        ).first
    }

    /// The oldest waiting events that today's consent and configuration still cover. Others are
    /// moved to no epoch at all: they are seen, and never sent.
    private func permitted(
        _ store: Store, _ record: ConsentRecord
    ) throws -> [(row: Int64, event: StoredEvent)] {
        let permit = Permit(current: gate.terms, agreed: record.terms)
        while true {
            let waiting = try store.events(
                where: "epoch = ? AND batch IS NULL", [.integer(Int64(record.epoch))],
                limit: Int64(config.maxEventsPerBatch))
            let refused = waiting.filter { !permit.allows($0.event.name) }
            if refused.isEmpty { return waiting.map { ($0.row, permit.covered($0.event)) } }
            for (row, _) in refused {
                try store.database.run("UPDATE events SET epoch = 0 WHERE id = ?", [.integer(row)])
            }
        }
    }

    private func erasureKeyHash(_ record: ConsentRecord) -> String? {
        guard config.erasureEndpoint != nil, let secret = record.erasureSecret else { return nil }
        return Hex.encode(SHA256.hash(Array(secret.utf8)))
    }

    /// Losses that no batch has told of, each cut to a power of two if that was agreed to; the rest
    /// of a count is left for the next batch, so that sums come out right in the end.
    func unreportedLosses(_ store: Store) throws -> [(reason: String, count: Int64)] {
        try store.database.rows(
            "SELECT reason, count - reported FROM losses WHERE count > reported ORDER BY reason"
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

    /// The events as they leave: coarse and shuffled, if that was agreed to.
    func final(_ events: [StoredEvent]) -> [StoredEvent] {
        guard config.anonymizeData else { return events }
        var coarse = events.map { event in
            catalogue.event(named: event.name)
                .map { Generalisation.generalise(event, $0) } ?? event
        }
        for index in coarse.indices.dropLast() {
            let rest = UInt64(coarse.count - index)
            coarse.swapAt(index, index + Int(gate.seams.random.uniform(below: rest)))
        }
        return coarse
    }

    /// Compresses the bytes of a batch and keeps them; its row number.
    func insert(_ draft: BatchDraft, _ store: Store) throws -> Int64 {
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
        return store.database.lastInsertedRow
    }

    private func assign(_ rows: [Int64], to batch: Int64, _ store: Store) throws {
        let statement = try store.database.prepare("UPDATE events SET batch = ? WHERE id = ?")
        for row in rows { try statement.run([.integer(batch), .integer(row)]) }
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
