// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

/// Rows whose time lies in the future, since a clock was ahead: they get old from the moment when
/// they were first seen.
struct DatedAhead: Equatable {
    private static let key = "retention.ahead"
    /// More days than a clock is wrong; rows of later ones wait for a place.
    private static let marksMax = 64

    /// The last such event and batch when they were first seen; 0 where there was none.
    let lastEvent: Int64
    let lastBatch: Int64
    private let seen: Int64

    /// From when on a time lies in the future: a day is left for clocks that differ.
    static func bound(_ now: Timestamp) -> Int64 { now.advanced(bySeconds: 86_400).nanoseconds }

    /// Those that were seen before `oldest`, which are forgotten with that; nil without any. Notes
    /// those that were not seen before. Within a transaction.
    static func expired(in store: Store, before oldest: Int64, _ now: Timestamp) throws -> Self? {
        let noted = try store.rememberedText(key) ?? ""
        // A look that lies in the future itself was that of the clock that was ahead.
        var marks = noted.split(separator: ";").compactMap(Self.init)
            .filter { $0.seen <= now.nanoseconds }
        let expired = marks.last { $0.seen < oldest }
        marks.removeAll { $0.seen < oldest }
        if marks.count < marksMax, let found = try Self(in: store, now),
            found.goesBeyond(marks.last ?? expired)
        {
            marks.append(found)
        }
        let text = marks.map(\.text).joined(separator: ";")
        if text.isEmpty, !noted.isEmpty { try store.forget(key) }
        if !text.isEmpty, text != noted { try store.remember(text, key) }
        return expired
    }

    /// Whether there are rows that another look did not see.
    private func goesBeyond(_ earlier: Self?) -> Bool {
        guard let earlier else { return true }
        return lastEvent > earlier.lastEvent || lastBatch > earlier.lastBatch
    }

    private var text: String { "\(seen) \(lastEvent) \(lastBatch)" }

    private init?(_ text: some StringProtocol) {
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        guard numbers.count == 3 else { return nil }
        (seen, lastEvent, lastBatch) = (numbers[0], numbers[1], numbers[2])
    }

    private init?(in store: Store, _ now: Timestamp) throws {
        let bound = [SQLiteValue.integer(Self.bound(now))]
        func last(_ query: String) throws -> Int64 {
            try store.database.integer("SELECT coalesce(max(id), 0) FROM \(query) > ?", bound) ?? 0
        }
        lastEvent = try last("events WHERE time")
        lastBatch = try last("batches WHERE sealed_at")
        seen = now.nanoseconds
        if lastEvent == 0, lastBatch == 0 { return nil }
    }
}
