// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import OTLP
import SQLite

/// The making of a batch that takes another one's place, with fewer events.
struct Succession {
    private let product: Product
    private let batch: SealedBatch
    private let request: ExportLogsRequest
    /// The records that go on, in their order.
    let kept: [LogRecord]
    /// The records that a person dropped.
    let dropped: [LogRecord]

    /// Throws if the batch holds nothing of the kind, or can't be read.
    init(
        of batch: SealedBatch, dropping what: ReviewDrop, _ product: Product
    ) throws(TelemetryError) {
        guard batch.isWhole, let request = batch.request else { throw TelemetryControl.damaged }
        let records = request.resourceLogs.flatMap(\.scopeLogs).flatMap(\.logRecords)
        let isDropped: (Int) -> Bool =
            switch what {
            case .events(let numbers): { numbers.contains($0 + 1) }
            case .type(let name): { records[$0].eventName == name }
            }
        self.product = product
        self.batch = batch
        self.request = request
        kept = records.indices.filter { !isDropped($0) }.map { records[$0] }
        dropped = records.indices.filter(isDropped).map { records[$0] }
        let isWhole =
            if case .events(let numbers) = what { dropped.count == numbers.count } else { true }
        guard !dropped.isEmpty, isWhole else {
            throw TelemetryError(
                .blocked, "batch \(batch.uid) holds no such event",
                hint: "\(product.name) telemetry review --batch \(batch.uid) shows what it holds")
        }
    }

    /// Deletes the rows from which the dropped records were made. Rows that became the same record
    /// can't be told apart, and need not be. Throws where a record's row is not there any more.
    func deleteEvents(in store: Store, _ sealer: Sealer) throws {
        var rows = try store.events(where: "batch = ?", [.integer(batch.row)]).map { row in
            (row: row.row, forms: sealer.forms(of: row.event))
        }
        for record in dropped {
            // What was withheld when the batch was sealed is in the row, and not in the record.
            func place(withholding: Bool) -> Int? {
                rows.firstIndex { row in
                    row.forms.contains { Self.says($0, record, withholding: withholding) }
                }
            }
            guard let place = place(withholding: false) ?? place(withholding: true) else {
                throw unknown(record)
            }
            let row = rows.remove(at: place).row
            try store.database.run("DELETE FROM events WHERE id = ?", [.integer(row)])
        }
    }

    /// Whether a form of an event says what a record says, but for what says which one it is; all
    /// of it, or with something withheld.
    private static func says(
        _ form: LogRecord, _ record: LogRecord, withholding: Bool
    ) -> Bool {
        var (form, record) = (form, record)
        record.attributes.removeAll { $0.key == BatchRequest.uidKey }
        form.attributes.removeAll { attribute in
            attribute.key == BatchRequest.uidKey
                || (withholding && !record.attributes.contains { $0.key == attribute.key })
        }
        return form == record
    }

    private func unknown(_ record: LogRecord) -> TelemetryError {
        TelemetryError(
            .storage, "what was recorded of a dropped \(record.eventName) is not to be found",
            hint: "withhold the batch: \(product.name) telemetry review --batch \(batch.uid) "
                + "--withhold")
    }

    /// Seals the rest under a new identifier. It waits for a person again if the first one did.
    func seal(in store: Store, _ sealer: Sealer) throws -> SealedBatch {
        let uid = sealer.newUID()
        let origin = try store.database.rows(
            "SELECT epoch, installation_id FROM batches WHERE id = ?", [.integer(batch.row)]
        ) { (UInt32(truncatingIfNeeded: $0.integer(0)), $0.text(1)) }.first
        guard let (epoch, installationID) = origin else { throw SQLiteError.damage }
        let losses = try sealer.unreportedLosses(store)
        let draft = BatchDraft(
            uid: uid, epoch: epoch, installationID: installationID, url: batch.url,
            coding: ContentCoding(rawValue: batch.contentCoding) ?? .gzip,
            bytes: renewed(uid, losses: losses).encoded(),
            events: Int64(kept.count), state: batch.state == .sealed ? .sealed : .held)
        let successor = try sealer.insert(draft, store)
        try store.database.run(
            "UPDATE events SET batch = ? WHERE batch = ?",
            [.integer(successor.row), .integer(batch.row)])
        try sealer.markReported(losses, store)
        return successor
    }

    private func renewed(
        _ uid: String, losses: [(reason: String, count: Int64)]
    ) -> ExportLogsRequest {
        var request = request
        guard !request.resourceLogs.isEmpty, !request.resourceLogs[0].scopeLogs.isEmpty else {
            return request
        }
        request.resourceLogs[0].scopeLogs[0].logRecords = kept.enumerated().map { index, record in
            var record = record
            for place in record.attributes.indices
            where record.attributes[place].key == BatchRequest.uidKey {
                record.attributes[place].value = .string(BatchRequest.uid(uid, index))
            }
            return record
        }
        request.resourceLogs[0].resource.attributes = BatchRequest.replacingLosses(
            in: request.resourceLogs[0].resource.attributes, by: losses)
        return request
    }
}

extension Sealer {
    /// The records that an event can have become: coarse, or exact.
    fileprivate func forms(of event: StoredEvent) -> [LogRecord] {
        let builder = BatchRequest(
            product: product, catalogue: catalogue, installationID: "", erasureKeyHash: nil,
            losses: [])
        let coarse = catalogue.event(named: event.name)
            .map { Generalisation.generalise(event, $0) }
        return [coarse, Generalisation.exact(event)].compactMap { $0 }
            .map { builder.record($0, uid: "") }
    }

}

extension BatchRequest {
    private static let lossPrefix = "telemetry.lost."

    /// The losses that a request tells of.
    static func losses(told request: ExportLogsRequest?) -> [(reason: String, count: Int64)] {
        (request?.resourceLogs.first?.resource.attributes ?? []).compactMap { attribute in
            guard attribute.key.hasPrefix(lossPrefix), case .int(let count) = attribute.value
            else { return nil }
            return (String(attribute.key.dropFirst(lossPrefix.count)), count)
        }
    }

    /// The attributes with other losses in place of those that they tell of.
    static func replacingLosses(
        in attributes: [KeyValue], by losses: [(reason: String, count: Int64)]
    ) -> [KeyValue] {
        attributes.filter { !$0.key.hasPrefix(lossPrefix) }
            + losses.map { KeyValue(key: lossPrefix + $0.reason, value: .int($0.count)) }
    }
}
