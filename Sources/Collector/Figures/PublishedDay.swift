// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// What may be shown of one service's day. It is the unit of everything that is published: figures
/// of a range are sums of published days, so that no two ranges can be subtracted to learn more
/// than the days tell by themselves.
///
/// - A cell of fewer than `k` installations is hidden.
/// - Where the cells of a group divide what another number counts (the records of an event, the
///   installations of the day), and one of them is hidden, the smallest shown one is hidden too, so
///   that the rest of the number is never that of fewer than `k`.
/// - How many installations a cell rests on is told in steps of `k`: against the number of the day
///   or of another cell it would tell how many are *not* in it.
/// - A duration is told that at least `k` installations reached, and at least `k` stayed within.
struct PublishedDay {
    let day: Day
    /// Installations that reported anything: `k` or more.
    let installations: Int
    /// The figures that are shown.
    let cells: [Counter: Cell]
    /// The figures that are hidden.
    let hidden: Set<Counter>
    let isFolded: Bool

    /// What may be shown of a day of `k` installations or more; of another one nothing may.
    init(_ figures: DayFigures, k: Int) {
        let all = figures.cells.reduce(into: [Counter: DayFigures.Cell]()) { cells, cell in
            if let counter = Counter(cell.key) { cells[counter] = cell.value }
        }
        var shown = all.filter { $0.value.installations >= k }
        for family in Self.families(all.keys) {
            guard family.contains(where: { shown[$0] == nil }),
                let smallest = Self.smallest(of: family, in: shown)
            else { continue }
            shown[smallest] = nil
        }
        day = figures.day
        isFolded = figures.isFolded
        installations = figures.installations
        hidden = Set(all.keys).subtracting(shown.keys)
        cells = shown.mapValues { Self.coarse($0, k: k) }
    }

    /// The cells that divide one number among them.
    private static func families(_ counters: some Sequence<Counter>) -> [[Counter]] {
        let dividing = counters.filter { $0.group != .event && $0.group != .loss }
        return Array(Dictionary(grouping: dividing, by: \.family).values)
    }

    private static func smallest(
        of family: [Counter], in shown: [Counter: DayFigures.Cell]
    ) -> Counter? {
        family.filter { shown[$0] != nil }.min { left, right in
            (shown[left]?.installations ?? 0, left) < (shown[right]?.installations ?? 0, right)
        }
    }

    private static func coarse(_ cell: DayFigures.Cell, k: Int) -> Cell {
        Cell(
            installations: cell.installations - cell.installations % k, count: cell.count,
            durations: PublishedDurations(cell, k: k))
    }

    /// One figure that is shown.
    struct Cell {
        /// At least so many installations, a multiple of `k`.
        let installations: Int
        let count: Int
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
