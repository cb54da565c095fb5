// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// What `arpguard` alone prints: where it stands, and the next commands.
struct State {
    static let members: [Command.Member] = [
        .init("version", "The version of the program"),
        .init("home", "The folder of configuration and data"),
        .init("configuration.path", "The configuration file, which may be absent"),
        .init("configuration.error", "What is wrong with it, or null"),
        .init("programs.missing", "Helpers that can't be found and run beside the program"),
        .init("watch.running", "Whether a watch runs in this home"),
        .init("telemetry.enabled", "Whether events are recorded now"),
        .init("telemetry.blocked_by", "Every cause that keeps them from being recorded"),
    ]

    private let home: Home
    private let fault: ConfigurationError?
    private let blockedBy: [Cause]
    private let words: CauseWords
    private let missing: [String]
    private let isWatched: Bool
    private let isRoot: Bool

    init(_ context: ProgramContext, _ setup: TelemetrySetup) {
        home = setup.home
        isWatched = context.isWatched
        isRoot = context.userID == 0
        fault = setup.fault
        let control = setup.control()
        blockedBy = control.causes(blocking: .recording)
        words = control.words
        missing = Helper.all.filter { !$0.isInstalled }.map(\.name)
    }

    func report(to output: Output) {
        output.render(Report(text: text, json: .one(.object(json))))
    }

    private var text: [Report.Block] {
        var facts: [(String, StyledText)] = [
            ("version", StyledText(Program.version)),
            ("home", StyledText(home.abbreviated(home.path))),
            ("configuration", configuration),
            (
                "watch",
                isWatched ? StyledText("runs", .green) : StyledText("none runs in this home")
            ), ("telemetry", telemetry),
        ]
        if !missing.isEmpty {
            let names = missing.joined(separator: ", ")
            let problem = "\(names) can't be found and run: install all from one package"
            facts.append(("programs", StyledText(problem, .red)))
        }
        let commands = nextCommands.map { ($0.line, StyledText($0.meaning, .faint)) }
        return [.table(Table(pairs: facts)), .blank, .table(Table(pairs: commands))]
    }

    /// What to type next, the first thing first.
    private var nextCommands: [(line: String, meaning: String)] {
        (mending + [
            isWatched
                ? ("arpguard status", "see what the watch has seen")
                : ("\(isRoot ? "" : "sudo ")arpguard watch", "watch this machine's network"),
            ("arpguard telemetry status", "see what is recorded and sent, and decide"),
            ("arpguard --help", "list all commands"),
        ]).map { (home.addressing($0.0), $0.1) }
    }

    private var mending: [(line: String, meaning: String)] {
        fault == nil ? [] : [("arpguard config check", "see all that is wrong with it")]
    }

    private var configuration: StyledText {
        fault.map { StyledText($0.description, .red) } ?? StyledText("fine", .green)
    }

    private var telemetry: StyledText {
        let causes = words.list(blockedBy)
        return causes.isEmpty ? StyledText("on", .green) : StyledText("off: \(causes)")
    }

    private var json: JSONObject {
        [
            "version": .string(Program.version),
            "home": .string(home.path),
            "configuration": .object([
                "path": .string(home.configurationPath),
                "error": fault.map { .string($0.description) } ?? .null,
            ]),
            "programs": .object(["missing": .array(missing.map { .string($0) })]),
            "watch": ["running": .bool(isWatched)],
            "telemetry": .object([
                "enabled": .bool(blockedBy.isEmpty),
                "blocked_by": .array(blockedBy.map { .string($0.rawValue) }),
            ]),
        ]
    }
}
