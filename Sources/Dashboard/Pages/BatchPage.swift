// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import JSON
internal import Modules
internal import Telemetry

/// One batch: the request as it leaves or left, its bytes decoded, and what the ledger says of it.
struct BatchPage {
    private static let ledgerRowsMax = 50

    private struct Event {
        let number: Int
        let time: String
        let name: String
        let attributes: String
    }

    private let batch: SealedBatch?
    private let headers: [(name: String, value: String)]
    /// The newest rows that tell of the batch, in their order.
    private let ledger: [LedgerRow]
    /// The first of the rows where not all are among those.
    private let beginning: [LedgerRow]
    private let isReviewable: Bool
    private let start: Int
    private let token: String

    init(_ visit: Visit) throws {
        let uid = visit.request.parameters["uid"] ?? ""
        let isName = uid.utf8.count <= 64 && uid.allSatisfy { $0.isLetter || $0.isNumber }
        batch = isName ? try visit.control.batch(uid) : nil
        headers = batch.map(visit.control.headers) ?? []
        let newest =
            batch == nil
            ? []
            : try visit.control.ledger(
                ofBatch: uid, newestFirst: true, limit: Self.ledgerRowsMax + 1)
        ledger = newest.prefix(Self.ledgerRowsMax).reversed()
        beginning =
            newest.count > Self.ledgerRowsMax
            ? try visit.control.ledger(ofBatch: uid, newestFirst: false, limit: 1) : []
        isReviewable =
            batch?.state.isReviewable == true && batch?.isEmptied == false
            && visit.control.causes(blocking: .sending).isEmpty
        start = visit.number("from").flatMap { Int(exactly: $0) }.map { max(0, $0) } ?? 0
        token = visit.token
    }

    /// The bytes of the body, so that anyone's tool computes the same digest.
    var bodyResponse: HTTPResponse {
        guard let batch else { return absent }
        return HTTPResponse(
            .ok,
            headers: [
                "Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff",
                "Content-Disposition": "attachment; filename=\"\(batch.uid).bin\"",
                "Cache-Control": "no-store",
            ],
            body: batch.body)
    }

    var response: HTTPResponse {
        guard let batch else { return absent }
        return PageFrame(title: "Batch \(batch.uid)", content: content(batch)).response
    }

    private var absent: HTTPResponse {
        var response = PageFrame(
            title: "No such batch",
            content: "<p>It was never sealed here, or it was deleted.</p>"
        ).response
        response.status = .notFound
        return response
    }

    private func content(_ batch: SealedBatch) -> HTML {
        let decisions: HTML =
            isReviewable
            ? "<p>\(ReviewForms.decisions(batch.uid, batch.state, token: token))</p>" : ""
        return .join([
            Markup.facts(facts(batch)), decisions, "<h2>Events</h2>", events(batch),
            "<h2>What else the request holds</h2>", request(batch), "<h2>Ledger</h2>", older,
            LedgerPage.table(ledger, caption: "What happened to this batch (UTC)"),
        ])
    }

    private var older: HTML {
        guard !beginning.isEmpty else { return "" }
        return """
            <p>Only the newest \(Self.ledgerRowsMax) rows of this batch are shown. The older ones \
            are in <a href="/ledger">the whole ledger</a>.</p>
            """
    }

    private func facts(_ batch: SealedBatch) -> [(String, HTML)] {
        [
            ("state", "\(isCutOff(batch) ? "cut off" : batch.state.rawValue)"),
            ("events", "\(Markup.number(batch.events))"),
            ("goes to", "\(batch.url)"),
            (
                "body",
                """
                \(Markup.bytes(Int64(batch.body.count))), \
                <a href="/batch/\(batch.uid)/body">the exact bytes</a>
                """
            ),
            ("SHA-256", "<code>\(batch.sha256)</code>"),
            ("the ledger says", ledgerVerdict(batch)),
        ]
    }

    private func isCutOff(_ batch: SealedBatch) -> Bool {
        batch.state == .void && batch.attempts > 0
    }

