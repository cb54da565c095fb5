// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import OTLP

/// Builds the OTLP request of a batch: what the installation is, then its events.
struct BatchRequest {
    /// OpenTelemetry's INFO and ERROR.
    private static let severityInfo: Int32 = 9
    private static let severityError: Int32 = 17
    /// The attribute that tells a record from all others, and a resend from a new one.
    static let uidKey = "log.record.uid"

    /// The attribute that tells an installation from all others.
    static let installationKey = "app.installation.id"

    let product: Product
    let catalogue: Catalogue
    let installationID: String
    /// The SHA-256 of the erasure secret; nil where erasures have no place to go.
    let erasureKeyHash: String?
    /// Losses since the batch before.
    let losses: [(reason: String, count: Int64)]

    /// The request for events in their final form and order.
    func build(_ events: [StoredEvent], batchID: String) -> ExportLogsRequest {
        let records = events.enumerated().map { index, event in
            record(event, uid: Self.uid(batchID, index))
        }
        let scope = ScopeLogs(
            scope: InstrumentationScope(name: "telemetry", version: product.version),
            logRecords: records)
        return ExportLogsRequest(
            resourceLogs: [
                ResourceLogs(resource: Resource(attributes: resource), scopeLogs: [scope])
            ])
    }

    /// Nothing else about the machine or the person is ever said.
    private var resource: [KeyValue] {
        var attributes = [
            KeyValue(key: "service.name", value: .string(product.name)),
            KeyValue(key: "service.version", value: .string(product.version)),
            KeyValue(key: Self.installationKey, value: .string(installationID)),
            KeyValue(key: "telemetry.catalogue.digest", value: .string(catalogue.digest)),
        ]
        attributes += losses.map {
            KeyValue(key: "telemetry.lost.\($0.reason)", value: .int($0.count))
        }
        if let erasureKeyHash {
            attributes.append(
                KeyValue(key: "telemetry.erasure_key_sha256", value: .string(erasureKeyHash)))
        }
        return attributes
    }

    /// The identifier of the record at a place of a batch.
    static func uid(_ batchID: String, _ index: Int) -> String { "\(batchID)-\(index)" }

    /// The record of an event in its final form.
    func record(_ event: StoredEvent, uid: String) -> LogRecord {
        let isError = catalogue.event(named: event.name)?.isError ?? false
        let time = UInt64(max(0, event.time.nanoseconds))
        var record = LogRecord()
        record.timeUnixNano = time
        record.observedTimeUnixNano = time
        record.severityNumber = isError ? Self.severityError : Self.severityInfo
        record.eventName = event.name
        record.attributes =
            [KeyValue(key: Self.uidKey, value: .string(uid))]
            + event.properties.map { KeyValue(key: $0.name, value: Self.value($0.value)) }
        return record
    }

    private static func value(_ value: PropertyValue) -> AnyValue {
        switch value {
        case .string(let text): .string(text)
        case .integer(let number): .int(number)
        case .double(let number): .double(number)
        case .boolean(let flag): .bool(flag)
        }
    }
}
