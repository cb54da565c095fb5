// SPDX-License-Identifier: Apache-2.0

/// How many installations the shown figures of a day are told to rest on: at least so many, in
/// steps of `k`.
///
/// How many of a whole (an event, or the day) are *not* in a figure, or in none of a table, is
/// known from `k` on, as how many are: steps alone would tell of one that is missing where the
/// others lack one to a step. So what is told is the same with all of the whole. Where the whole is
/// itself told in steps, as an event is, what is told of its parts is the same for all of a step.
struct ToldInstallations {
    /// What is told of each figure.
    private(set) var told: [Counter: Int] = [:]
    private let steps: Steps

    /// Tells of figures that rest on so many installations, each `k` or more.
    ///
    /// - Parameters:
    ///   - installations: those of the day.
    ///   - counts: what is told of each event by its one table. Where fewer records are, no more
    ///     installations are told, or it would show that some are in no figure.
    init(_ shown: [Counter: Int], of installations: Int, counts: [String: Int], steps: Steps) {
        self.steps = steps
        let day = Whole(exact: installations, told: installations)
        for (counter, number) in shown where counter.whole == nil {
            let recordsMax = counter.event.flatMap { counts[$0] } ?? number
            told[counter] = step(min(number, recordsMax), of: day)
        }
        let wholes = told
        func whole(_ counter: Counter) -> Whole {
            guard let event = counter.whole, let number = shown[event], let step = wholes[event]
            else { return day }
            return Whole(exact: number, told: step)
        }
        for (counter, number) in shown where counter.whole != nil {
            told[counter] = step(number, of: whole(counter))
        }
        for table in Self.tables(shown.keys) { cutLargest(of: table, shown, whole) }
    }

    /// What the figures are some of.
    private struct Whole {
        let exact: Int
        let told: Int
    }

    private func step(_ number: Int, of whole: Whole) -> Int {
        steps.installations(min(number, whole.told - (steps.k - 1)))
    }

    /// Those that a table lacks may all be in its largest figure.
    private mutating func cutLargest(
        of table: [Counter], _ shown: [Counter: Int], _ whole: (Counter) -> Whole
    ) {
        let fewest = steps.k - 1
        let sum = table.reduce(0) { $0 + shown[$1, default: 0] }
        let largest = table.max {
            (shown[$0, default: 0], $1) < (shown[$1, default: 0], $0)
        }
        guard let largest, case let lacking = whole(largest).exact - sum, 0...fewest ~= lacking
        else { return }
        let number = steps.installations(shown[largest, default: 0] + lacking - fewest)
        told[largest] = min(told[largest, default: number], number)
    }

    /// The figures that divide one whole among them.
    private static func tables(_ counters: some Sequence<Counter>) -> [[Counter]] {
        let dividing = counters.filter { $0.group != .event && $0.group != .loss }
        return Array(Dictionary(grouping: dividing, by: \.family).values)
    }
}
