// SPDX-License-Identifier: Apache-2.0

public import Modules

/// What a collector tells about the installations that report to it, in a range of days.
///
/// No figure in it rests on fewer than `k` installations: smaller groups are suppressed, and so is
/// the smallest shown group of a table whose suppressed ones could otherwise be computed from its
/// total. The table of events gives up its total instead, because other tables repeat its rows.
public struct Insight: Sendable, Equatable {
    /// The values that `k` may have. With 1 nothing would be suppressed.
    public static let kBounds = 2...1_000_000

    /// The days that are covered.
    public let days: ClosedRange<Day>
    /// The fewest installations that a figure rests on.
    public let k: Int
    /// Installations that reported anything; nil when they are fewer than `k`.
    public let activeInstallations: Int?
    /// Installations that reported anything, day by day; only days with any.
    public let daily: [DailyFigure]
    /// One table for each group of figures, in the order of `CounterGroup`.
    public let tables: [InsightTable]
    /// What was rejected and left out, in records and properties; it tells nothing of groups.
    public let tally: Tally

    /// How many installations were active on one day.
    public struct DailyFigure: Sendable, Equatable {
        /// The day.
        public let day: Day
        /// How many; nil when they are fewer than `k`.
        public let installations: Int?
    }
}

/// The figures of one group.
public struct InsightTable: Sendable, Equatable {
    /// What the figures are about.
    public let group: CounterGroup
    /// The figures that are shown, those with most installations first.
    public let rows: [InsightRow]
    /// How many figures are suppressed.
    public let suppressedRows: Int
    /// The sum over all figures, suppressed ones included; nil when it rests on fewer than `k`, or
    /// what is left of it without the shown ones does.
    public let total: Int?
}

/// One figure that is shown.
public struct InsightRow: Sendable, Equatable {
    /// Which one.
    public let counter: Counter
    /// How many installations it rests on.
    public let installations: Int
    /// The sum of what they reported, each limited to its share a day.
    public let count: Int
    /// How long what was counted took; nil where fewer than `k` installations told that.
    public let durations: DurationQuantiles?
}

/// Quantiles of durations, each the upper end of its bucket.
public struct DurationQuantiles: Sendable, Equatable {
    /// Half of the durations are at most this, in milliseconds.
    public let p50: Int
    /// Nine of ten durations are at most this, in milliseconds.
    public let p90: Int
    /// Ninety-nine of a hundred durations are at most this, in milliseconds.
    public let p99: Int

    init?(_ durations: DurationHistogram) {
        guard let p50 = durations.quantile(percent: 50),
            let p90 = durations.quantile(percent: 90), let p99 = durations.quantile(percent: 99)
        else { return nil }
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
    }
}
