// SPDX-License-Identifier: Apache-2.0

public import JSON
import OTLP

extension TelemetryControl {
    /// The most events in one line of an export.
    static let exportLineEvents = 1000

    /// The recorded events that a filter lets through, as OTLP JSON lines: each line one request of
    /// logs, as OpenTelemetry's file exporter writes them.
    ///
    /// Exact, as they were recorded, and without the installation identifier: for the person's own
    /// use. What leaves is what `preview` shows.
    public func export(matching filter: EventFilter) throws -> [JSONValue] {
        let events = try events(matching: filter)
        let builder = BatchRequest(
            product: product, catalogue: catalogue, installationID: "", erasureKeyHash: nil,
            losses: [])
        return stride(from: 0, to: events.count, by: Self.exportLineEvents).map { start in
            let line = Array(events[start..<min(start + Self.exportLineEvents, events.count)])
            var request = builder.build(line, batchID: "")
            request.resourceLogs[0].resource.attributes.removeAll {
                $0.key == BatchRequest.installationKey
            }
            for index in request.resourceLogs[0].scopeLogs[0].logRecords.indices {
                request.resourceLogs[0].scopeLogs[0].logRecords[index].attributes.removeAll {
                    $0.key == BatchRequest.uidKey
                }
            }
            return request.json()
        }
    }
}
