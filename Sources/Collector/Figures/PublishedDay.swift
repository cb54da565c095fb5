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
struct PublishedDay {
    let day: Day
    /// Installations that reported anything; nil when they are fewer than `k`.
    let installations: Int?
    /// The figures that are shown.
    let cells: [Counter: DayFigures.Cell]
    /// The figures that are hidden.
    let hidden: Set<Counter>
    let isFolded: Bool

    init(_ figures: DayFigures, k: Int) {
        let all = figures.cells.reduce(into: [Counter: DayFigures.Cell]()) { cells, cell in
            if let counter = Counter(cell.key) { cells[counter] = cell.value }
        }
        var shown = figures.installations < k ? [:] : all.filter { $0.value.installations >= k }
        for family in Self.families(all.keys) {
            guard family.contains(where: { shown[$0] == nil }),
                let smallest = Self.smallest(of: family, in: shown)
            else { continue }
            shown[smallest] = nil
        }
        day = figures.day
        isFolded = figures.isFolded
        installations = figures.installations < k ? nil : figures.installations
        hidden = Set(all.keys).subtracting(shown.keys)
        cells = shown.mapValues { Self.coarse($0, k: k) }
    }

    /// The cells that divide one number among them.
    private static func families(_ counters: some Sequence<Counter>) -> [[Counter]] {
        var families: [String: [Counter]] = [:]
        for counter in counters {
            switch counter.group {
            case .event, .loss: continue
            case .version, .feature, .run, .alert, .error:
                families[counter.group.rawValue, default: []].append(counter)
            case .property:
                families[counter.labels.prefix(2).joined(separator: "/"), default: []]
                    .append(counter)
            }
        }
        return Array(families.values)
    }

    private static func smallest(
        of family: [Counter], in shown: [Counter: DayFigures.Cell]
    ) -> Counter? {
        family.filter { shown[$0] != nil }.min { left, right in
            (shown[left]?.installations ?? 0, left) < (shown[right]?.installations ?? 0, right)
        }
    }

    private static func coarse(_ cell: DayFigures.Cell, k: Int) -> DayFigures.Cell {
        var coarse = cell
        coarse.installations -= cell.installations % k
        if cell.timedInstallations < k {
            coarse.timedInstallations = 0
            coarse.durations = DurationHistogram()
        }
        return coarse
    }
}
