// SPDX-License-Identifier: Apache-2.0

import Hashing
import JSON
package import Modules

/// A request for erasure that the collector has not confirmed: with its secret it outlives
/// `delete-data`.
package struct PendingErasure: Sendable, Equatable {
    /// The installation that is to be erased.
    package let installationID: String
    /// What proves that the request comes from there.
    package let secret: String
    /// Where the request goes: the installation's own URL.
    package let url: String
    /// How often it was tried; what is read is 0 to ``attemptsMax``.
    package var attempts: Int64
    /// Not to be tried before.
    package var nextAttemptAt: Timestamp
    /// Until when the server asked for patience; nil if it did not.
    package var wish: Timestamp?
    /// Whether a byte of a request may have left ever.
    package var hasLeft = false
    /// Whether batches kept it away since it was asked for.
    var wasKeptAway = false

    /// The URL of an installation below the place where erasures are asked for.
    static func url(of installationID: String, below place: String) -> String {
        place.hasSuffix("/") ? place + installationID : "\(place)/\(installationID)"
    }

    /// Where the request goes, as a server is known; the whole URL of one that is none.
    package var origin: String { Endpoint(url)?.origin ?? url }

    /// Whether it may be asked for now. A time that nobody can have asked for was noted by a clock
    /// gone wrong.
    ///
    /// - Parameter isAskedFor: a person waits for it, who waits out only what a server asked for.
    func isDue(at now: Timestamp, isAskedFor: Bool = false) -> Bool {
        notBefore(now, isAskedFor: isAskedFor) == nil
    }

    /// Before when it may not be asked for; nil if it may now.
    func notBefore(_ now: Timestamp, isAskedFor: Bool) -> Timestamp? {
        guard let time = isAskedFor ? wish : nextAttemptAt else { return nil }
        return time <= now || time > Outbox.patience(now) ? nil : time
    }

    /// Is not due before a time. One that a clock gone wrong noted is none.
    mutating func putOff(until time: Timestamp, _ now: Timestamp) {
        let isKnown = nextAttemptAt <= Outbox.patience(now)
        nextAttemptAt = isKnown ? max(nextAttemptAt, time) : time
    }

    /// Waits for what its server asked of others, by origin; whether that is longer than before.
    mutating func heed(_ wishes: [String: Timestamp], _ now: Timestamp) -> Bool {
        guard let wish = wishes[origin], wish > notBefore(now, isAskedFor: true) ?? now else {
            return false
        }
        self.wish = wish
        putOff(until: wish, now)
        return true
    }

    var json: JSONValue {
        var object: JSONObject = [
            "installation_id": .string(installationID), "secret": .string(secret),
            "url": .string(url), "check": .string(check), "attempts": .integer(attempts),
            "next_attempt_at": .integer(nextAttemptAt.nanoseconds), "has_left": .bool(hasLeft),
        ]
        if let wish { object["wish"] = .integer(wish.nanoseconds) }
        if wasKeptAway { object["kept_away"] = true }
        return .object(object)
    }

    /// What shows that a byte of the request was changed.
    private var check: String {
        let parts = [installationID, secret, url].joined(separator: "\n")
        return Hex.encode(Array(SHA256.hash(Array(parts.utf8)).prefix(8)))
    }
}

extension [PendingErasure] {
    /// Those that a round asks for, 10 at most.
    ///
    /// - Parameters:
    ///   - isAskedFor: a person waits for it, who waits out only what a server asked for.
    ///   - isAlone: no batch is meant. Else one that failed waits out its pause in any case, or it
    ///     would stand before the batches whenever somebody asks for these.
    func asked(at now: Timestamp, isAskedFor: Bool, isAlone: Bool) -> [PendingErasure] {
        let due = filter { erasure in
            erasure.isDue(at: now, isAskedFor: isAskedFor)
                && (isAlone || erasure.attempts == 0 || erasure.isDue(at: now))
        }
        return Array(due.prefix(Outbox.erasuresMax))
    }
}

extension PendingErasure {
    /// More than anybody tries: whoever mends the file by hand may write any number.
    private static let attemptsMax: Int64 = 1_000_000

    /// Nil for what is no request, or was changed since. One without a check was mended by hand.
    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object["installation_id"]?.stringValue,
            let secret = object["secret"]?.stringValue, let url = object["url"]?.stringValue,
            let attempts = object["attempts"]?.integerValue,
            let next = object["next_attempt_at"]?.integerValue
        else { return nil }
        self.init(
            installationID: id, secret: secret, url: url,
            attempts: min(max(attempts, 0), Self.attemptsMax),
            nextAttemptAt: Timestamp(nanoseconds: next),
            wish: object["wish"]?.integerValue.map { Timestamp(nanoseconds: $0) },
            hasLeft: object["has_left"]?.boolValue ?? (attempts > 0),
            wasKeptAway: object["kept_away"]?.boolValue ?? false)
        guard object["check"] == nil || object["check"]?.stringValue == check else { return nil }
    }
}
