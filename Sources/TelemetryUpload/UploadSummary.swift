// SPDX-License-Identifier: Apache-2.0

#if Upload
public import JSON
public import Modules
public import Telemetry

/// What one round of uploads did, and why it ended.
public struct UploadSummary: Sendable, Equatable {
    /// Why a round sent no further batch.
    public enum Ending: Sendable, Equatable {
        /// Nothing waits to be sent.
        case nothingWaits
        /// Something waits, but its next attempt is due only then.
        case waits(until: Timestamp)
        /// Only what a person has not released waits: so many events.
        case held(events: Int64)
        /// No round is due before that, and only a due one was asked for; nil: before something
        /// changes.
        case notDue(until: Timestamp?)
        /// Today's bytes are used up; the rest goes another day.
        case budgetSpent
        /// These causes block sending.
        case blocked([Cause])
        /// A batch met a failure, which `problems` tells; the rest goes another time.
        case failed
        /// The round was cancelled.
        case interrupted
        /// The configuration was changed meanwhile; the rest goes another time, by the new one.
        case reconfigured
        /// The round had its share; the rest goes with the next one.
        case roundLimit
        /// Batches were not asked for.
        case erasuresOnly
        /// Batches wait until then, apart from a request for the erasure of another identifier.
        case apart(until: Timestamp)
        /// Another process uploads; what `TelemetryUploader.run` returns nil for.
        case busy
    }

    /// Something that went wrong, for a person: lower-case, no full stop.
    public struct Problem: Sendable, Equatable {
        /// What went wrong.
        public let text: String
        /// What it means, or what to do about it.
        public let hint: String
    }

    /// Batches that the server took.
    public var batchesSent = 0
    /// Events in them, without those that the server rejected.
    public var eventsSent: Int64 = 0
    /// Bytes of the bodies of the batches that the server took.
    public var bytesSent: Int64 = 0
    /// Batches that may have left, whatever became of them.
    package var batchesLeft = 0
    /// Batches that are sent again later.
    public var batchesRetried = 0
    /// When the next of them is due.
    package var retryDue: Timestamp?
    /// Batches that the server refused for good.
    public var batchesRejected = 0
    /// Batches that were on their way, and go no further: consent was taken back, or the
    /// installation identifier changed.
    public var batchesCutOff = 0
    /// Refused batches by reason, such as `http_404`.
    public var refusals: [String: Int] = [:]
    /// Events that the server rejected, alone or with their batch.
    public var eventsRejected: Int64 = 0
    /// Erasures that were confirmed.
    public var erasuresDone = 0
    /// Erasures that the server does not offer; they are not asked for again.
    public var erasuresUnsupported = 0
    /// Requests for erasure that were tried.
    package var erasuresTried = 0
    /// Those of them of which a byte may have left.
    package var erasuresLeft = 0
    /// Those of them that left for the first time.
    package var firstErasuresLeft = 0
    /// Erasures that are still to be confirmed.
    public var erasuresPending = 0
    /// Before when none of those is asked for by such a round; nil where one is, or there are none.
    public var erasuresNotBefore: Timestamp?
    /// The causes that block requests for erasure, where there are any pending.
    public var erasuresBlocked: [Cause] = []
    /// Why no further batch was sent.
    public var ending: Ending
    /// What went wrong, in the order it happened.
    public var problems: [Problem] = []
    /// What the server had to say about batches that it took, and what else a person should know.
    public var warnings: [String] = []

    /// A round that did nothing, for a reason.
    public init(ending: Ending = .nothingWaits) {
        self.ending = ending
    }

    /// Adds what a round for the erasures of another folder of the same home did.
    public mutating func add(erasuresOf other: UploadSummary) {
        erasuresNotBefore = TelemetryStatus.notBefore(
            (erasuresPending, erasuresNotBefore), (other.erasuresPending, other.erasuresNotBefore))
        erasuresDone += other.erasuresDone
        erasuresTried += other.erasuresTried
        erasuresLeft += other.erasuresLeft
        firstErasuresLeft += other.firstErasuresLeft
        erasuresUnsupported += other.erasuresUnsupported
        erasuresPending += other.erasuresPending
        erasuresBlocked = Cause.allCases.filter((erasuresBlocked + other.erasuresBlocked).contains)
        problems += other.problems
        warnings += other.warnings
        if [.interrupted, .reconfigured].contains(other.ending) { ending = other.ending }
    }

    /// Whether something was left undone by a failure, here or at the server.
    public var hasFailed: Bool { !problems.isEmpty || ending == .interrupted }

    /// The summary as one object with snake_case names; times in RFC 3339.
    public var json: JSONValue {
        [
            "batches_sent": .integer(Int64(batchesSent)), "events_sent": .integer(eventsSent),
            "bytes_sent": .integer(bytesSent),
            "batches_retried": .integer(Int64(batchesRetried)),
            "batches_rejected": .integer(Int64(batchesRejected)),
            "batches_cut_off": .integer(Int64(batchesCutOff)),
            "refusals": .object(
                JSONObject(
                    refusals.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
            ),
            "events_rejected": .integer(eventsRejected),
            "erasures_done": .integer(Int64(erasuresDone)),
            "erasures_unsupported": .integer(Int64(erasuresUnsupported)),
            "erasures_pending": .integer(Int64(erasuresPending)),
            "erasures_not_before": erasuresNotBefore.map { .string($0.rfc3339) } ?? .null,
            "ending": .string(ending.word),
            "events_held": .integer(ending.eventsHeld),
            "next_attempt": (ending.nextAttempt ?? retryDue).map { .string($0.rfc3339) } ?? .null,
            "blocked_sending": .array(ending.causes.map { .string($0.rawValue) }),
            "blocked_erasing": .array(erasuresBlocked.map { .string($0.rawValue) }),
        ]
    }
}

extension UploadSummary.Ending {
    /// The ending as one word, as JSON has it.
    public var word: String {
        switch self {
        case .nothingWaits: "nothing_waits"
        case .waits: "waits"
        case .held: "held"
        case .notDue: "not_due"
        case .budgetSpent: "budget_spent"
        case .blocked: "blocked"
        case .failed: "failed"
        case .interrupted: "interrupted"
        case .reconfigured: "reconfigured"
        case .roundLimit: "round_limit"
        case .erasuresOnly: "erasures_only"
        case .apart: "apart"
        case .busy: "busy"
        }
    }

    /// When the next attempt is due, where something waits for one.
    var nextAttempt: Timestamp? {
        switch self {
        case .waits(let time): time
        case .notDue(let time): time
        case .apart(let time): time
        default: nil
        }
    }

    /// The events that a person has not released, where only such wait.
    var eventsHeld: Int64 {
        if case .held(let events) = self { events } else { 0 }
    }

    /// The causes that block sending.
    var causes: [Cause] {
        if case .blocked(let causes) = self { causes } else { [] }
    }
}
#endif
