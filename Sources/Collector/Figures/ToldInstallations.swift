// SPDX-License-Identifier: Apache-2.0

/// How many installations the shown figures of a day are told to rest on: at least so many, in
/// steps of `k`.
///
/// How many of a whole (an event, or the day) are *not* in a figure, or in none of a table, is
/// known from `k` on, as how many are: steps alone would tell of one that is missing where the
/// others lack one to a step. So what is told is the same with all of the whole.
struct ToldInstallations {
    /// What is told of each figure.
    let told: [Counter: Int]

    /// Tells of figures that rest on so many installations, each `k` or more.
    init(_ installations: [Counter: Int], of whole: (Counter) -> Int, k: Int) {
        let fewest = k - 1
        var told: [Counter: Int] = [:]
        for (counter, number) in installations {
            told[counter] = Self.step(min(number, whole(counter) - fewest), k)
        }
        // Those that a table lacks may all be in its largest figure.
        for table in Self.tables(installations.keys) {
            let sum = table.reduce(0) { $0 + installations[$1, default: 0] }
            let largest = table.max {
                (installations[$0, default: 0], $1) < (installations[$1, default: 0], $0)
            }
            guard let largest, case let lacking = whole(largest) - sum, 0...fewest ~= lacking
            else { continue }
            let number = installations[largest, default: 0]
            told[largest] = Self.step(number + lacking - fewest, k)
        }
        self.told = told
    }

    private static func step(_ number: Int, _ k: Int) -> Int { max(k, number - number % k) }

    /// The figures that divide one whole among them.
    private static func tables(_ counters: some Sequence<Counter>) -> [[Counter]] {
        let dividing = counters.filter { $0.group != .event && $0.group != .loss }
        return Array(Dictionary(grouping: dividing, by: \.family).values)
    }
}
