// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program
import Telemetry
import WatchRecords

#if Upload
import TelemetryUpload
#endif

extension Flag {
    static let erasuresOnly = Flag(
        "erasures-only",
        help: "Send pending requests for erasure and no batch, within 10 seconds")
    static let ifDue = Flag(
        "if-due", help: "Do nothing unless a round is due: for a timer, as often as you like")
}

extension Command {
    static let upload = Command(
        "arpguard-upload", summary: "Send what telemetry has ready, once",
        discussion: [
            "Runs one round and ends: every request for erasure that is due, or where none is, "
                + "every batch: side by side they would tell that both are of one installation. "
                + "Sends nothing that was not agreed to: see 'arpguard telemetry status'.",
            "What can't be sent now is kept for a later round. Ends with status 2 if something was "
                + "left undone because of a failure.",
        ],
        flags: Flag.common + [.erasuresOnly, .ifDue],
        examples: [
            .init("arpguard-upload", "Send what is due"),
            .init("arpguard-upload --if-due --quiet", "What a systemd timer runs every hour"),
            .init("arpguard-upload --format json", "Send what is due, and print figures as JSON"),
        ],
        action: runRound)
}

#if Upload
// A function and not a closure, which would belong to the main actor.
private func runRound(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    let context = try ProgramContext(invocation)
    let setup = TelemetrySetup(context, invocation).heedingChanges(context, invocation)
    let isDueOnly = invocation.command.isOn(.ifDue)
    if isDueOnly, let hold = setup.uploadHold {
        invocation.diagnostics.notice("nothing is sent now: \(hold.reason)")
        return .success
    }
    let scope: TelemetryUploader.Scope =
        invocation.command.isOn(.erasuresOnly)
        ? .erasures : isDueOnly ? .everythingIfDue : .everything
    // What fails there keeps nothing here from being sent.
    if let failure = setup.tendOtherPlaces() {
        invocation.diagnostics.warning(failure.message, hint: failure.hint)
    }
    if setup.isOwnAway {
        invocation.diagnostics.notice(
            "\(setup.place) is not there as it was agreed to: what waits in it is not sent")
    }
    let (own, elsewhere) = try round(scope, setup, invocation)
    let control = setup.control()
    var summary = own ?? UploadSummary(ending: .busy)
    summary.add(erasuresOf: elsewhere)
    let unanswered = own == nil ? nil : try telling { try control.unanswered() }
    let notices = summary.notices(
        unanswered, control.words, uploaders: own == nil ? setup.uploaders : [])
    return report(summary, notices, to: invocation)
}

/// A round over all folders; that of the configured one is nil while another process uploads.
private func round(
    _ scope: TelemetryUploader.Scope, _ setup: TelemetrySetup, _ invocation: Invocation
) throws(CommandFailure) -> (own: UploadSummary?, elsewhere: UploadSummary) {
    let progress = ProgressLine(invocation)
    return try telling {
        let cancellation = try Interruption.becomingCancellation()
        defer { progress.end() }
        let round = FoldersRound(setup, scope, cancellation)
        do {
            return (try round.run(progress.show), round.elsewhere)
        } catch {
            // What became of the other folders is told all the same.
            let done = round.elsewhere.erasuresDone
            if done > 0 {
                invocation.diagnostics.notice("\(done.of("erasure")) of other folders confirmed")
            }
            for problem in round.elsewhere.problems {
                invocation.diagnostics.error(problem.text, hint: problem.hint)
            }
            throw error
        }
    }
}

extension TelemetrySetup {
    fileprivate var uploadHold: ObservedWatch.UploadHold? {
        WatchStateFile(home: home.path, files: seams.files).uploadHold(at: seams.clock.now())
    }
}

private func report(
    _ summary: UploadSummary, _ notices: [String], to invocation: Invocation
) -> ExitStatus {
    invocation.output.render(Report(summary))
    invocation.output.flush()
    let diagnostics = invocation.diagnostics
    for notice in notices { diagnostics.notice(notice) }
    for warning in summary.warnings { diagnostics.warning(warning) }
    for problem in summary.problems { diagnostics.error(problem.text, hint: problem.hint) }
    if summary.ending == .interrupted {
        // A person who deletes waits for erasures no longer than that, and is not who interrupted.
        let isOnlyErasures = invocation.command.isOn(.erasuresOnly)
        diagnostics.error(
            isOnlyErasures
                ? "no answer to the request for erasure came in time"
                : "the upload was interrupted",
            hint: isOnlyErasures
                ? "it stays pending, and the next upload asks again"
                : "the next round goes on from there")
    }
    return summary.hasFailed ? .failure : .success
}
#else
private func runRound(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    throw CommandFailure(
        "this program was built without the part that sends; nothing leaves this machine",
        hint: "arpguard telemetry show prints what was recorded here")
}
#endif
