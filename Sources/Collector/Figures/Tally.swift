// SPDX-License-Identifier: Apache-2.0

/// Counts of what did not go into the figures, by reason.
public struct Tally: Sendable, Equatable {
    /// Why something was left out.
    public enum Reason: String, Sendable, Hashable, CaseIterable, Comparable {
        /// Record: its resource names a service that is not collected for.
        case service = "record.service"
        /// Record: its resource has no installation identifier of the agreed form.
        case installation = "record.installation"
        /// Record: it has no identifier of the agreed form, one twice in a batch, or one of a batch
        /// that another installation sent in the same request.
        case identifier = "record.identifier"
        /// Record: the catalogue does not know the event.
        case event = "record.event"
        /// Record: its day is too old or lies in the future.
        case day = "record.day"
        /// Record: its installation was erased.
        case erased = "record.erased"
        /// Property: the catalogue does not know it.
        case unknownProperty = "property.unknown"
        /// Property: the catalogue does not know the word, which is kept and counted as `other`.
        case unknownWord = "property.word"
        /// Property: the catalogue does not admit the value.
        case refusedValue = "property.refused"
        /// Resource attribute: it is not one of the agreed ones, or its value is not admitted.
        case resource = "resource.unknown"
        /// Contribution: the installation had reached its share of the figure for the day.
        case share = "contribution.share"

        /// Whether a record was rejected, so that the sender is told.
        public var isRecord: Bool { rawValue.hasPrefix("record.") }

        /// By the text.
        public static func < (left: Reason, right: Reason) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The counts that are not zero.
    public private(set) var counts: [Reason: Int] = [:]

    /// Makes an empty tally.
    public init() {}

    /// Counts `amount` more of a reason.
    public mutating func add(_ reason: Reason, _ amount: Int = 1) {
        if amount > 0 { counts[reason, default: 0] += amount }
    }

    /// Adds every count of another tally.
    public mutating func merge(_ other: Tally) {
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    /// The tally without some reasons.
    func without(_ reasons: Set<Reason>) -> Tally {
        var rest = self
        for reason in reasons { rest.counts[reason] = nil }
        return rest
    }

    /// How many records were rejected.
    public var rejectedRecords: Int {
        counts.reduce(0) { $0 + ($1.key.isRecord ? $1.value : 0) }
    }
}
