// SPDX-License-Identifier: Apache-2.0

/// Counts of numbers in buckets: eight for each power of two, so a bucket tells its number to an
/// eighth. Numbers up to 15 have a bucket each.
struct Histogram {
    private static let exact: Int64 = 16
    private static let stepsPerOctave = 8
    private static let bucketsMax = Int(exact) + 60 * stepsPerOctave

    private var counts: [UInt32] = []
    private var total: Int64 = 0

    var isEmpty: Bool { total == 0 }

    mutating func add(_ number: Int64) {
        let bucket = Self.bucket(of: max(0, number))
        if bucket >= counts.count {
            counts += Array(repeating: 0, count: bucket + 1 - counts.count)
        }
        counts[bucket] &+= 1
        total += 1
    }

    mutating func add(_ other: Histogram) {
        if other.counts.count > counts.count {
            counts += Array(repeating: 0, count: other.counts.count - counts.count)
        }
        for (bucket, count) in other.counts.enumerated() { counts[bucket] &+= count }
        total += other.total
    }

    /// The number that `percent` of all do not pass; 0 without any.
    func quantile(percent: Int64) -> Int64 {
        let rank = max(1, (total * percent + 99) / 100)
        var seen: Int64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += Int64(count)
            if seen >= rank { return Self.number(in: bucket) }
        }
        return 0
    }

    private static func bucket(of number: Int64) -> Int {
        guard number >= exact else { return Int(number) }
        let octave = 63 - number.leadingZeroBitCount
        let step = Int(number >> Int64(octave - 3)) & (stepsPerOctave - 1)
        return min(Int(exact) + (octave - 4) * stepsPerOctave + step, bucketsMax - 1)
    }

    /// The middle of a bucket.
    private static func number(in bucket: Int) -> Int64 {
        guard bucket >= Int(exact) else { return Int64(bucket) }
        let octave = Int64((bucket - Int(exact)) / stepsPerOctave + 4)
        let step = Int64((bucket - Int(exact)) % stepsPerOctave)
        let width = Int64(1) << (octave - 3)
        return (Int64(stepsPerOctave) + step) * width + width / 2
    }
}
