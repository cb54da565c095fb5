// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

/// One `delete-data`: deletes here, then has the helper ask for erasure elsewhere.
struct Deleting {
    private let context: ProgramContext
    private let setup: TelemetrySetup
    private let invocation: Invocation

    init(_ context: ProgramContext, _ setup: TelemetrySetup, _ invocation: Invocation) {
        self.context = context
        self.setup = setup
        self.invocation = invocation
    }

    func run() throws(CommandFailure) -> ExitStatus {
        if !invocation.command.isOn(.confirm) {
            guard Terminal.isInteractive else {
                throw CommandFailure(
                    "nothing was deleted: it must be confirmed",
                    hint: "arpguard telemetry delete-data --confirm")
            }
            guard Terminal.answersYes(to: "Delete everything that telemetry recorded? [y/N] ")
            else {
                invocation.diagnostics.notice("nothing was deleted")
                return .success
            }
        }
        let outcome = try telling { try setup.control().deleteData() }
        let elsewhere = try ErasureElsewhere(
            requested: outcome.erasureRequested, impossible: outcome.erasureImpossible, setup)
        report(outcome, elsewhere)
        return .success
    }

    private func report(_ outcome: DeletionOutcome, _ elsewhere: ErasureElsewhere) {
        let isEnabled = setup.control().causes(blocking: .recording).isEmpty
        let json: [(String, JSONValue)] = [
            ("deleted_events", .integer(outcome.events)),
            ("storage_bytes", .integer(outcome.bytesLeft)), ("enabled", .bool(isEnabled)),
        ]
        var lines = [
            "deleted \(outcome.events.of("event")); no byte of what was recorded is left here",
            elsewhere.sentence,
        ]
        if isEnabled {
            lines.append(
                "telemetry stays on, under a new identifier; arpguard telemetry disable ends it")
        }
        invocation.output.render(
            Report(
                text: lines.map { .line(StyledText($0)) },
                json: .one(.object(JSONObject(json + elsewhere.json)))))
    }
}
