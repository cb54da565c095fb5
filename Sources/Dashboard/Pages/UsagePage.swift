// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import HTTPServing
internal import JSON
internal import Modules
internal import Telemetry

/// What the stored events amount to: how often, how long, which alerts, which errors, by day.
struct UsagePage {
    private static let daysDefault: Int32 = 30

    private let usage: Usage
    private let days: Int32
    private let isEnabled: Bool

    init(_ visit: Visit) throws {
        let asked = visit.number("days").flatMap { Int32(exactly: $0) }
        days =
            asked.flatMap { DashboardLimits.dayChoices.contains($0) ? $0 : nil }
            ?? Self.daysDefault
        usage = try visit.usage(days)
        isEnabled = visit.control.causes(blocking: .recording).isEmpty
    }

    var jsonResponse: HTTPResponse {
        HTTPResponse.json(.ok, JSONValue.object(usage.json).serialized(.compact) + "\n")
            .with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff")
    }

    var response: HTTPResponse {
        PageFrame(title: "Usage", path: "/", content: content).response
    }

    private var content: HTML {
        guard usage.total > 0 else { return .join([span, nothing]) }
        let chart = ColumnChart(
            title: "Events by day, \(usage.span.lowerBound) to \(usage.span.upperBound)",
            columns: usage.days.map { .init($0.day.description, Int($0.events)) })
        return .join(
            [
                span,
                """
                <p class="figure">\(Markup.number(usage.total))</p>
                <p>events of these days are stored here.</p>
                """, chart.html, dayTable,
            ] + usage.groups.map(section))
    }

    private var span: HTML {
        let links = DashboardLimits.dayChoices.map { choice -> HTML in
            choice == days
                ? "<strong>\(choice) days</strong>"
                : "<a href=\"/?days=\(choice)\">\(choice) days</a>"
        }
        return "<p>Show the last \(HTML.join(links))</p>"
    }

    private var nothing: HTML {
        isEnabled
            ? "<p>No event of these days is stored here yet.</p>"
            : """
            <p>No event of these days is stored here, and nothing is recorded now: see \
            <a href="/consent">what keeps it off</a>.</p>
            """
    }

    /// The days with events, the latest first.
    private var dayTable: HTML {
        let rows = usage.days.reversed().filter { $0.events > 0 }
        return """
            <details><summary>The same as numbers</summary>
            \(HTMLTable(
                caption: "Events by day (UTC)", columns: ["Day", "Events"],
                rows: rows.map {
                    [.fixed($0.day.description), .quantity(Markup.number($0.events))]
                }
            ).html)
            </details>
            """
    }

    private func section(_ group: Usage.Group) -> HTML {
        let shown = group.rows.prefix(DashboardLimits.usageRowsMax)
        let more = group.rows.count - shown.count
        let unit = group.rows.lazy.compactMap(\.durations?.unit).first
        let labels = group.labelNames.isEmpty ? ["event"] : group.labelNames
        var columns = labels.map(Self.heading) + ["Events"]
        if let unit {
            columns += ["Half within", "9 of 10 within"].map { "\($0) about (\(unit.suffix))" }
        }
        let rows = shown.map { row in cells(row, group, unit != nil) }
        let bars = shown.map {
            BarChart.Bar(
                $0.labels.isEmpty ? group.event.name : $0.labels.joined(separator: ", "),
                Int($0.count), words: Markup.number($0.count))
        }
        let rest: HTML = more > 0 ? "<p class=\"quiet\">and \(more) more kinds</p>" : ""
        return .join([
            "<h2>\(Self.title(group))</h2>",
            bars.count > 1
                ? BarChart(title: "\(Self.title(group)): events", bars: bars).html : "",
            HTMLTable(caption: group.event.purpose, columns: columns, rows: rows).html, rest,
        ])
    }

    private func cells(_ row: Usage.Row, _ group: Usage.Group, _ hasDurations: Bool)
        -> [HTMLTable.Cell]
    {
        let labels = row.labels.isEmpty ? [group.event.name] : row.labels
        var cells = labels.map { HTMLTable.Cell.text($0) }
        cells.append(.quantity(Markup.number(row.count)))
        guard hasDurations else { return cells }
        guard let durations = row.durations else { return cells + [.absent, .absent] }
        return cells
            + [durations.median, durations.ninetieth].map { .quantity(Markup.number($0)) }
    }

    private static func heading(_ name: String) -> String {
        if name == "os" { return "OS" }
        return Markup.capitalised(name.replacing("_", with: " "))
    }

    private static func title(_ group: Usage.Group) -> String {
        switch group.event.name {
        case "feature_usage": "Features"
        case "detection_run": "Detection runs"
        case "alert_generated": "Alerts"
        case "error": "Errors"
        case "app_start": "Starts"
        case "app_stop": "Ends"
        case "config_change": "Settings changed"
        case let name: heading(name)
        }
    }
}
