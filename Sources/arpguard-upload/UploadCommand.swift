// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program
import Telemetry
import TelemetryUpload

extension Flag {
    static let erasuresOnly = Flag(
        "erasures-only",
        help: "Send pending requests for erasure and no batch, within 10 seconds")
}

extension Command {
    static let upload = Command(
        "arpguard-upload", summary: "Send what telemetry has ready, once",
        discussion: [
            "Runs one round and ends: every batch that is due, then every request for erasure that "
                + "is due. Sends nothing that was not agreed to: see 'arpguard telemetry status'.",
            "What can't be sent now is kept for a later round. Ends with status 2 if something was "
                + "left undone because of a failure.",
        ],
        flags: Flag.common + [.erasuresOnly],
        examples: [
            .init("arpguard-upload", "Send what is due"),
            .init("arpguard-upload --format json", "Send what is due, and print figures as JSON"),
        ],
        action: runRound)
}

// A function and not a closure, which would belong to the main actor.
private func runRound(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let context = try ProgramContext(invocation)
    let setup = TelemetrySetup(context, invocation)
    let summary = try telling {
        let cancellation = try Interruption.becomingCancellation()
        return try round(setup, invocation, cancellation)
    }
    guard let summary else {
        invocation.diagnostics.notice("another upload is at work on this home")
        return .success
    }
    return report(summary, to: invocation)
}

/// One round over the home; nil while another process uploads.
private func round(
    _ setup: TelemetrySetup, _ invocation: Invocation, _ cancellation: Cancellation
) throws -> UploadSummary? {
    let control = setup.control()
    let status = try control.status()
    guard status.isDecided || status.pendingErasures > 0 else {
        // A home where nobody was ever asked stays as it is: not even a folder is made.
        return UploadSummary(ending: .blocked(status.blockedSending))
    }
    guard let outbox = try control.outbox() else { return nil }
    if status.blockedSending.isEmpty { Interruption.whenSendingIsBlocked(setup, cancellation) }
    let round = UploadRound(
        outbox: outbox, clock: setup.seams.clock, random: setup.seams.random,
        makeTransport: { CurlTransport(cancellation: cancellation) })
    return try round.run(erasuresOnly: invocation.command.isOn(.erasuresOnly))
}

private func report(_ summary: UploadSummary, to invocation: Invocation) -> ExitStatus {
    invocation.output.render(Report(summary))
    let diagnostics = invocation.diagnostics
    for notice in summary.notices { diagnostics.notice(notice) }
    for warning in summary.warnings { diagnostics.warning(warning) }
    for problem in summary.problems { diagnostics.error(problem.text, hint: problem.hint) }
    if summary.ending == .interrupted {
        diagnostics.error("the upload was interrupted", hint: "the next round goes on from there")
    }
    return summary.hasFailed ? .failure : .success
}
