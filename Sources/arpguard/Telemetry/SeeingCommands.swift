// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import JSON
import Program
import Telemetry

extension Command {
    /// `telemetry show`.
    static let show = Command(
        "show", summary: "Print the recorded events, oldest first",
        flags: [.eventType, .since, .until], json: .event
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let filter = try EventFilter(ofEvents: invocation.command)
        let events = try telling { try setup.control().events(matching: filter) }
        invocation.output.render(.events(events))
        if events.isEmpty {
            invocation.diagnostics.notice(
                filter.isNone
                    ? "nothing is recorded in this home" : "no such events are stored in this home")
        }
        return .success
    }

    /// `telemetry export`.
    static let export = Command(
        "export", summary: "Print the recorded events as OTLP JSON lines, for your own tools",
        discussion: [
            "Each line is one request of logs, as OpenTelemetry's file exporter writes them. The "
                + "events are exact, as they were recorded, and without the installation "
                + "identifier; what leaves is what preview shows."
        ],
        flags: [.eventType, .since, .until],
        examples: [
            .init("arpguard telemetry export --since 2026-11-01 > events.jsonl", "Keep a copy")
        ], json: .exported
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let filter = try EventFilter(ofEvents: invocation.command)
        for line in try telling({ try setup.control().export(matching: filter) }) {
            invocation.output.raw(line.serialized(.compact) + "\n")
        }
        return .success
    }

    /// `telemetry schema`.
    static let schema = Command(
        "schema", summary: "Print every event and property that can be recorded at all",
        flags: [.markdown], json: .catalogue
    ) { invocation throws(CommandFailure) in
        if invocation.command.isOn(.markdown) {
            invocation.output.raw(EventsPage(.standard).text)
        } else {
            invocation.output.render(.schema(.standard))
        }
        return .success
    }
}

extension Flag {
    static let eventType = Flag(
        "type", .suggested(Catalogue.standard.events.map(\.name)), value: "EVENT",
        help: "Print events of this type only")
    fileprivate static let markdown = Flag(
        "markdown", help: "Print the page docs/events.md of the documentation")
}

extension EventFilter {
    fileprivate init(ofEvents command: ParsedCommand) throws(CommandFailure) {
        let type = command.string(.eventType)
        if let type { try Catalogue.checkType(type) }
        try self.init(command, type: type)
    }
}

extension Catalogue {
    /// Refuses a word of the command line that is no type of event.
    static func checkType(_ type: String) throws(CommandFailure) {
        guard standard.event(named: type) == nil else { return }
        throw CommandFailure(
            "there is no event type \(type)", hint: "arpguard telemetry schema lists them",
            status: .usage)
    }
}
