// SPDX-License-Identifier: Apache-2.0

/// What a careful observer knows: what was agreed to, what was accepted, what left.
struct Model {
    /// A yes that stands.
    struct Yes {
        /// Where uploads may go; nil is nowhere.
        var origin: String?
        /// Whether what leaves is made coarse.
        var isAnonymous: Bool
        /// The version of the catalogue that was shown.
        var version: Int
    }

    /// What happened to one accepted event.
    struct Fate {
        /// Under which yes it was accepted.
        let generation: Int
        /// Whether `extra` had been agreed to.
        let mayHoldExtra: Bool
    }

    /// What stands now; nil is no.
    private(set) var yes: Yes?
    /// Counts everything that ends an epoch: nothing of an earlier one may ever leave.
    private(set) var generation = 0
    /// The oldest yes whose events may leave now: an earlier one than today's only where a fault
    /// cut a change short, so that either may stand.
    private(set) var oldestStanding = 0
    /// Accepted events by their number.
    private(set) var events: [Int: Fate] = [:]
    /// How many were accepted since the last deletion; nil where a fault made that uncertain.
    private(set) var accepted: Int64? = 0
    /// The number of the next event.
    private(set) var next = 1

    /// Another event's number.
    mutating func newNumber() -> Int {
        defer { next += 1 }
        return next
    }

    /// The program said that an event is recorded.
    mutating func accept(_ number: Int, extra: Bool) {
        events[number] = Fate(
            generation: generation, mayHoldExtra: extra && yes?.version ?? 0 >= 2)
        accepted = accepted.map { $0 + 1 }
    }

    /// Somebody said yes.
    mutating func agree(_ new: Yes) {
        if let yes, yes.origin == new.origin, yes.isAnonymous == new.isAnonymous {
            self.yes?.version = new.version
        } else {
            turn()
            yes = new
        }
    }

    /// Ends an epoch for certain.
    private mutating func turn() {
        generation += 1
        oldestStanding = generation
    }

    /// Somebody took consent back.
    mutating func withdraw() {
        turn()
        yes = nil
    }

    /// All data was deleted; consent stays as it was.
    mutating func delete() {
        turn()
        accepted = 0
    }

    /// The identifier was changed: what was recorded under the old one stays here.
    mutating func rotate() { turn() }

    /// A change was cut short: what stands now is what the gate says, under the old epoch or a new.
    mutating func learn(_ now: Yes?) {
        generation += 1
        yes = now
    }

    /// Something happened that may have taken events with it.
    mutating func loseCount() { accepted = nil }
}
