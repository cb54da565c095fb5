// SPDX-License-Identifier: Apache-2.0

/// What the shown figures of a day are told to count.
///
/// - Of an event and the tables that divide its records one alone is counted: the table, or the
///   event where it has none or several. Counts of both, or of two tables, would differ by what is
///   left out.
/// - Who has reported something has a part in its count, so that a count is also a bound on how
///   many these are. One below the next step above the day's installations is told in steps of
///   `k`, or it would tell that few of them lack the figure.
struct ToldCounts {
    /// The count of each figure of which one is told.
    let told: [Counter: Int]

    /// Tells of figures, on a day of so many installations.
    init(_ counts: [Counter: Int], installations: Int, steps: Steps) {
        // By what is shown alone: a table that is hidden counts as none.
        let tables = Self.tables(counts.keys)
        let exactMin = steps.down(installations) + steps.k
        var told: [Counter: Int] = [:]
        for (counter, count) in counts
        where Self.isCounted(counter, of: tables[counter.event ?? "", default: 0]) {
            told[counter] = count < exactMin ? steps.down(count) : count
        }
        self.told = told
    }

    /// What is told of each event by the one table that is shown of it; nothing of the others.
    var ofTables: [String: Int] {
        told.reduce(into: [:]) { sums, figure in
            guard figure.key.group != .event, let event = figure.key.event else { return }
            sums[event, default: 0] += figure.value
        }
    }

    /// How many tables divide the records of each event, in these figures.
    private static func tables(_ counters: some Sequence<Counter>) -> [String: Int] {
        var families: [String: Set<String>] = [:]
        for counter in counters where counter.group != .event {
            guard let event = counter.event else { continue }
            families[event, default: []].insert(counter.family)
        }
        return families.mapValues(\.count)
    }

    /// Whether a count is told, where so many tables divide the event that it is about.
    private static func isCounted(_ counter: Counter, of tables: Int) -> Bool {
        switch counter.group {
        case .event: tables != 1
        case .feature, .run, .alert, .error, .property: tables == 1
        case .loss: true
        case .version: false  // It would tell how many installations there are.
        }
    }
}

/// Numbers told in steps of `k`: at least so many.
struct Steps {
    /// How far the steps are from each other; also the fewest installations that are told of.
    let k: Int

    /// The step that is not above a number.
    func down(_ number: Int) -> Int { number - number % k }

    /// The same for installations: `k` at least, as all that is shown rests on so many.
    func installations(_ number: Int) -> Int { max(k, down(number)) }
}
