// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

extension Command {
    /// `telemetry stats`: what the stored events amount to.
    static let stats = Command(
        "stats", summary: "Sum up the recorded events: features, runs, alerts, errors, by day",
        discussion: ["Counts what is stored here; nothing leaves. The dashboard shows the same."],
        flags: [.days],
        examples: [.init("arpguard telemetry stats --days 7", "Sum up the last week")],
        json: [
            .init("from", "The first day, in UTC"), .init("to", "The last day"),
            .init("events", "How many events these days have"),
            .init("days[].day", "A day that has events"),
            .init("days[].events", "How many it has"),
            .init("types.*.events", "How many events of this type"),
            .init("types.*.rows[].events", "How many events with these words"),
            .init(
                "types.*.rows[].*",
                "The words that tell a row from others; median and p90, each to a sixteenth"),
        ]
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let days = invocation.command.integer(.days).map { Int32(clamping: $0) } ?? 30
        var index = UsageIndex()
        let usage = try telling { try setup.control().usage(&index, days: days) }
        invocation.output.render(.stats(usage))
        if usage.total == 0 {
            invocation.diagnostics.notice("no events of these days are stored in this home")
        }
        return .success
    }

    /// `telemetry dashboard` is done by the helper that has the server.
    static let dashboard = Command.dashboard("dashboard") { invocation throws(CommandFailure) in
        let command = invocation.command
        let home = try ProgramContext(invocation).home.path
        let port = command.integer(.dashboardPort).map { ["--port", String($0)] } ?? []
        let quiet = invocation.output.isQuiet ? ["--quiet"] : []
        let browser = command.isOn(.noBrowser) ? ["--no-browser"] : []
        try Helper.dashboard.replaceThisProcess(
            arguments: ["--home", home, "--format", invocation.output.format.rawValue]
                + port + quiet + browser)
    }
}

extension Flag {
    fileprivate static let days = Flag(
        "days", .integer(1...3650), value: "N", default: "30",
        help: "How many days, today included")
}

extension Report {
    fileprivate static func stats(_ usage: Usage) -> Report {
        let json = Machine.one(.object(usage.json))
        guard usage.total > 0 else { return Report(text: [], json: json) }
        let head = StyledText(
            "\(usage.total.of("event")) from \(usage.span.lowerBound) to \(usage.span.upperBound)",
            .bold)
        return Report(
            text: [.line(head), .blank, .table(days(usage))] + usage.groups.flatMap(blocks),
            json: json)
    }

    /// The days with events, a bar for each; the fullest is as long as the bar can be.
    private static func days(_ usage: Usage) -> Table {
        let longest = usage.days.map(\.events).max() ?? 1
        var table = Table([.init("DAY"), .init("EVENTS", .trailing), .init("SHARE")])
        for day in usage.days where day.events > 0 {
            let length = max(1, Int(day.events * 24 / max(1, longest)))
            table.append([
                StyledText(day.day.description), StyledText(String(day.events)),
                StyledText(String(repeating: "#", count: length), .faint),
            ])
        }
        return table
    }

    private static func blocks(_ group: Usage.Group) -> [Block] {
        let unit = group.rows.lazy.compactMap(\.durations?.unit).first
        let labels = group.labelNames.map { Table.Column($0.uppercased()) }
        let durations = unit.map { ["ABOUT MEDIAN \($0.suffix)", "ABOUT P90 \($0.suffix)"] } ?? []
        var table = Table(
            [.init("EVENTS", .trailing)] + durations.map { .init($0, .trailing) } + labels)
        for row in group.rows {
            let times = row.durations.map { [String($0.median), String($0.ninetieth)] }
            table.append(
                [StyledText(String(row.count))]
                    + (unit == nil ? [] : times ?? ["-", "-"]).map { StyledText($0) }
                    + row.labels.map { StyledText($0) })
        }
        return [.blank, .line(StyledText("\(group.event.name): \(group.total)", .bold))]
            + [.table(table)]
    }
}
