// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import JSON
internal import Telemetry

/// What left this machine, and what was said to it.
struct SentPage {
    private let batches: [BatchEntry]
    private let eventsSent: Int64

    init(_ visit: Visit) throws {
        eventsSent = try visit.status().uploaded
        batches = try visit.control.begunBatches(
            before: visit.number("before"), limit: DashboardLimits.batchesPerPage)
    }

    var response: HTTPResponse {
        PageFrame(title: "Sent", path: "/sent", content: content).response
    }

    private var content: HTML {
        guard !batches.isEmpty else { return none }
        let table = HTMLTable(
            caption: "Batches whose sending has begun, the newest first (UTC)",
            columns: ["Batch", "Sealed", "Events", "Size", "SHA-256", "Answer"],
            rows: batches.map { batch in
                [
                    .markup("<a href=\"/batch/\(batch.uid)\">\(batch.uid)</a>"),
                    .fixed(Markup.time(batch.sealedAt)), .quantity(Markup.number(batch.events)),
                    .quantity(Markup.bytes(batch.bytes)),
                    .markup("<code>\(batch.sha256.prefix(16))…</code>"),
                    .text(answer(batch)),
                ]
            })
        return .join([
            "<p>Each opens on its exact bytes, decoded.</p>", table.html,
            Markup.next(next, "Older batches"),
        ])
    }

    /// What is kept no more has been sent all the same.
    private var none: HTML {
        guard eventsSent > 0 else { return "<p>No batch that was sent is kept here.</p>" }
        let count = Markup.number(eventsSent)
        return """
            <p>No batch that was sent is kept here any more: one goes when the identifier that it \
            bore ends, when its time is up, or where room is needed. Events sent: \(count).</p>
            """
    }

    private func answer(_ batch: BatchEntry) -> String {
        let words = batch.answer.map { ": \($0)" } ?? ""
        return switch batch.state {
        case .sending: "no answer yet\(words)"
        // Only one whose sending had begun is in the list.
        case .void: "cut off\(words)"
        default: "\(batch.state.rawValue)\(words)"
        }
    }

    private var next: String? {
        guard batches.count == DashboardLimits.batchesPerPage, let last = batches.last else {
            return nil
        }
        return "/sent?before=\(last.row)"
    }
}

/// All that happened to consent and data, as the ledger tells it.
struct LedgerPage {
    private let rows: [LedgerRow]
    private let addressing: (String) -> String

    init(_ visit: Visit) throws {
        rows = try visit.control.ledger(
            before: visit.number("before"), limit: DashboardLimits.ledgerRowsPerPage)
        addressing = visit.addressing
    }

    var response: HTTPResponse {
        PageFrame(title: "Ledger", path: "/ledger", content: content).response
    }

    private var content: HTML {
        let next =
            rows.count == DashboardLimits.ledgerRowsPerPage
            ? rows.last.map { "/ledger?before=\($0.number)" } : nil
        return .join([
            """
            <p>Each row holds the hash of the row before it. \
            <code>\(addressing("arpguard telemetry log --verify"))</code> checks them all.</p>
            """, Self.table(rows, caption: "Ledger, the newest first (UTC)"),
            Markup.next(next, "Older rows"),
        ])
    }

    static func table(_ rows: [LedgerRow], caption: String) -> HTML {
        guard !rows.isEmpty else { return "<p>The ledger has no such row.</p>" }
        return HTMLTable(
            caption: caption, columns: ["Row", "Time", "What", "Particulars"],
            rows: rows.map { row in
                [
                    .text(String(row.number)), .fixed(Markup.time(row.time)),
                    .text(row.kind.replacing("_", with: " ")), .text(particulars(row)),
                ]
            }
        ).html
    }

    private static func particulars(_ row: LedgerRow) -> String {
        row.detail.members.map { member in
            let text = member.value.stringValue ?? member.value.serialized(.compact)
            // A digest stands in full on its batch's own page.
            return "\(member.name) \(text.count > 40 ? text.prefix(16) + "…" : text)"
        }.joined(separator: ", ")
    }
}
