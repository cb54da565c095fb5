// SPDX-License-Identifier: Apache-2.0

public import Modules

/// What a collector tells about the installations of one service, in a range of days.
///
/// It is made of published days alone (`PublishedDay`): a figure of the range is the sum of the
/// days on which it may be shown.
public struct Insight: Sendable, Equatable {
    /// The values that `k` may have. With 1 nothing would be suppressed.
    public static let kBounds = 2...1_000_000
    /// Days that a range can have.
    public static let daysMax = 1100
    /// Rows of one table; those beyond it, on the fewest installations, are counted alone.
    public static let rowsMax = 200

    /// The product, `service.name`.
    public let service: String
    /// Every product of which `k` installations reported anything on some day of the range.
    public let services: [String]
    /// The days that are covered.
    public let days: ClosedRange<Day>
    /// The fewest installations that a figure rests on.
    public let k: Int
    /// Installations on the busiest day; nil when no day has `k`.
    public let activeInstallations: Int?
    /// Installations that reported anything, day by day. A day with fewer than `k` is not told from
    /// one without any.
    public let daily: [DailyFigure]
    /// One table for each group of figures, in the order of `CounterGroup`.
    public let tables: [InsightTable]
    /// What was rejected and left out, in records and properties: of each day, what `k`
    /// installations or more brought, in steps of `k`. What comes of installations that were
    /// erased, or that reported more than their share, is not in it.
    public let tally: Tally

    /// How many installations were active on one day.
    public struct DailyFigure: Sendable, Equatable {
        /// The day.
        public let day: Day
        /// How many: `k` or more.
        public let installations: Int
        /// Whether only totals are left of the day.
        public let isFolded: Bool
    }

    /// Sums published days. `k` below its bounds counts as the lower bound.
    init(
        _ figures: [DayFigures], service: String, days: ClosedRange<Day>, k: Int,
        tallies: [DayTally]
    ) {
        let k = max(k, Self.kBounds.lowerBound)
        let own = figures.filter { $0.service == service && days.contains($0.day) }
        let published = own.filter { $0.installations >= k }.sorted { $0.day < $1.day }
            .map { PublishedDay($0, k: k) }
        self.service = service
        services = Set(figures.filter { $0.installations >= k }.map(\.service)).sorted()
        self.days = days
        self.k = k
        activeInstallations = published.map(\.installations).max()
        daily = published.map {
            .init(day: $0.day, installations: $0.installations, isFolded: $0.isFolded)
        }
        tables = CounterGroup.allCases.map { InsightTable($0, published, k: k) }
        tally = tallies.reduce(into: Tally()) { $0.merge($1.shown(k: k)) }
            .without([.share, .erased])
    }
}

extension Insight {
    /// What every reading says, whether there are such groups or not.
    public var smallGroups: String {
        "Groups of fewer than \(k) installations are not shown. "
            + "Small counts are told in steps of \(k): at least so much, which each then says."
    }

    /// All days from the first that is told of to the last.
    var dailyDays: [Day] {
        guard let first = daily.first?.day, let last = daily.last?.day else { return [] }
        return (first.number...last.number).map { Day(number: $0) }
    }
}

/// The figures of one group. It knows of those alone that are shown on some day, so that it is the
/// same whether there are others or not.
public struct InsightTable: Sendable, Equatable {
    /// What the figures are about.
    public let group: CounterGroup
    /// The figures that are shown on any day, those with most installations first.
    public let rows: [InsightRow]
    /// How many more there are, beyond `Insight.rowsMax`.
    public let furtherRows: Int

    init(_ group: CounterGroup, _ days: [PublishedDay], k: Int) {
        var sums: [Counter: InsightRow.Sum] = [:]
        for day in days {
            for (counter, cell) in day.cells where counter.group == group {
                sums[counter, default: InsightRow.Sum()].add(cell, on: day.day, k: k)
            }
        }
        let rows = sums.map { InsightRow($0.key, $0.value) }.sorted(by: InsightRow.isBefore)
        self.group = group
        self.rows = Array(rows.prefix(Insight.rowsMax))
        furtherRows = max(0, rows.count - Insight.rowsMax)
    }
}

