// SPDX-License-Identifier: Apache-2.0

import JSON
public import Modules
import SQLite

/// Events whose sending was tried and to which no final answer came. The same bytes go again; those
/// of which nothing has left do unless something else is configured by then.
public struct Unanswered: Sendable, Equatable, CustomStringConvertible {
    /// How many they are.
    public let events: Int64
    /// When the first of them were tried first.
    public let since: Timestamp
    /// Where those of them go that may have left, as when they were sealed, if that is not where
    /// batches go now.
    public let elsewhere: String?
    /// No upload sends them by itself before; nil where nothing was put off.
    public let notBefore: Timestamp?
    /// Whether the server asked for that, which an upload that somebody types waits out too.
    let isWished: Bool
    /// What the last attempt met, in words; nil where nothing is known of its end.
    public let reason: String?

    /// All of it in one line for people: lower-case, no full stop.
    public var description: String {
        text(next: notBefore.map { "\(isWished ? "" : "by itself ")not before \($0.rfc3339)" })
    }

    /// The same for whoever waits for another time than an upload that starts by itself.
    package func description(notBefore time: Timestamp?) -> String {
        text(next: time.map { "not before \($0.rfc3339)" })
    }

    private func text(next: String?) -> String {
        let subject = "\(events) \(events == 1 ? "event is" : "events are")"
        let place = elsewhere.map { " to \($0), as when they were sealed," } ?? ""
        guard let reason else {
            return "\(subject) on the way\(place) since \(since.rfc3339): no answer is known yet"
        }
        return "\(subject) being retried\(place) since \(since.rfc3339), next "
            + "\(next ?? "with the next upload"): \(reason)"
    }

    /// The same for programs.
    var json: JSONValue {
        [
            "events": .integer(events), "since": .string(since.rfc3339),
            "elsewhere": .optional(elsewhere),
            "not_before": .optional(notBefore?.rfc3339), "reason": .optional(reason),
        ]
    }
}

extension TelemetryControl {
    /// The events whose sending was tried and not answered; nil without any.
    public func unanswered() throws -> Unanswered? {
        guard let store = try openStore() else { return nil }
        return try unanswered(store)
    }

    func unanswered(_ store: Store) throws -> Unanswered? {
        guard let epoch = gate.read().state.epoch else { return nil }
        let memory = memory(of: store)
        return try store.unanswered(
            Outbox.ready(config), epoch: epoch, sendingTo: config.uploadEndpoint?.description,
            notBefore: try memory.notBefore(epoch: epoch), wish: try memory.wish())
    }
}

extension Store {
    /// How many events are on their way, or may have left without an answer.
    func begunEvents(epoch: UInt32) throws -> Int64 {
        let events = "SELECT sum(events) FROM batches WHERE state = 'sending' AND epoch = ?"
        return try database.integer(events, [.integer(Int64(epoch))]) ?? 0
    }

    fileprivate func unanswered(
        _ ready: String, epoch: UInt32, sendingTo place: String?, notBefore time: Timestamp?,
        wish: Timestamp?
    ) throws -> Unanswered? {
        let batches = try database.rows(
            """
            SELECT uid, events, sealed_at, answer,
                CASE WHEN state = 'sending' THEN url END FROM batches
            WHERE state IN (\(ready)) AND attempts > 0 AND epoch = ? ORDER BY id
            """, [.integer(Int64(epoch))]
        ) { row in
            (
                uid: row.text(0), events: row.integer(1), sealed: row.integer(2),
                answer: row.isNull(3) ? nil : row.text(3),
                begunURL: row.isNull(4) ? nil : row.text(4)
            )
        }
        guard let first = batches.first else { return nil }
        // Retention may have taken the ledger's row.
        let begun = try database.integer(
            "SELECT time FROM ledger WHERE kind = ? AND instr(detail, ?) > 0 ORDER BY number",
            [.text(LedgerEntry.Kind.sendingBegun.rawValue), .text("\"\(first.uid)\"")])
        return Unanswered(
            events: batches.map(\.events).reduce(0, +),
            since: Timestamp(nanoseconds: begun ?? first.sealed),
            elsewhere: batches.compactMap(\.begunURL).first { $0 != place },
            notBefore: time, isWished: time != nil && time == wish,
            reason: batches.compactMap(\.answer).last)
    }
}
