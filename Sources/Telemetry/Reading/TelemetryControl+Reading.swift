// SPDX-License-Identifier: Apache-2.0

package import Catalogue
package import Modules
import SQLite

/// A batch as a list shows it: everything but its bytes.
package struct BatchEntry: Sendable, Equatable {
    /// Its identifier.
    package let uid: String
    /// Where it stands.
    package let state: SealedBatch.State
    /// How many events it holds.
    package let events: Int64
    /// How many bytes its body has, as they leave.
    package let bytes: Int64
    /// The SHA-256 of the body, in hexadecimal digits.
    package let sha256: String
    /// Where it goes.
    package let url: String
    /// When it was sealed.
    package let sealedAt: Timestamp
    /// When the collector answered for good; nil before that.
    package let answeredAt: Timestamp?
    /// The last answer in words; nil without one.
    package let answer: String?
    /// Its place in the list, for the page after it.
    package let row: Int64
}

/// A part of the stored events, the newest first.
package struct EventPage: Sendable, Equatable {
    /// The events.
    package let events: [StoredEvent]
    /// What to ask for next; nil at the end.
    package let next: Int64?

    /// No events.
    package static let empty = EventPage(events: [], next: nil)
}

extension TelemetryControl {
    /// The catalogue's declarations.
    package var declaredEvents: [EventDefinition] { catalogue.events }

    /// The configuration that holds.
    package var configuration: TelemetryModuleConfig { config }

    /// The time now, by the clock of this control.
    package var now: Timestamp { seams.clock.now() }

    /// What the stored events of the last `days` days amount to, today included.
    ///
    /// - Parameter index: kept by the caller from one call to the next.
    package func usage(_ index: inout UsageIndex, days: Int32) throws -> Usage {
        let today = seams.clock.now().day
        let span = Day(number: today.number - max(0, days - 1))...today
        guard let store = try openStore() else {
            return Usage(
                span: span, groups: [],
                days: (span.lowerBound.number...today.number).map {
                    Usage.DayCount(day: Day(number: $0), events: 0)
                })
        }
        try index.update(store, catalogue)
        return try index.usage(span, store, catalogue)
    }

    /// Stored events, the newest first.
    ///
    /// - Parameters:
    ///   - row: what an earlier page named as next; nil begins.
    ///   - name: only events of this type.
    ///   - limit: the most events.
    package func events(before row: Int64?, named name: String?, limit: Int) throws -> EventPage {
        guard let store = try openStore() else { return EventPage(events: [], next: nil) }
        var number: Int64?
        if let name {
            number = try store.database.integer(
                "SELECT id FROM names WHERE name = ?", [.text(name)])
            guard number != nil else { return EventPage(events: [], next: nil) }
        }
        let condition = "id < ?1" + (number == nil ? "" : " AND name = ?2")
        let values = [SQLiteValue.integer(row ?? .max)] + (number.map { [.integer($0)] } ?? [])
        let found = try store.events(
            where: condition, values, limit: Int64(limit), newestFirst: true)
        return EventPage(
            events: found.map(\.event), next: found.count == limit ? found.last?.row : nil)
    }

    /// Batches in some states, the newest first, at most `limit`; those after `row` of a list.
    package func batches(
        in states: [SealedBatch.State], before row: Int64? = nil, limit: Int
    ) throws -> [BatchEntry] {
        let words = states.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return try batches(where: "state IN (\(words))", before: row, limit)
    }

    /// Batches of which anything may have left, those included that were cut off then; the newest
    /// first, at most `limit`; those after `row` of a list.
    package func begunBatches(before row: Int64? = nil, limit: Int) throws -> [BatchEntry] {
        let condition =
            "state IN ('sending', 'accepted', 'rejected') OR (state = 'void' AND attempts > 0)"
        return try batches(where: condition, before: row, limit)
    }

    private func batches(
        where condition: String, before row: Int64?, _ limit: Int
    ) throws -> [BatchEntry] {
        guard let store = try openStore() else { return [] }
        return try store.database.rows(
            """
            SELECT id, uid, state, events, length(body), sha256, url, sealed_at, answered_at, answer
            FROM batches WHERE (\(condition)) AND id < ? ORDER BY id DESC LIMIT \(limit)
            """, [.integer(row ?? .max)]
        ) { row in
            BatchEntry(
                uid: row.text(1), state: SealedBatch.State(rawValue: row.text(2)) ?? .void,
                events: row.integer(3), bytes: row.integer(4), sha256: row.text(5),
                url: row.text(6), sealedAt: Timestamp(nanoseconds: row.integer(7)),
                answeredAt: row.isNull(8) ? nil : Timestamp(nanoseconds: row.integer(8)),
                answer: row.isNull(9) ? nil : row.text(9), row: row.integer(0))
        }
    }

    /// A batch with its bytes; nil if there is none of that name.
    package func batch(_ uid: String) throws -> SealedBatch? {
        try openStore()?.batches("uid = ?", [.text(uid)]).first
    }

    /// Rows of the ledger, the newest first, at most `limit`; those before `number`.
    package func ledger(before number: Int64? = nil, limit: Int) throws -> [LedgerRow] {
        guard let store = try openStore() else { return [] }
        return try ledger(of: store).rows(
            where: "number < ?", [.integer(number ?? .max)], order: "DESC", limit: Int64(limit))
    }

    /// Rows of the ledger that tell of a batch, at most `limit`, from the newest or the oldest on.
    package func ledger(
        ofBatch uid: String, newestFirst: Bool, limit: Int
    ) throws -> [LedgerRow] {
        guard let store = try openStore() else { return [] }
        // The identifier has letters and digits only, so it stands in the text as it is.
        return try ledger(of: store).rows(
            where: "instr(detail, ?) > 0", [.text("\"\(uid)\"")],
            order: newestFirst ? "DESC" : "ASC", limit: Int64(limit))
    }

    /// The headers of a batch's request, in the order in which they are sent.
    package func headers(of batch: SealedBatch) -> [(name: String, value: String)] {
        batch.headers(userAgent: product.userAgent)
    }
}
