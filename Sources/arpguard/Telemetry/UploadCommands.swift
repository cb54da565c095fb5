// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

extension Command {
    /// `telemetry upload`, which is done by the helper that has the network.
    static let upload = Command(
        "upload", summary: "Send what waits now, and ask for erasures that are due",
        discussion: [
            "Sends the bytes that preview shows, batch by batch. What can't be delivered is kept "
                + "and tried again by the next upload; what is refused for good is counted.",
            "With --dry-run seals what waits and prints every request whole, as it would leave, "
                + "but for the secret that goes with an erasure, and sends nothing; with --format "
                + "json one object per request.",
        ],
        flags: [.dryRun], json: .upload
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        if invocation.command.isOn(.dryRun) {
            let setup = TelemetrySetup(context, invocation)
            let control = setup.control()
            // As the upload does: what was still to be done elsewhere may end in a request.
            if let failure = setup.tendOtherPlaces() {
                invocation.diagnostics.warning(failure.message, hint: failure.hint)
            }
            let outlook = try telling { try setup.outlook() }
            let unanswered = try telling { try control.unanswered() }
            return try DryRun(outlook: outlook, unanswered: unanswered, words: control.words)
                .show(invocation)
        }
        let format = invocation.output.format.rawValue
        let quiet = invocation.output.isQuiet ? ["--quiet"] : []
        try Helper.upload.replaceThisProcess(
            arguments: ["--home", context.home.path, "--format", format] + quiet)
    }
}

extension Flag {
    fileprivate static let dryRun = Flag(
        "dry-run", help: "Print every request as it would leave, and send nothing")
}

/// What `upload --dry-run` prints.
struct DryRun {
    let outlook: UploadOutlook
    let unanswered: Unanswered?
    let words: CauseWords

    func show(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        var views: [BatchView] = []
        for batch in outlook.batches { views.append(try BatchView(batch, proxy: outlook.proxy)) }
        if invocation.output.format == .json {
            invocation.output.render(
                Report(text: [], json: .lines(views.map(\.json) + outlook.erasureURLs.map(erasure)))
            )
        } else {
            for view in views { invocation.output.render(view.report) }
            for url in outlook.erasureURLs {
                invocation.output.render(
                    Report(text: erasureLines(url).map { .line($0) }, json: .lines([])))
            }
        }
        for notice in notices { invocation.diagnostics.notice(notice) }
        guard let problem = outlook.erasureProblem else { return .success }
        invocation.diagnostics.error(problem.description, hint: problem.hint)
        return .failure
    }

    /// The request for an erasure; its secret is shown to nobody.
    private func erasureLines(_ url: String) -> [StyledText] {
        let headers = erasureHeaders(url).map { name, value in
            "\(name): \(value ?? "Bearer and the erasure secret, which is not shown")"
        }
        return (["DELETE \(url)"] + headers).map { StyledText($0) }
    }

    private func erasure(_ url: String) -> JSONValue {
        let headers = erasureHeaders(url).map { name, value -> JSONValue in
            ["name": .string(name), "value": .optional(value)]
        }
        return ["method": "DELETE", "url": .string(url), "headers": .array(headers)]
    }

    /// The headers in the order in which they leave; no value for the one that holds the secret.
    private func erasureHeaders(_ url: String) -> [(name: String, value: String?)] {
        [
            ("Host", Endpoint(url)?.hostHeader), ("User-Agent", outlook.userAgent),
            ("Authorization", nil),
        ]
    }

    private var notices: [String] {
        var notices: [String] = []
        if !outlook.blockedSending.isEmpty {
            notices.append("no batch would leave: \(words.list(outlook.blockedSending))")
        } else if outlook.batches.isEmpty, outlook.heldEvents == 0 {
            notices.append("nothing waits to be uploaded")
        }
        if outlook.heldEvents > 0 {
            notices.append(
                "\(outlook.heldEvents.of("event")) held until you run: arpguard telemetry review")
        }
        if let unanswered { notices.append(unanswered.description) }
        if let time = outlook.notBefore { notices.append("nothing is sent before \(time.rfc3339)") }
        let later = outlook.batches.count - outlook.batchesToday
        if later > 0 { notices.append("\(later) of the batches go another day: today's bytes end") }
        if !outlook.blockedErasing.isEmpty {
            let isAny = !outlook.erasureURLs.isEmpty || outlook.erasuresLater != nil
            notices.append(
                "\(isAny ? "not every" : "no") erasure would be asked for: "
                    + words.list(outlook.blockedErasing))
        }
        if let (count, time) = outlook.erasuresLater {
            notices.append(
                "\(count.of("erasure")) asked for later, the first at \(time.rfc3339)")
        }
        if outlook.areBatchesApart {
            notices.append(
                "requests for erasure go alone; the batches wait for another upload")
        }
        if outlook.erasuresApart > 0 {
            notices.append(
                "the batches go alone; \(outlook.erasuresApart.of("erasure")) asked for by another "
                    + "upload")
        }
        if !outlook.batches.isEmpty { notices.append("nothing was sent") }
        return notices
    }
}
