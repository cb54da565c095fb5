// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import Modules
import Program
import Telemetry
import WatchRecords

extension Command {
    /// `telemetry`: what a person decides about it and sees of it. None of this records anything.
    static let telemetry = Command(
        group: "telemetry", summary: "See and decide what is recorded and sent about this program",
        discussion: [
            "Off until you say yes. Everything that is recorded can be seen (show), and so can "
                + "every byte before it leaves (preview). Addresses, host names and packet "
                + "contents are never recorded: schema lists all that can be."
        ],
        examples: [
            .init("arpguard telemetry status", "See whether it is on, and why not"),
            .init("arpguard telemetry enable", "Read what a yes means, and answer"),
            .init("arpguard telemetry delete-data --confirm", "Delete everything, also elsewhere"),
        ],
        subcommands: [
            status, enable, disable,
            show, stats, dashboard, export, schema,
            preview, review, upload,
            log, rotateID, deleteData,
        ])

    private static let status = Command(
        "status", summary: "Tell whether it is on, what blocks it, and what was recorded and sent",
        flags: [.showID, .redact], json: StatusView.members
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let isRedacted = invocation.command.isOn(.redact)
        // A report to others names no folder, neither in what it advises.
        let invocation =
            isRedacted
            ? invocation.telling(by: invocation.diagnostics.worded { $0 }) : invocation
        let (setup, unsettled) = TelemetrySetup.settled(context, invocation)
        let control = setup.control()
        let unheeded = setup.takeOverWaits()
        setup.tellOfBatches()
        let status = try telling { try setup.status() }
        var elsewhere: [OtherPlace]?
        do throws(CommandFailure) {
            elsewhere = try OtherPlace.all(of: setup)
        } catch  where error != unsettled {
            invocation.diagnostics.warning(error.message, hint: error.hint)
        } catch {}
        let view = StatusView(
            status: status, setup: setup, showsID: invocation.command.isOn(.showID),
            isRedacted: isRedacted, others: OtherHomes(than: setup.home),
            isWatched: context.isWatched, hold: uploadHold(setup), words: control.words,
            elsewhere: elsewhere, falseLocks: setup.falseLocks)
        invocation.output.render(view.report)
        for warning in view.lockWarnings {
            invocation.diagnostics.warning(warning.text, hint: warning.hint)
        }
        if status.storeProblem == nil, status.blockedSending.isEmpty {
            if let failure = unheeded.here {
                invocation.diagnostics.warning(
                    view.told("batches wait longer than told here: \(failure.message)"),
                    hint: view.told(failure.hint))
            }
            if let failure = unheeded.elsewhere {
                invocation.diagnostics.warning(
                    view.told(TelemetrySetup.waitsUnseen(failure)),
                    hint: view.told(failure.hint))
            }
        }
        for warning in view.others.warnings {
            invocation.diagnostics.warning(
                view.told(warning), hint: "--home, or --service for the service's, shows that one")
        }
        return .success
    }

    private static func uploadHold(_ setup: TelemetrySetup) -> ObservedWatch.UploadHold? {
        WatchStateFile(home: setup.home.path, files: setup.seams.files)
            .uploadHold(at: setup.seams.clock.now())
    }

    private static let enable = Command(
        "enable", summary: "Agree to what would be recorded and sent, after seeing it",
        discussion: [
            "Without --confirm shows what a yes means, and asks if this is a terminal.",
            "Nothing that happened before a yes is ever recorded or sent.",
        ],
        flags: [.confirm, .terms], json: .terms
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let setup = TelemetrySetup(context, invocation)
        return try Enabling(context: context, setup: setup, invocation: invocation).run()
    }

    private static let disable = Command(
        "disable", summary: "Take consent back, at once and for every running program",
        discussion: [
            "What was recorded stays here for you to see, and nothing of it is sent from then on; "
                + "delete-data removes it."
        ], json: .disabled
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let setup = TelemetrySetup(context, invocation)
        try context.prepareHome()
        // A file that names another folder now, or can't be read, takes nobody's no away.
        let reach = setup.disable()
        if let failure = reach.failure {
            if !reach.outcomes.isEmpty {
                invocation.diagnostics.notice(
                    "consent was taken back in \(reach.outcomes.count.of("folder")) of this home")
            }
            throw failure
        }
        let known = reach.outcomes.compactMap(\.self)
        let isKnown = known.count == reach.outcomes.count && reach.absent.isEmpty
        let stored = isKnown ? known.reduce(0, +) : nil
        invocation.output.render(.disabled(storedEvents: stored, absent: reach.absent, setup))
        return .success
    }

    private static let preview = Command(
        "preview", summary: "Print the next request of an upload exactly as it would leave",
        discussion: [
            "Where sending is allowed, the waiting events are sealed, and the upload sends these "
                + "same bytes. Otherwise nothing is sealed: a request that was sealed before is "
                + "shown, marked \"sealed\": true; without one the waiting events as they would be "
                + "sent, or a sample of invented ones where none wait, both marked \"sealed\": "
                + "false. upload --dry-run prints all requests.",
            "With --format json prints the body as one OTLP JSON object, and its SHA-256 to "
                + "standard error; with --raw the bytes of the body themselves.",
        ],
        flags: [.raw],
        examples: [
            .init("arpguard telemetry preview --raw | sha256sum", "Check the digest yourself")
        ],
        json: .preview
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let control = setup.control()
        let preview = try telling { try control.preview() }
        return try PreviewView(
            preview: preview, proxy: setup.config.uploadProxy, agreed: control.agreedTerms,
            wouldLeaveBehind: control.wouldLeaveBehind, words: control.words,
            status: try telling { try control.status() }
        ).show(invocation)
    }
}

extension Flag {
    static let confirm = Flag("confirm", help: "Do it without asking")
    static let terms = Flag(
        "terms", .string, value: "DIGEST",
        help: "Agree only if the terms still have this digest; for automation")
    static let raw = Flag("raw", help: "Print the bytes of the body as they would leave")
    static let showID = Flag("show-id", help: "Print the whole installation identifier")
    static let redact = Flag(
        "redact", help: "Shorten identifier, paths and URLs, in JSON too, for reports to others")
}
