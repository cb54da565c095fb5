// SPDX-License-Identifier: Apache-2.0

/// What was rejected and left out of what came on one day, and of how many installations that was:
/// only so can be told what rests on few.
public struct DayTally: Sendable, Equatable {
    /// What stands before the word of a reason where its installations are meant.
    private static let installationsPrefix = "installations."

    /// How much, by reason.
    public private(set) var amounts = Tally()
    /// Of how many installations at least, by reason: each counts with the first batch that it
    /// sealed on the day. What names no installation is of none.
    public private(set) var installations = Tally()

    /// Makes an empty tally.
    public init() {}

    /// Adds what a batch or a commit brings. `isFirst`: it is an installation's first batch of the
    /// day.
    public mutating func add(_ tally: Tally, isFirst: Bool = false) {
        for (reason, amount) in tally.counts { add(reason, amount, of: isFirst ? 1 : 0) }
    }

    /// Adds what some installations bring of a reason.
    public mutating func add(_ reason: Tally.Reason, _ amount: Int, of installations: Int = 0) {
        guard amount > 0 else { return }
        amounts.add(reason, amount)
        self.installations.add(reason, installations)
    }

    /// What may be shown: reasons of `k` installations and more, in steps of `k`. Each of these has
    /// a part in an amount, which told exactly would be a bound on how many they are. Sums of such
    /// days can't be subtracted to learn more.
    func shown(k: Int) -> Tally {
        let steps = Steps(k: k)
        var shown = Tally()
        for (reason, amount) in amounts.counts
        where installations.counts[reason, default: 0] >= k {
            shown.add(reason, steps.down(amount))
        }
        return shown
    }

    /// All counts, each under the word by which it is stored.
    var entries: [(word: String, count: Int)] {
        amounts.counts.sorted { $0.key < $1.key }.map { ($0.key.rawValue, $0.value) }
            + installations.counts.sorted { $0.key < $1.key }.map {
                (Self.installationsPrefix + $0.key.rawValue, $0.value)
            }
    }

    /// Takes a count that is stored under a word; one that is not known here is passed over.
    mutating func take(_ word: String, _ count: Int) {
        if let reason = Tally.Reason(rawValue: word) {
            amounts.add(reason, count)
        } else if word.hasPrefix(Self.installationsPrefix),
            let reason = Tally.Reason(
                rawValue: String(word.dropFirst(Self.installationsPrefix.count)))
        {
            installations.add(reason, count)
        }
    }
}
