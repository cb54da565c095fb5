// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

/// One `delete-data`: deletes here, then has the helper ask for erasure elsewhere.
struct Deleting {
    /// How long the request for erasure may keep the person waiting.
    private static let erasureMilliseconds: Int64 = 10_000

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
        let control = setup.control()
        let outcome = try telling { try control.deleteData() }
        let isConfirmed = outcome.erasureRequested ? try askForErasure() : false
        let pending = try telling { try control.status().pendingErasures }
        report(outcome, pending, isConfirmed)
        return .success
    }

    /// The helper's own words about a failure are not repeated: the request stays and is told.
    private func askForErasure() throws(CommandFailure) -> Bool {
        let end = try Helper.upload.run(
            arguments: ["--home", setup.home.path, "--erasures-only", "--quiet"],
            deadlineMilliseconds: Self.erasureMilliseconds)
        return end == .exited(0)
    }

    private func report(_ outcome: DeletionOutcome, _ pending: Int64, _ isConfirmed: Bool) {
        let elsewhere =
            if outcome.erasureImpossible {
                "what was sent can't be erased elsewhere: no erasure_url is configured, or the "
                    + "record of this consent, which proves the right to it, is lost"
            } else if pending > 0 {
                "the collector has not confirmed the erasure yet; every upload asks again"
            } else if outcome.erasureRequested, !isConfirmed {
                "what was sent is not erased: the server does not support it"
            } else if outcome.erasureRequested {
                "the collector confirmed the erasure"
            } else {
                "nothing was ever sent"
            }
        let json: JSONObject = [
            "deleted_events": .integer(outcome.events),
            "storage_bytes": .integer(outcome.bytesLeft),
            "erasure_requested": .bool(outcome.erasureRequested),
            "erasure_impossible": .bool(outcome.erasureImpossible),
            "pending_erasures": .integer(pending),
        ]
        let lines = ["deleted \(outcome.events) events; no byte of them is left here", elsewhere]
        invocation.output.render(
            Report(text: lines.map { .line(StyledText($0)) }, json: .one(.object(json))))
    }
}
