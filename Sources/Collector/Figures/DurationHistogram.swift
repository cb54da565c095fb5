// SPDX-License-Identifier: Apache-2.0

/// Durations counted in logarithmic buckets, four to each doubling: a quantile is at most a quarter
/// over the true value.
public struct DurationHistogram: Sendable, Equatable {
    /// Buckets that exist: enough for every duration up to 2^40 ms, about 35 years.
    public static let bucketsMax = 160
    private static let exactBelow = 8

    /// One bucket that is not empty.
    public struct Bin: Sendable, Equatable {
        /// Its index.
        public let bucket: UInt8
        /// How many durations fell into it.
        public fileprivate(set) var count: Int
    }

    /// The buckets with any duration, in order.
    public private(set) var bins: [Bin] = []

    /// Makes an empty histogram.
    public init() {}

    /// Makes a histogram of known counts, by bucket.
    public init(counts: [Int: Int]) {
        for (bucket, count) in counts.sorted(by: { $0.key < $1.key }) where count > 0 {
            bins.append(Bin(bucket: UInt8(clamping: bucket), count: count))
        }
    }

    /// Whether nothing was counted.
    public var isEmpty: Bool { bins.isEmpty }

    /// How many durations were counted.
    public var total: Int { bins.reduce(0) { Self.saturatingSum($0, $1.count) } }

    /// How many durations were counted in some of the buckets.
    func total(_ isMeant: (_ bucket: UInt8) -> Bool) -> Int {
        bins.reduce(0) { isMeant($1.bucket) ? Self.saturatingSum($0, $1.count) : $0 }
    }

    private static func saturatingSum(_ left: Int, _ right: Int) -> Int {
        let sum = left.addingReportingOverflow(right)
        return sum.overflow ? .max : sum.partialValue
    }

    /// Counts one duration in milliseconds; negative ones count as 0.
    public mutating func add(milliseconds: Int) {
        add(1, to: UInt8(Self.bucket(of: milliseconds)))
    }

    /// Counts durations of a bucket, quickest for the last one that there is.
    mutating func add(_ count: Int, to bucket: UInt8) {
        var place = bins.count
        while place > 0, bins[place - 1].bucket > bucket { place -= 1 }
        if place > 0, bins[place - 1].bucket == bucket {
            bins[place - 1].count = Self.saturatingSum(bins[place - 1].count, count)
        } else {
            bins.insert(Bin(bucket: bucket, count: count), at: place)
        }
    }

    /// Adds all counts of another histogram.
    public mutating func merge(_ other: DurationHistogram) {
        guard !isEmpty else { return bins = other.bins }
        for bin in other.bins { add(bin.count, to: bin.bucket) }
    }

    /// Takes away what was merged before.
    mutating func subtract(_ other: DurationHistogram) {
        for bin in other.bins {
            guard let place = bins.firstIndex(where: { $0.bucket == bin.bucket }) else { continue }
            bins[place].count -= bin.count
        }
        bins.removeAll { $0.count <= 0 }
    }

    /// The histogram with at most `max` durations: each bucket keeps its share, rounded down, and
    /// the smallest ones what is left.
    func limited(to max: Int) -> DurationHistogram {
        let total = total
        guard total > max else { return self }
        var limited = self
        for place in bins.indices {
            limited.bins[place].count = Int(
                Double(bins[place].count) / Double(total) * Double(max))
        }
        var rest = max - limited.total
        for place in bins.indices where rest > 0 {
            limited.bins[place].count += 1
            rest -= 1
        }
        limited.bins.removeAll { $0.count == 0 }
        return limited
    }

    /// The bucket of the duration with this place in their order, the first having 1. The last one
    /// for a place beyond them all.
    func bucket(ofRank rank: Int) -> UInt8 {
        var seen = 0
        for bin in bins {
            seen += bin.count
            if seen >= rank { return bin.bucket }
        }
        return bins.last?.bucket ?? 0
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
