// SPDX-License-Identifier: Apache-2.0

/// What one installation adds to each figure of a day, where it may add so much to one.
///
/// What divides the records of an event is cut with it, in proportion: an installation adds as much
/// to an event as to the features, modes or values of it together. Else the sum of these would tell
/// how much was cut, and so what one installation reported.
struct EventShares {
    /// Counts up to here are told apart.
    private static let countMax = 1 << 40
    /// Shares that were divided; empty for almost every installation.
    private var divided: [String: Int] = [:]

    init(_ counters: DayCounters) {
        for (name, figure) in counters.figures where figure.count > DayFigures.contributionsMax {
            guard let counter = Counter(name), counter.group == .event else { continue }
            divide(counters, counter.labels[0], min(figure.count, Self.countMax))
        }
    }

    /// In the order of names, each takes what the share of all up to it is more than that of those
    /// before: so no rounding is left over.
    private mutating func divide(_ counters: DayCounters, _ event: String, _ total: Int) {
        let parts = counters.figures.filter { Counter($0.key)?.event == event }
        var (sum, before) = (0, 0)
        for (name, figure) in parts.sorted(by: { $0.key < $1.key }) {
            sum += min(figure.count, Self.countMax)
            let upTo = sum * DayFigures.contributionsMax / total
            divided[name] = upTo - before
            before = upTo
        }
    }

    /// The share of a figure.
    func share(of name: String, _ figure: DayCounters.Figure) -> Int {
        min(divided[name] ?? figure.count, DayFigures.contributionsMax)
    }
}
