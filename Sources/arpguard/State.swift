// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// What `arpguard` alone prints: where it stands, and the next commands.
struct State {
    private static let nextCommands: [(line: String, meaning: String)] = [
        ("arpguard replay FILE", "check a capture file"),
        ("arpguard telemetry status", "see what is recorded and sent, and decide"),
        ("arpguard --help", "list all commands"),
    ]

    private let home: Home
    private let fault: ConfigurationError?
    private let blockedBy: [Cause]

    init(_ setup: TelemetrySetup) {
        home = setup.home
        fault = setup.fault
        blockedBy = setup.control().causes(blocking: .recording)
    }

    func report(to output: Output) {
        output.render(Report(text: text, json: .one(.object(json))))
    }

    private var text: [Report.Block] {
        let facts: [(String, StyledText)] = [
            ("version", StyledText(Program.version)),
            ("home", StyledText(home.abbreviated(home.path))),
            ("configuration", configuration),
            ("telemetry", telemetry),
        ]
        let commands = Self.nextCommands.map { ($0.line, StyledText($0.meaning, .faint)) }
        return [.table(Table(pairs: facts)), .blank, .table(Table(pairs: commands))]
    }

    private var configuration: StyledText {
        fault.map { StyledText($0.description, .red) } ?? StyledText("fine", .green)
    }

    private var telemetry: StyledText {
        let causes = blockedBy.map(\.rawValue).joined(separator: ", ")
        return causes.isEmpty ? StyledText("on", .green) : StyledText("off (\(causes))")
    }

    private var json: JSONObject {
        [
            "version": .string(Program.version),
            "home": .string(home.path),
            "configuration": .object([
                "path": .string(home.configurationPath),
                "error": fault.map { .string($0.description) } ?? .null,
            ]),
            "telemetry": .object([
                "enabled": .bool(blockedBy.isEmpty),
                "blocked_by": .array(blockedBy.map { .string($0.rawValue) }),
            ]),
        ]
    }
}
