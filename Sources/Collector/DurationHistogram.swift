// SPDX-License-Identifier: Apache-2.0

/// Durations counted in logarithmic buckets, four to each doubling: a quantile is at most a quarter
/// over the true value.
public struct DurationHistogram: Sendable, Equatable {
    /// Buckets that exist: enough for every duration up to 2^40 ms, about 35 years.
    public static let bucketsMax = 160
    private static let exactBelow = 8

    /// Bucket index and how many durations fell into it; only buckets with any.
    public private(set) var counts: [Int: Int]

    /// Makes a histogram of known counts.
    public init(counts: [Int: Int] = [:]) {
        self.counts = counts
    }

    /// How many durations were counted.
    public var total: Int { counts.values.reduce(0, Self.saturatingSum) }

    private static func saturatingSum(_ left: Int, _ right: Int) -> Int {
        let sum = left.addingReportingOverflow(right)
        return sum.overflow ? .max : sum.partialValue
    }

    /// Counts one duration in milliseconds; negative ones count as 0.
    public mutating func add(milliseconds: Int) {
        counts[Self.bucket(of: milliseconds), default: 0] += 1
    }

    /// Adds all counts of another histogram.
    public mutating func merge(_ other: DurationHistogram) {
        counts.merge(other.counts, uniquingKeysWith: Self.saturatingSum)
    }

    /// The histogram with at most `max` durations: each bucket keeps its share, rounded down, and
    /// the smallest ones what is left.
    func limited(to max: Int) -> DurationHistogram {
        let total = total
        guard total > max else { return self }
        var limited = counts.mapValues { Int((Double($0) / Double(total) * Double(max))) }
        var rest = max - limited.values.reduce(0, +)
        for bucket in counts.keys.sorted() where rest > 0 {
            limited[bucket, default: 0] += 1
            rest -= 1
        }
        return DurationHistogram(counts: limited.filter { $0.value > 0 })
    }

    /// The largest duration, in milliseconds, of the bucket that the quantile falls into; nil when
    /// nothing was counted. `percent` is 1 to 100 (nearest rank).
    public func quantile(percent: Int) -> Int? {
        let rank = (total * percent + 99) / 100
        var seen = 0
        for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) {
            seen += count
            if seen >= rank { return Self.largest(in: bucket) }
        }
        return nil
    }

    /// The bucket of a duration: the value itself below 8 ms, then by its three leading bits.
    static func bucket(of milliseconds: Int) -> Int {
        let value = max(0, milliseconds)
        guard value >= exactBelow else { return value }
        let exponent = Int.bitWidth - 1 - value.leadingZeroBitCount
        let quarter = (value >> (exponent - 2)) & 3
        return min(exactBelow + (exponent - 3) * 4 + quarter, bucketsMax - 1)
    }

    /// The largest duration that falls into a bucket.
    static func largest(in bucket: Int) -> Int {
        guard bucket >= exactBelow else { return bucket }
        let exponent = (bucket - exactBelow) / 4 + 3
        let quarter = (bucket - exactBelow) % 4
        return ((5 + quarter) << (exponent - 2)) - 1
    }
}