/// One figure that is shown.
public struct InsightRow: Sendable, Equatable {
    /// One day of a figure.
    public struct Daily: Sendable, Equatable {
        /// The day.
        public let day: Day
        /// At least so many installations, a multiple of `k`.
        public let installations: Int
        /// What they reported; nil where that is not told.
        public let count: Int?
        /// Whether that is a multiple of `k`, and so may be a step below what was counted.
        public let isAtLeast: Bool
        /// Quantiles of how long it took, where `k` installations told that.
        public let durations: DurationQuantiles?
    }

    /// A figure's sum on its way.
    struct Sum {
        var daily: [Daily] = []
        var durations = PublishedDurations()

        mutating func add(_ cell: PublishedDay.Cell, on day: Day, k: Int) {
            durations.merge(cell.durations)
            daily.append(
                Daily(
                    day: day, installations: cell.installations, count: cell.count,
                    isAtLeast: cell.count.map { $0.isMultiple(of: k) } ?? false,
                    durations: DurationQuantiles(cell.durations)))
        }
    }

    /// Which one.
    public let counter: Counter
    /// At least so many installations on the busiest day, a multiple of `k`.
    public let installations: Int
    /// The sum of what was reported, each installation limited to its share a day, and in steps of
    /// `k` on a day on which it is not well above the installations (`ToldCounts`); nil where it is
    /// not told on one of the days: for a version, for an event that one table divides, and for the
    /// values in several tables of one event.
    public let count: Int?
    /// Whether the sum has a day of which so much at least is told.
    public let isAtLeast: Bool
    /// How long what was counted took; nil where fewer than `k` installations told that.
    public let durations: DurationQuantiles?
    /// The figure on each day on which it is shown.
    public let daily: [Daily]

    fileprivate init(_ counter: Counter, _ sum: Sum) {
        let counts = sum.daily.compactMap(\.count)
        self.counter = counter
        installations = sum.daily.map(\.installations).max() ?? 0
        count = counts.count == sum.daily.count ? counts.reduce(0, +) : nil
        isAtLeast = count != nil && sum.daily.contains(where: \.isAtLeast)
        durations = DurationQuantiles(sum.durations)
        daily = sum.daily
    }

    fileprivate static func isBefore(_ left: InsightRow, _ right: InsightRow) -> Bool {
        (right.installations, right.count ?? 0, left.counter)
            < (left.installations, left.count ?? 0, right.counter)
    }
}

/// Quantiles of durations, each the upper end of its bucket. One is nil if fewer than `k`
/// installations reached it on its day, or fewer stayed within.
public struct DurationQuantiles: Sendable, Equatable {
    /// Half of the durations are at most this, in milliseconds.
    public let p50: Int?
    /// Nine of ten durations are at most this, in milliseconds.
    public let p90: Int?
    /// Ninety-nine of a hundred durations are at most this, in milliseconds.
    public let p99: Int?

    /// All of them, from the least.
    public var all: [Int?] { [p50, p90, p99] }

    /// One of them in words, with the sign for "at most": what took at most 0 ms took no more.
    public static func words(_ milliseconds: Int, atMost sign: String) -> String {
        milliseconds == 0 ? "0 ms" : "\(sign) \(milliseconds) ms"
    }

    init?(_ durations: PublishedDurations) {
        p50 = durations.quantile(percent: 50)
        p90 = durations.quantile(percent: 90)
        p99 = durations.quantile(percent: 99)
        guard all != [nil, nil, nil] else { return nil }
    }
}

extension CollectorStorage {
    /// Computes the insight of a service in a range of days; without a service, of the one with the
    /// most installations on any day, if those are `k`.
    ///
    /// - Parameter isFinal: tells only of days that are folded, which nothing can change any more.
    public func insight(
        of service: String? = nil, in days: ClosedRange<Day>, k: Int, isFinal: Bool = false
    ) throws(StorageError) -> Insight {
        let figures = try figures(in: days).filter { $0.isFolded || !isFinal }
        let largest = figures.filter { $0.installations >= k }.max {
            ($0.installations, $1.service) < ($1.installations, $0.service)
        }
        return Insight(
            figures, service: service ?? largest?.service ?? IntakePolicy.ownService, days: days,
            k: k, tallies: Array(try tallies(in: days).values))
    }
}
