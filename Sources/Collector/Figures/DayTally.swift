// SPDX-License-Identifier: Apache-2.0

/// What was rejected and left out of what came on one day, and of how many batches that was: only
/// so can be told what rests on few.
public struct DayTally: Sendable, Equatable {
    /// What stands before the word of a reason where its batches are meant.
    private static let batchesPrefix = "batches."

    /// How much, by reason.
    public private(set) var amounts = Tally()
    /// Of how many batches, by reason. What a commit brings that names no batch counts as one.
    public private(set) var batches = Tally()

    /// Makes an empty tally.
    public init() {}

    /// Adds what one batch brings.
    public mutating func add(_ tally: Tally) {
        for (reason, amount) in tally.counts { add(reason, amount) }
    }

    /// Adds what some batches bring of a reason.
    public mutating func add(_ reason: Tally.Reason, _ amount: Int, of batches: Int = 1) {
        guard amount > 0 else { return }
        amounts.add(reason, amount)
        self.batches.add(reason, batches)
    }

    /// What may be shown: reasons of `k` batches and more. An installation sends about once a day,
    /// and sums of such days can't be subtracted to learn more.
    func shown(k: Int) -> Tally {
        amounts.without(Set(amounts.counts.keys.filter { batches.counts[$0, default: 0] < k }))
    }

    /// All counts, each under the word by which it is stored.
    var entries: [(word: String, count: Int)] {
        amounts.counts.sorted { $0.key < $1.key }.map { ($0.key.rawValue, $0.value) }
            + batches.counts.sorted { $0.key < $1.key }.map {
                (Self.batchesPrefix + $0.key.rawValue, $0.value)
            }
    }

    /// Takes a count that is stored under a word; one that is not known here is passed over.
    mutating func take(_ word: String, _ count: Int) {
        if let reason = Tally.Reason(rawValue: word) {
            amounts.add(reason, count)
        } else if word.hasPrefix(Self.batchesPrefix),
            let reason = Tally.Reason(rawValue: String(word.dropFirst(Self.batchesPrefix.count)))
        {
            batches.add(reason, count)
        }
    }
}
