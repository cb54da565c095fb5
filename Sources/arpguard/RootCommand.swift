// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Program

extension Command {
    /// The program that a person types; each noun below it has a file of its own.
    static let arpguard = Command(
        "arpguard", summary: "Watch networks, and check captures, for ARP attacks",
        discussion: ["Without a command, prints the state and what to do next."],
        flags: Flag.common,
        examples: [
            .init("arpguard watch", "Watch the network of the default route"),
            .init("arpguard replay office.pcap", "Check a capture file"),
        ],
        json: State.members,
        subcommands: [
            .watch, .replay, .watchStatus, .bindings, .testAlert, .telemetry, .config, .completion,
            .documentation(version: Program.version, notes: Program.manualNotes),
        ]
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        State(context, TelemetrySetup(context, invocation)).report(to: invocation.output)
        context.tellOtherWatches(invocation.diagnostics)
        return .success
    }

    /// `watch` is done by the helper that captures.
    static let watch = Command.watch { invocation throws(CommandFailure) in
        try Helper.watch.replaceThisProcess(arguments: invocation.command.words)
    }

    /// `test-alert` is done by the helper that sends alerts.
    static let testAlert = Command.testAlert { invocation throws(CommandFailure) in
        try Helper.watch.replaceThisProcess(arguments: invocation.command.words)
    }

    /// `replay` is done by the helper that reads captures.
    static let replay = Command.replay { invocation throws(CommandFailure) in
        try Helper.watch.replaceThisProcess(arguments: invocation.command.words)
    }
}
