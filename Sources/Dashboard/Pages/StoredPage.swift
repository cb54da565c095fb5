// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import HTTPServing
internal import JSON
internal import Telemetry

/// What is stored, how much room it takes, what was lost, and the events themselves.
struct StoredPage {
    private let status: TelemetryStatus
    private let config: TelemetryModuleConfig
    private let page: EventPage
    private let type: String?
    private let types: [String]

    init(_ visit: Visit) throws {
        let control = visit.control
        types = control.declaredEvents.map(\.name)
        type = visit.request.queryValue("type").flatMap { [types] in types.contains($0) ? $0 : nil }
        status = try visit.status()
        config = control.configuration
        guard status.storeProblem == nil else {
            page = .empty
            return
        }
        page = try control.events(
            before: visit.number("before"), named: type, limit: DashboardLimits.eventsPerPage)
    }

    var response: HTTPResponse {
        PageFrame(title: "Stored", path: "/stored", content: content).response
    }

    private var content: HTML {
        .join([
            Markup.facts(facts), problem, "<h2>Lost</h2>", losses, "<h2>Events</h2>", filter,
            events, Markup.next(next, "Older events"),
        ])
    }

    private var facts: [(String, HTML)] {
        [
            ("stored", "\(Markup.number(status.recorded)) events"),
            ("waiting to be sent", "\(Markup.number(status.waiting))"),
            ("held for review", "\(Markup.number(status.held))"),
            ("kept here only", "\(Markup.number(status.keptHere))"),
            ("cut off on their way", "\(Markup.number(status.cutOff))"),
            ("sent so far", "\(Markup.number(status.uploaded))"),
            ("dropped by you in review", "\(Markup.number(status.dropped))"),
            (
                "room taken",
                "\(storageBytes) of \(Markup.bytes(config.storageBytesMax))"
            ),
            ("kept for", "\(config.storageRetentionDays) days"),
            ("where", "<code>\(status.storagePath)</code>"),
        ]
    }

    private var storageBytes: String {
        status.storageBytes.map(Markup.bytes) ?? "an unknown part"
    }

    private var problem: HTML {
        status.storeProblem.map {
            "<p class=\"alarm\" role=\"alert\">The store can't be read now: \($0)</p>"
        } ?? ""
    }

    private var losses: HTML {
        let losses = status.losses
        guard !losses.isEmpty else { return "<p>Nothing was lost.</p>" }
        return HTMLTable(
            caption: "Events that were lost, by reason", columns: ["Reason", "Events"],
            rows: losses.map {
                [.text(Markup.capitalised($0.words)), .quantity(Markup.number($0.count))]
            }
        ).html
    }

    private var filter: HTML {
        let links = types.map { name -> HTML in
            name == type
                ? "<strong>\(name)</strong>" : "<a href=\"/stored?type=\(name)\">\(name)</a>"
        }
        let all: HTML = type == nil ? "<strong>all</strong>" : "<a href=\"/stored\">all</a>"
        return "<p>Show \(HTML.join([all] + links))</p>"
    }

    private var events: HTML {
        guard !page.events.isEmpty else { return "<p>None.</p>" }
        return HTMLTable(
            caption: "Stored events, the newest first (UTC)",
            columns: ["Time", "Event", "Properties"],
            rows: page.events.map { event in
                [
                    .fixed(Markup.time(event.time)), .text(event.name),
                    .text(event.properties.map(Self.words).joined(separator: ", ")),
                ]
            }
        ).html
    }

    private static func words(_ property: StoredEvent.Property) -> String {
        let value = property.value.json
        return "\(property.name) \(value.stringValue ?? value.serialized(.compact))"
    }

    private var next: String? {
        page.next.map { "/stored?before=\($0)" + (type.map { "&type=\($0)" } ?? "") }
    }
}
