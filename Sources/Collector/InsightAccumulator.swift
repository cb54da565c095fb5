// SPDX-License-Identifier: Apache-2.0

public import Modules

/// Sums rows of figures into an insight. Its memory grows with the number of figures and days, not
/// with that of installations.
struct InsightAccumulator {
    /// A figure over all installations.
    private struct Sum {
        var installations = 0
        /// Who contributed, as long as they are fewer than `k`; it decides what has to be hidden.
        var members: Set<Int>? = []
        var count = 0
        var durations = DurationHistogram()
        /// Installations that told durations.
        var timedInstallations = 0
        private var last = -1
        private var lastTimed = -1

        mutating func add(_ figure: DayCounters.Figure, of installation: Int, k: Int) {
            count += figure.count
            durations.merge(figure.durations)
            if !figure.durations.counts.isEmpty, installation != lastTimed {
                lastTimed = installation
                timedInstallations += 1
            }
            guard installation != last else { return }
            last = installation
            installations += 1
            members?.insert(installation)
            if installations >= k { members = nil }
        }
    }

    private let k: Int
    private var sums: [Counter: Sum] = [:]
    private var groups: [CounterGroup: Sum] = [:]
    private var daily: [Day: Int] = [:]
    private var installations = 0

    init(k: Int) {
        self.k = k
    }

    /// Takes one row; all rows of an installation have to follow each other.
    mutating func add(installation: Int, day: Day, counters: DayCounters) {
        installations = max(installations, installation + 1)
        daily[day, default: 0] += 1
        for (counter, figure) in counters.figures {
            sums[counter, default: Sum()].add(figure, of: installation, k: k)
            groups[counter.group, default: Sum()].add(figure, of: installation, k: k)
        }
    }

    /// The insight of all rows so far.
    func insight(days: ClosedRange<Day>, tally: Tally) -> Insight {
        Insight(
            days: days, k: k, activeInstallations: shown(installations),
            daily: daily.sorted { $0.key < $1.key }.map {
                .init(day: $0.key, installations: shown($0.value))
            },
            tables: CounterGroup.allCases.map(table), tally: tally)
    }

    private func shown(_ installations: Int) -> Int? {
        installations >= k ? installations : nil
    }

    private func table(of group: CounterGroup) -> InsightTable {
        let sums = sums.filter { $0.key.group == group }
        var shown = sums.filter { $0.value.installations >= k }
        var total = groups[group].flatMap { $0.installations >= k ? $0.count : nil }
        if total != nil, let needed = Self.complement(of: shown, among: sums, k: k) {
            // An event that has a table of its own is that table's total: hiding it here would hide
            // nothing.
            if group == .event { total = nil } else { shown[needed] = nil }
        }
        let rows = shown.map { counter, sum in
            InsightRow(
                counter: counter, installations: sum.installations, count: sum.count,
                durations: sum.timedInstallations >= k ? DurationQuantiles(sum.durations) : nil)
        }
        return InsightTable(
            group: group, rows: rows.sorted(by: Self.isBefore),
            suppressedRows: sums.count - rows.count, total: total)
    }

    /// The shown figure that has to be hidden too, so that the total less the shown ones does not
    /// give away what fewer than `k` installations did; nil when that is not so.
    private static func complement(
        of shown: [Counter: Sum], among sums: [Counter: Sum], k: Int
    ) -> Counter? {
        let hidden = sums.values.compactMap(\.members).reduce(into: Set()) { $0.formUnion($1) }
        guard !hidden.isEmpty, hidden.count < k else { return nil }
        return shown.min { left, right in
            (left.value.installations, left.key) < (right.value.installations, right.key)
        }?.key
    }

    private static func isBefore(_ left: InsightRow, _ right: InsightRow) -> Bool {
        (right.installations, right.count, left.counter)
            < (left.installations, left.count, right.counter)
    }
}

extension CollectorStorage {
    /// Computes the insight of a range of days. `k` below its bounds counts as the lower bound.
    public func insight(
        in days: ClosedRange<Day>, k: Int
    ) throws(StorageError) -> Insight {
        var accumulator = InsightAccumulator(k: max(k, Insight.kBounds.lowerBound))
        try visitFigures(in: days) { installation, day, counters in
            accumulator.add(installation: installation, day: day, counters: counters)
        }
        return accumulator.insight(days: days, tally: try tally(in: days))
    }
}
