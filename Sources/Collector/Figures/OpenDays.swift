// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The figures of open days, carried on with each commit: so reading them takes as long for many
/// batches as for few. It holds those of days that were read before, or that began since.
///
/// A day's figures are those after a number of changes, which the store counts. Whoever reads
/// compares the numbers, so that a change which another process made is not missed.
struct OpenDays {
    /// Figures of all days together; days that do not fit are summed at each reading.
    private static let cellsMax = 20_000
    /// Figures of the changes that are kept while days are summed; with more the days are summed
    /// again next time.
    private static let pendingFiguresMax = DayChanges.figuresMax

    private struct Sum {
        var change: Int64
        /// By service; nil while the day is summed.
        var figures: [String: DayFigures]?
        /// What was committed meanwhile.
        private(set) var pending: [DayChanges.Contribution] = []
        private(set) var pendingFigures = 0

        init(change: Int64, figures: [String: DayFigures]?) {
            self.change = change
            self.figures = figures
        }

        var cells: Int { figures?.values.reduce(0) { $0 + $1.cells.count } ?? 0 }

        /// Begins with figures, to which comes what was committed while they were summed.
        mutating func begin(with figures: [String: DayFigures]) {
            self.figures = figures
            let committed = pending
            (pending, pendingFigures) = ([], 0)
            for part in committed { take(part) }
        }

        mutating func take(_ part: DayChanges.Contribution) {
            guard figures != nil else {
                pending.append(part)
                return pendingFigures += part.figureCount
            }
            figures?[part.service, default: DayFigures(day: part.day, service: part.service)]
                .replace(part.before, with: part.after)
        }
    }

    private var days: [Day: Sum] = [:]

    /// Whether the figures of one day can be carried on.
    static func fits(_ figures: [DayFigures]) -> Bool {
        figures.reduce(0) { $0 + $1.cells.count } <= cellsMax
            && !figures.contains(where: \.isLimited)
    }

    /// The days of which each change has to be told.
    var heldDays: Set<Day> { Set(days.keys) }

    /// The figures of those days that are held as of the given numbers of changes. All others are
    /// going to be summed as of those numbers and then handed to `hold`.
    mutating func figures(after changes: [Day: Int64]) -> [Day: [DayFigures]] {
        let held = held(after: changes)
        for (day, change) in changes where held[day] == nil {
            days[day] = Sum(change: change, figures: nil)
        }
        return held
    }

    /// The same figures for a reader who is not going to hand any others to `hold`.
    func held(after changes: [Day: Int64]) -> [Day: [DayFigures]] {
        changes.reduce(into: [:]) { held, change in
            guard let sum = days[change.key], sum.change == change.value,
                let figures = sum.figures
            else { return }
            held[change.key] = figures.values.filter { $0.installations > 0 }
        }
    }

    /// Holds a day's figures from now on, if they fit.
    mutating func hold(_ figures: [DayFigures], of day: Day) {
        guard Self.fits(figures) else { return days[day] = nil }
        guard var sum = days[day], sum.figures == nil else { return }
        sum.begin(with: Dictionary(uniqueKeysWithValues: figures.map { ($0.service, $0) }))
        days[day] = sum
        dropIfTooMany(day)
    }

    /// Follows a commit.
    mutating func follow(_ changes: DayChanges) {
        for day in changes.begun { days[day] = Sum(change: 0, figures: [:]) }
        for (day, change) in changes.numbers {
            // Another process may have changed the day in between.
            days[day] = days[day].flatMap { $0.change == change - 1 ? $0 : nil }
            days[day]?.change = change
        }
        for day in changes.untold { days[day] = nil }
        for part in changes.contributions { days[part.day]?.take(part) }
        for day in changes.days { dropIfTooMany(day) }
    }

    /// The figures of all days that are held, and the change that they are as of.
    var sums: [(figures: [DayFigures], day: Day, change: Int64)] {
        days.compactMap { day, sum in
            sum.figures.map { figures in
                (figures.values.filter { $0.installations > 0 }, day, sum.change)
            }
        }
    }

    /// Forgets days that are folded.
    mutating func forget(before first: Day) {
        days = days.filter { $0.key >= first }
    }

    /// Forgets days of which nothing is kept any more.
    mutating func forget(_ empty: Set<Day>) {
        days = days.filter { !empty.contains($0.key) }
    }

    private mutating func dropIfTooMany(_ day: Day) {
        let cells = days.values.reduce(0) { $0 + $1.cells }
        let pending = days.values.reduce(0) { $0 + $1.pendingFigures }
        if cells > Self.cellsMax || pending > Self.pendingFiguresMax { days[day] = nil }
    }
}
