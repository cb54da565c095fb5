// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program

/// What `arpguard` alone prints: where it stands, and the next commands.
struct State {
    private static let nextCommands: [(line: String, meaning: String)] = [
        ("arpguard replay FILE", "check a capture file"),
        ("arpguard config get", "show the configuration"),
        ("arpguard --help", "list all commands"),
    ]

    private let home: Home
    private let fault: ConfigurationError?

    init(_ context: ProgramContext) {
        home = context.home
        fault = context.configurationFile.load().fault
    }

    func report(to output: Output) {
        output.render(Report(text: text, json: .one(.object(json))))
    }

    private var text: [Report.Block] {
        let facts: [(String, StyledText)] = [
            ("version", StyledText(Program.version)),
            ("home", StyledText(home.abbreviated(home.path))),
            ("configuration", configuration),
        ]
        let commands = Self.nextCommands.map { ($0.line, StyledText($0.meaning, .faint)) }
        return [.table(Table(pairs: facts)), .blank, .table(Table(pairs: commands))]
    }

    private var configuration: StyledText {
        fault.map { StyledText($0.description, .red) } ?? StyledText("fine", .green)
    }

    private var json: JSONObject {
        [
            "version": .string(Program.version),
            "home": .string(home.path),
            "configuration": .object([
                "path": .string(home.configurationPath),
                "error": fault.map { .string($0.description) } ?? .null,
            ]),
        ]
    }
}
