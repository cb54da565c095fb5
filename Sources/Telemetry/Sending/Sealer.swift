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
            let uid = BatchID.make(day: gate.seams.clock.now().day, gate.seams.random)
            let builder = BatchRequest(
                product: product, catalogue: catalogue, installationID: installationID,
                erasureKeyHash: erasureKeyHash(record), losses: try unreportedLosses(store))
            let events = final(waiting.map(\.event))
            let bytes = builder.build(events, batchID: uid).encoded()
            let row = try insert(
                bytes, uid, url.description, events.count, record.epoch, installationID, store)
            try assign(waiting.map(\.row), to: row, store)
            try store.database.execute("UPDATE losses SET reported = count")
            let batch = try store.batch(row)
            let ledger = Ledger(database: store.database, clock: gate.seams.clock)
            try ledger.noteLosses()
            if let batch { try ledger.append(.sealed(batch)) }
            return batch
        }
    }

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

    private func unreportedLosses(_ store: Store) throws -> [(reason: String, count: Int64)] {
        try store.database.rows(
            "SELECT reason, count - reported FROM losses WHERE count > reported ORDER BY reason"
        ) { ($0.text(0), $0.integer(1)) }
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

    private func insert(
        _ bytes: [UInt8], _ uid: String, _ url: String, _ events: Int, _ epoch: UInt32,
        _ installationID: String, _ store: Store
    ) throws -> Int64 {
        let coding = ContentCoding(rawValue: config.compression) ?? .gzip
        let body = try compress(bytes, as: coding)
        let state: SealedBatch.State = config.uploadReview == .manual ? .held : .sealed
        try store.database.run(
            """
            INSERT INTO batches(
                uid, epoch, installation_id, url, content_coding, body, sha256, events, state,
                sealed_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(uid), .integer(Int64(epoch)), .text(installationID), .text(url),
                .text(coding.rawValue), .blob(body), .text(Hex.encode(SHA256.hash(body))),
                .integer(Int64(events)), .text(state.rawValue),
                .integer(gate.seams.clock.now().nanoseconds),
            ])
        return store.database.lastInsertedRow
    }

    private func assign(_ rows: [Int64], to batch: Int64, _ store: Store) throws {
        let statement = try store.database.prepare("UPDATE events SET batch = ? WHERE id = ?")
        for row in rows { try statement.run([.integer(batch), .integer(row)]) }
    }
}

extension Store {
    private static let batchColumns =
        "id, uid, url, content_coding, body, sha256, events, state, attempts"

    /// The batch with this row number.
    func batch(_ row: Int64) throws -> SealedBatch? {
        try batches("id = ?", [.integer(row)]).first
    }

    /// The batches that a condition selects, oldest first.
    func batches(_ condition: String, _ values: [SQLiteValue]) throws -> [SealedBatch] {
        let sql = "SELECT \(Self.batchColumns) FROM batches WHERE \(condition) ORDER BY id LIMIT 1"
        return try database.rows(sql, values) { row in
            SealedBatch(
                row: row.integer(0), uid: row.text(1), url: row.text(2),
                contentCoding: row.text(3), body: row.blob(4), sha256: row.text(5),
                events: row.integer(6), state: SealedBatch.State(rawValue: row.text(7)) ?? .void,
                attempts: row.integer(8))
        }
    }
}