    private func ledgerVerdict(_ batch: SealedBatch) -> HTML {
        if batch.body.isEmpty { return "nothing of bytes that are not here" }
        let digests = (beginning + ledger).compactMap { $0.detail["sha256"]?.stringValue }
        if digests.isEmpty { return "nothing of this batch's digest" }
        return digests.allSatisfy { $0 == batch.sha256 }
            ? "<span class=\"fine\">the same digest</span>"
            : "<span class=\"alarm\">another digest</span>"
    }

    private func events(_ batch: SealedBatch) -> HTML {
        if batch.isEmptied {
            return batch.state == .held
                ? "<p>Its events are sealed anew, and wait for you in another batch.</p>"
                : "<p>Its bytes were deleted here.</p>"
        }
        guard let json = batch.json else {
            return "<p class=\"alarm\">The bytes can't be decoded.</p>"
        }
        let all = Self.records(json)
        let shown = Array(all.dropFirst(start).prefix(DashboardLimits.eventsPerPage))
        let rows = shown.map { event in
            [.text(String(event.number)), .fixed(event.time), .text(event.name)]
                + [HTMLTable.Cell.text(event.attributes)]
                + (isReviewable ? [.markup(drop(event, batch))] : [])
        }
        let end = start + shown.count
        let next = end < all.count ? "/batch/\(batch.uid)?from=\(end)" : nil
        let columns = ["Number", "Time", "Event", "Attributes"] + (isReviewable ? ["Drop"] : [])
        return .join([
            HTMLTable(caption: "Events as they leave", columns: columns, rows: rows).html,
            Markup.next(next, "Further events"), isReviewable ? types(all, batch) : "",
        ])
    }

    private func drop(_ event: Event, _ batch: SealedBatch) -> HTML {
        Markup.button(
            "Drop", to: "/review/drop-event",
            [("uid", batch.uid), ("number", String(event.number))], token: token,
            about: "event \(event.number)")
    }

    private func types(_ events: [Event], _ batch: SealedBatch) -> HTML {
        let names = Set(events.map(\.name)).sorted()
        return .join(
            names.map { name in
                Markup.button(
                    "Drop all \(name)", to: "/review/drop-type",
                    [("uid", batch.uid), ("type", name)], token: token)
            })
    }

    private func request(_ batch: SealedBatch) -> HTML {
        let groups = batch.json?["resourceLogs"]?.arrayValue ?? []
        let resource = groups.flatMap { Self.attributes($0["resource"]) }
        return .join([
            HTMLTable(
                caption: "Headers", columns: ["Header", "Value"],
                rows: headers.map { [.text($0.name), .text($0.value)] }
            ).html,
            HTMLTable(
                caption: "The installation, said once for all events",
                columns: ["Attribute", "Value"],
                rows: resource.map { [.text($0.name), .text($0.value)] }
            ).html,
            """
            <p class="quiet">The network adds your address, the time and the server's name.</p>
            """,
        ])
    }

    private static func records(_ json: JSONValue) -> [Event] {
        let scopes = (json["resourceLogs"]?.arrayValue ?? [])
            .flatMap { $0["scopeLogs"]?.arrayValue ?? [] }
        return scopes.flatMap { $0["logRecords"]?.arrayValue ?? [] }.enumerated()
            .map { index, record in
                let nanoseconds = record["timeUnixNano"]?.stringValue.flatMap { Int64($0) } ?? 0
                let attributes = Self.attributes(record).filter { $0.name != "log.record.uid" }
                return Event(
                    number: index + 1, time: Markup.time(Timestamp(nanoseconds: nanoseconds)),
                    name: record["eventName"]?.stringValue ?? "",
                    attributes: attributes.map { "\($0.name) \($0.value)" }
                        .joined(separator: ", "))
            }
    }

    private static func attributes(_ holder: JSONValue?) -> [(name: String, value: String)] {
        (holder?["attributes"]?.arrayValue ?? []).map { attribute in
            let value = attribute["value"]?.objectValue?.members.first?.value
            return (
                attribute["key"]?.stringValue ?? "",
                value?.stringValue ?? value?.serialized(.compact) ?? ""
            )
        }
    }
}
