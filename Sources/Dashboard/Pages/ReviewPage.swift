// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Telemetry

/// What waits for a person before it may leave.
struct ReviewPage {
    private let batches: [BatchEntry]
    private let blocked: [Cause]
    private let isManual: Bool
    private let unanswered: Unanswered?
    private let token: String
    private let addressing: (String) -> String

    init(_ visit: Visit) throws {
        batches = try visit.control.batches(
            in: [.held, .sealed, .released], before: visit.number("before"),
            limit: DashboardLimits.batchesPerPage)
        blocked = visit.control.causes(blocking: .sending)
        isManual = visit.control.configuration.uploadReview == .manual
        unanswered = try visit.status().unanswered
        token = visit.token
        addressing = visit.addressing
    }

    var response: HTTPResponse {
        PageFrame(title: "Review", path: "/review", content: content).response
    }

    private var content: HTML {
        .join([introduction, prepare, list, Markup.next(next, "Older batches")])
    }

    private var introduction: HTML {
        if !blocked.isEmpty {
            return """
                <p>Nothing can be sent now, so there is nothing to decide: see \
                <a href="/consent">what blocks it</a>.</p>
                """
        }
        return isManual
            ? "<p>Nothing leaves before you release it (<code>telemetry.upload_review</code>).</p>"
            : """
            <p>Batches leave by themselves. To look at each before it does: \
            <code>\(addressing("arpguard config set telemetry.upload_review manual"))</code></p>
            """
    }

    /// Sealing is a change, so a person asks for it.
    private var prepare: HTML {
        guard blocked.isEmpty, isManual else { return "" }
        return """
            <p>\(Markup.button(
                "Show what waits", to: "/review/prepare", [], token: token)) \
            seals the events that wait, so that the very bytes can be looked at.</p>
            """
    }

    private var list: HTML {
        let begun: HTML = unanswered.map { "<p>\($0.description).</p>" } ?? ""
        guard !batches.isEmpty else {
            return .join(["<p>No batch waits for a decision.</p>", begun])
        }
        let table = HTMLTable(
            caption: "Batches of which nothing has left",
            columns: [
                "Batch", "State", "Events", "Size", "Decide",
            ],
            rows: batches.map { batch in
                [
                    .markup("<a href=\"/batch/\(batch.uid)\">\(batch.uid)</a>"),
                    .text(batch.state.rawValue), .quantity(Markup.number(batch.events)),
                    .quantity(Markup.bytes(batch.bytes)), .markup(decisions(batch)),
                ]
            }
        ).html
        return .join([table, begun])
    }

    private func decisions(_ batch: BatchEntry) -> HTML {
        guard blocked.isEmpty else { return "-" }
        return ReviewForms.decisions(batch.uid, batch.state, token: token)
    }

    private var next: String? {
        guard batches.count == DashboardLimits.batchesPerPage, let last = batches.last else {
            return nil
        }
        return "/review?before=\(last.row)"
    }
}

/// The forms of review: what a person decides about a batch.
struct ReviewForms {
    private let visit: Visit

    init(_ visit: Visit) { self.visit = visit }

    static func decisions(_ uid: String, _ state: SealedBatch.State, token: String) -> HTML {
        let fields = [("uid", uid)]
        let release =
            state == .released
            ? ""
            : Markup.button(
                "Release", to: "/review/release", fields, token: token, about: "batch \(uid)")
        return .join([
            release,
            Markup.button(
                "Withhold", to: "/review/withhold", fields, token: token, about: "batch \(uid)"),
        ])
    }

    func prepare() throws -> HTTPResponse {
        _ = try visit.control.reviewable()
        return seeOther("/review")
    }

    func release() throws -> HTTPResponse {
        try visit.control.release(uid)
        return seeOther("/review")
    }

    func withhold() throws -> HTTPResponse {
        try visit.control.withhold(uid)
        return seeOther("/review")
    }

    func dropEvent() throws -> HTTPResponse {
        guard let number = visit.field("number").flatMap({ Int($0) }) else {
            return .text(.badRequest, "no number of an event")
        }
        return after(try visit.control.drop(.events([number]), from: uid))
    }

    func dropType() throws -> HTTPResponse {
        guard let type = visit.field("type") else {
            return .text(.badRequest, "no type of event")
        }
        return after(try visit.control.drop(.type(type), from: uid))
    }

    private var uid: String { visit.field("uid") ?? "" }

    private func after(_ outcome: ReviewOutcome) -> HTTPResponse {
        seeOther(outcome.successor.map { "/batch/\($0.uid)" } ?? "/review")
    }

    private func seeOther(_ path: String) -> HTTPResponse {
        HTTPResponse(.seeOther, headers: ["Location": path, "Cache-Control": "no-store"])
    }
}
