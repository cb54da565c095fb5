// SPDX-License-Identifier: Apache-2.0

import SQLite

/// What a deletion did that whoever asked for it was not told: it may be cut short, and be finished
/// by others.
///
/// The store keeps it over a deletion, in the transaction that empties all else, until that is done
/// and told: by whoever ends it, or, where nobody hears that one, by the next who is heard. A later
/// deletion is another one.
struct DeletionTally: Equatable {
    private static let key = "deletion.done"
    private static let (requestedWord, unreadWord) = ("requested", "unread")
    private static let endedWord = "ended"

    /// How many events it deleted.
    var events: Int64 = 0
    /// Whether something is to be erased elsewhere.
    var requested = false
    /// Why something can't be.
    var unerasable: Unerasable = []
    /// Whether it ended with an identifier that could not be read before.
    var isOfUnread = false
    /// Whether the next deletion has found it ended, and is another one.
    var isEnded = false

    /// What earlier runs did that nobody was told of; nil where there are none.
    static func earlier(in store: Store) throws -> DeletionTally? {
        guard let words = try store.rememberedText(key)?.split(separator: " ").map(String.init)
        else { return nil }
        // Any number may stand there.
        let events = words.first.flatMap { Int64($0) } ?? 0
        return DeletionTally(
            events: min(max(events, 0), Ledger.numberMax),
            requested: words.contains(requestedWord), unerasable: Unerasable(names: words),
            isOfUnread: words.contains(unreadWord), isEnded: words.contains(endedWord))
    }

    /// Forgets it.
    static func forget(in store: Store) throws(SQLiteError) { try store.forget(key) }

    /// Keeps it for whoever goes on.
    func keep(in store: Store) throws(SQLiteError) {
        let words = [
            String(events), requested ? Self.requestedWord : nil,
            isOfUnread ? Self.unreadWord : nil, isEnded ? Self.endedWord : nil,
        ]
        let all = words.compactMap(\.self) + unerasable.names
        try store.remember(all.joined(separator: " "), Self.key)
    }

    /// Both together.
    func adding(_ other: DeletionTally) -> DeletionTally {
        DeletionTally(
            events: events + other.events, requested: requested || other.requested,
            unerasable: unerasable.union(other.unerasable),
            isOfUnread: isOfUnread || other.isOfUnread)
    }

    /// What was done, in words, where another one ends it than who asked for it.
    var end: String {
        if isOfUnread {
            return RotationOutcome(erasureRequested: requested, unerasable: unerasable)
                .endOfDeletion
        }
        let done = "delete-data is done now: deleted \(events) \(events == 1 ? "event" : "events")"
        return done + unerasable.end(requested: requested, sent: "what was sent")
    }
}
