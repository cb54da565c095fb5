// SPDX-License-Identifier: Apache-2.0

public import Catalogue
public import JSON
import Modules
import OTLP

/// What `telemetry preview` shows.
public enum Preview: Sendable {
    /// The next request, byte for byte.
    case sealed(SealedBatch, headers: [(name: String, value: String)])
    /// Nothing can leave now; the request that is the next one once it can, byte for byte, since it
    /// was sealed before, waits to be released, or is on its way.
    case blocked(SealedBatch, headers: [(name: String, value: String)], because: [Cause])
    /// Nothing can be sealed now; the events that wait, in the form in which they would leave.
    case unsealed(JSONValue, because: [Cause])
    /// Nothing can be sealed now, and nothing waits; a request of invented events shows the form.
    case sample(JSONValue, because: [Cause])
    /// Sending is allowed, and nothing waits.
    case empty
}

extension TelemetryControl {
    /// The recorded events, oldest first, all of them or those of one type.
    ///
    /// Throws a `TelemetryError` where the folder can't be used, a `SystemError` or `SQLiteError`
    /// where a file or the store can't.
    public func events(named name: String? = nil) throws -> [StoredEvent] {
        try events(matching: EventFilter(type: name))
    }

    /// The next request as it would leave: that of the next upload, or where a person has to
    /// release one first the oldest of those. Where sending is allowed, the waiting events are
    /// sealed for it, and the upload sends those same bytes, unless the configuration changes
    /// before. Elsewhere looking changes nothing. How many events wait beside those that are shown,
    /// the status tells.
    public func preview() throws -> Preview {
        let causes = causes(blocking: .sending)
        guard causes.isEmpty else { return try preview(because: causes) }
        guard let store = try openStore() else { return .empty }
        try sealer.fitToShow(store)
        let next =
            try sealer.unsent(Outbox.ready, in: store) ?? sealer.unsent("'held'", in: store)
        guard let batch = try next ?? sealer.seal(from: store) else { return .empty }
        return .sealed(batch, headers: batch.headers(userAgent: product.userAgent))
    }

    /// What is shown while causes block sending.
    private func preview(because causes: [Cause]) throws -> Preview {
        let store = try openStore()
        if let batch = try store.flatMap({ try sealer.sealedBefore(in: $0) }) {
            let headers = batch.headers(userAgent: product.userAgent)
            return .blocked(batch, headers: headers, because: causes)
        }
        let draft = try store.flatMap { try sealer.draft(from: $0) }
        return draft.map { .unsealed(Self.marked($0), because: causes) }
            ?? .sample(Self.marked(sample), because: causes)
    }

    /// The request, marked as one that was not sealed.
    private static func marked(_ request: ExportLogsRequest) -> JSONValue {
        guard var object = request.json().objectValue else { return .null }
        object["sealed"] = false
        return .object(object)
    }

    /// One invented event of each declared type, in the form of an upload.
    private var sample: ExportLogsRequest {
        let today = seams.clock.now().day.start
        let events = catalogue.events.map { event in
            StoredEvent(
                epoch: 0, time: today, name: event.name,
                properties: event.properties.map {
                    StoredEvent.Property($0.name, $0.kind.sample)
                })
        }
        let builder = BatchRequest(
            product: product, catalogue: catalogue,
            installationID: "00000000-0000-4000-8000-000000000000", erasureKeyHash: nil, losses: [])
        return builder.build(events, batchID: Sealer.noBatchID)
    }
}

extension PropertyKind {
    /// A value that the kind admits.
    fileprivate var sample: PropertyValue {
        switch self {
        case .choice(let words): .string(words.first ?? PropertyKind.other)
        case .identifier: "Example"
        case .count: 1
        case .duration: 8
        case .version: "1.0"
        case .bool: true
        }
    }
}

extension StoredEvent {
    /// The event as `telemetry show` prints it.
    public var json: JSONObject {
        [
            "event_type": .string(name), "timestamp": .string(time.rfc3339),
            "properties": .object(
                JSONObject(properties.map { ($0.name, $0.value.json) })),
        ]
    }
}

extension PropertyValue {
    /// The value as JSON.
    public var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .double(let number): .double(number)
        case .boolean(let flag): .bool(flag)
        }
    }
}
