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
        try handToWatch(invocation)
    }

    /// `test-alert` is done by the helper that sends alerts.
    static let testAlert = Command.testAlert { invocation throws(CommandFailure) in
        try handToWatch(invocation)
    }

    /// `replay` is done by the helper that reads captures.
    static let replay = Command.replay { invocation throws(CommandFailure) in
        try handToWatch(invocation)
    }

    /// Has the helper do what was typed, in a home that is found here: what is no UTF-8 reaches the
    /// helper as another name, and could not be told from that there.
    private static func handToWatch(_ invocation: Invocation) throws(CommandFailure) -> Never {
        _ = try ProgramContext.home(invocation)
        try Helper.watch.replaceThisProcess(arguments: invocation.command.words)
    }
}
