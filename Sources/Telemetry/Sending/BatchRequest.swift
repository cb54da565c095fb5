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
        let scope = ScopeLogs(scope: scope, logRecords: records)
        return ExportLogsRequest(resourceLogs: [
            ResourceLogs(resource: resource, scopeLogs: [scope])
        ])
    }

    /// The bytes of a request around records that are encoded already.
    func encoded(_ records: RecordEncoder) -> [UInt8] {
        ExportLogsRequest.encoded(resource: resource, scope: scope, records: records.bytes)
    }

    private var scope: InstrumentationScope {
        InstrumentationScope(name: "telemetry", version: product.sentVersion ?? "")
    }

    /// The severity of an event: ERROR if it tells of a failure, else INFO.
    static func severity(of event: EventDefinition?) -> Int32 {
        event?.isError == true ? severityError : severityInfo
    }

    /// Nothing else about the machine or the person is ever said.
    private var resource: Resource {
        var attributes = [
            KeyValue(key: "service.name", value: .string(product.name))
        ]
        if let version = product.sentVersion {
            attributes.append(KeyValue(key: "service.version", value: .string(version)))
        }
        attributes += [
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
        return Resource(attributes: attributes)
    }

    /// The identifier of the record at a place of a batch.
    static func uid(_ batchID: String, _ index: Int) -> String { "\(batchID)-\(index)" }

    /// The record of an event in its final form.
    func record(_ event: StoredEvent, uid: String) -> LogRecord {
        let time = UInt64(max(0, event.time.nanoseconds))
        var record = LogRecord()
        record.timeUnixNano = time
        record.observedTimeUnixNano = time
        record.severityNumber = Self.severity(of: catalogue.event(named: event.name))
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
