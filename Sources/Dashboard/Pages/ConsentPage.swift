// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Modules
internal import Telemetry

/// What was agreed to, and every cause that blocks anything.
struct ConsentPage {
    private let control: TelemetryControl
    private let status: TelemetryStatus
    private let surroundings: Surroundings
    private let addressing: (String) -> String

    init(_ visit: Visit) throws {
        control = visit.control
        status = try visit.status()
        surroundings = visit.surroundings()
        addressing = visit.addressing
    }

    var response: HTTPResponse {
        PageFrame(title: "Consent", path: "/consent", content: content).response
    }

    private var content: HTML {
        .join([
            Markup.facts([
                ("recording", state(status.blockedBy)), ("sending", state(status.blockedSending)),
                ("asking for erasure", state(control.causes(blocking: .erasing))),
            ]),
            causes, "<h2>What was agreed to</h2>", agreement, "<h2>Now</h2>", facts,
            "<h2>To change it</h2>", commands,
        ])
    }

    private func state(_ causes: [Cause]) -> HTML {
        let words = causes.map(\.rawValue).joined(separator: ", ")
        return causes.isEmpty
            ? "<span class=\"fine\">allowed</span>"
            : "<span class=\"alarm\">blocked</span> (\(words))"
    }

    private var causes: HTML {
        let blocking = Cause.allCases.filter {
            status.blockedBy.contains($0) || status.blockedSending.contains($0)
        }
        guard !blocking.isEmpty else { return "" }
        return HTMLTable(
            caption: "Every cause that blocks something",
            columns: [
                "Cause", "Recording", "Sending", "What it means", "What lifts it",
            ],
            rows: blocking.map { cause in
                [
                    .text(cause.rawValue),
                    .text(status.blockedBy.contains(cause) ? "blocked" : "-"),
                    .text(status.blockedSending.contains(cause) ? "blocked" : "-"),
                    .text(Markup.capitalised(control.words.meaning(of: cause))),
                    .text(addressing(control.words.remedy(of: cause))),
                ]
            }
        ).html
    }

    private var agreement: HTML {
        guard let terms = control.agreedTerms, !terms.properties.isEmpty else {
            return "<p>Nothing: nobody has said yes in this home.</p>"
        }
        let events = terms.properties.filter { !$0.contains(".") }
        let rows = events.map { event -> [HTMLTable.Cell] in
            let properties = terms.properties.filter { $0.hasPrefix(event + ".") }
                .map { String($0.dropFirst(event.count + 1)) }
            return [.text(event), .text(properties.joined(separator: ", "))]
        }
        let withheld: HTML =
            status.withheldProperties.isEmpty
            ? ""
            : """
            <p>New since then, and left out until you agree: \
            \(status.withheldProperties.joined(separator: ", "))</p>
            """
        return .join([
            Markup.facts([
                ("to be sent to", "\(terms.origin ?? "nowhere: recorded here only")"),
                (
                    "how fine",
                    terms.anonymizeData
                        ? "the day in place of the time, rounded numbers, shuffled order"
                        : "times to the second, exact numbers"
                ),
                ("digest of the terms", "<code>\(terms.digest)</code>"),
            ]), withheld,
            HTMLTable(
                caption: "What may be recorded", columns: ["Event", "Properties"], rows: rows
            ).html,
        ])
    }

    private var nextUpload: String {
        var words = TelemetryStatus.UploadWords(
            program: control.product.name, isWatched: surroundings.isWatched,
            isService: surroundings.isService, addressing: addressing)
        words.fault = surroundings.lockFault
        words.uploaders = surroundings.uploaders
        words.hold = surroundings.hold.map(addressing)
        return status.nextUploadText(words)
    }

    private var erasures: String {
        status.pendingErasuresText(
            .init(
                causes: control.words, faults: surroundings.erasureFaults,
                areAllKept: surroundings.areAllErasuresKept, due: surroundings.erasuresDue))
    }

    private var unsupported: String {
        let places = status.unsupportedErasureOrigins
        return places.isEmpty ? "nothing" : "what was sent to \(places.joined(separator: ", "))"
    }

    private var facts: HTML {
        let recorders = status.recorders.map { "process \($0)" }.joined(separator: ", ")
        let id = status.installationID.map { "\($0.prefix(4))…" } ?? "none"
        return Markup.facts([
            ("uploads go to", "\(status.uploadURL ?? "nowhere")"),
            ("next upload", "\(nextUpload)"),
            ("installation", "\(id)"),
            ("recording now", "\(recorders.isEmpty ? "no process" : recorders)"),
            ("erasures not confirmed", "\(erasures)"),
            ("not erased, since not supported", "\(unsupported)"),
            ("configuration", "\(status.configurationProblem ?? "fine")"),
        ])
    }

    private var commands: HTML {
        let rows = [
            ("arpguard telemetry enable", "read what a yes means, and answer"),
            ("arpguard telemetry disable", "no more, at once, in every running program"),
            ("arpguard telemetry delete-data", "delete all of it, here and at the collector"),
        ]
        return HTMLTable(
            caption: "Commands", columns: ["Command", "What it does"],
            rows: rows.map { [.markup("<code>\(addressing($0.0))</code>"), .text($0.1)] }
        ).html
    }
}
