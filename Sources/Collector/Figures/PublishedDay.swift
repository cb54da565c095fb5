// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// What may be shown of one service's day. It is the unit of everything that is published: figures
/// of a range are sums of published days, so that no two ranges can be subtracted to learn more
/// than the days tell by themselves.
///
/// - A cell of fewer than `k` installations is left out, and nothing is kept of it: what is made of
///   the day can't even tell that there is one.
/// - What it counts is told of an event or of its one table, small counts in steps (`ToldCounts`).
/// - How many installations a cell rests on is told in steps of `k` (`ToldInstallations`).
/// - A duration is told that at least `k` installations reached, and at least `k` stayed within.
struct PublishedDay {
    let day: Day
    /// Installations that reported anything: `k` or more.
    let installations: Int
    /// The figures that are shown.
    let cells: [Counter: Cell]
    let isFolded: Bool

    /// What may be shown of a day of `k` installations or more; of another one nothing may.
    init(_ figures: DayFigures, k: Int) {
        let all = Self.named(figures)
        let shown = all.filter { $0.value.installations >= k }
        let steps = Steps(k: k)
        let counts = ToldCounts(
            shown.mapValues(\.count), installations: figures.installations, steps: steps)
        let installations = ToldInstallations(
            shown.mapValues(\.installations), of: figures.installations,
            counts: counts.ofTables, steps: steps)
        day = figures.day
        isFolded = figures.isFolded
        self.installations = figures.installations
        var cells: [Counter: Cell] = [:]
        for (counter, told) in installations.told {
            guard let cell = shown[counter] else { continue }
            cells[counter] = Cell(
                installations: told, count: counts.told[counter],
                durations: PublishedDurations(cell, k: k))
        }
        self.cells = cells
    }

    private static func named(_ figures: DayFigures) -> [Counter: DayFigures.Cell] {
        figures.cells.reduce(into: [:]) { cells, cell in
            if let counter = Counter(cell.key) { cells[counter] = cell.value }
        }
    }

    /// One figure that is shown.
    struct Cell {
        /// At least so many installations, a multiple of `k`.
        let installations: Int
        /// What they reported, at least where it is a multiple of `k`; nil where that is not told.
        let count: Int?
        let durations: PublishedDurations
    }
}

/// Durations of which may be told what `k` installations reached and `k` did not exceed: those that
/// are longer or shorter are counted, not told.
struct PublishedDurations {
    private(set) var told = DurationHistogram()
    /// Untold ones, each under the bucket that it lies below: the first that its day tells.
    private var shorter = DurationHistogram()
    /// Untold ones, each under the bucket that it lies above: the last that its day tells.
    private var longer = DurationHistogram()

    init() {}

    init(_ cell: DayFigures.Cell, k: Int) {
        guard cell.timedInstallations >= k else { return }
        let first = cell.quickest.bucket(ofRank: k)
        let last = cell.slowest.bucket(ofRank: cell.timedInstallations - k + 1)
        for bin in cell.durations.bins {
            if bin.bucket < first {
                shorter.add(bin.count, to: first)
            } else if bin.bucket > last {
                longer.add(bin.count, to: last)
            } else {
                told.add(bin.count, to: bin.bucket)
            }
        }
    }

    mutating func merge(_ other: PublishedDurations) {
        told.merge(other.told)
        shorter.merge(other.shorter)
        longer.merge(other.longer)
    }

    /// The quantile (nearest rank) in milliseconds, the upper end of its bucket; nil where it is
    /// not told, or, in the sum of several days, where it depends on what one of them does not
    /// tell.
    func quantile(percent: Int) -> Int? {
        let untoldShorter = shorter.total
        let total = untoldShorter + told.total + longer.total
        let rank = (total * percent + 99) / 100
        var before = 0
        for bin in told.bins {
            let through = before + bin.count
            let belowMax = before + untoldShorter + longer.total { $0 + 1 < bin.bucket }
            let throughMin = through + shorter.total { $0 <= bin.bucket + 1 }
            if belowMax < rank, rank <= throughMin {
                return DurationHistogram.largest(in: Int(bin.bucket))
            }
            before = through
        }
        return nil
    }
}
