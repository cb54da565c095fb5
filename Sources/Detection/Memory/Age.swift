// SPDX-License-Identifier: Apache-2.0

/// Lengths of time in nanoseconds, as frames' times are given.
package enum Nanoseconds {
    /// One second.
    package static let second: Int64 = 1_000_000_000
    /// One millisecond.
    package static let millisecond: Int64 = 1_000_000
}

extension Int64 {
    /// How long ago `earlier` was at this time; 0 when clocks ran backwards in between.
    @inline(always)
    func age(of earlier: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(earlier)
        if overflow { return self > earlier ? .max : 0 }
        return Swift.max(0, difference)
    }

    /// Whether this time is within `window` of `other`, whichever is earlier: what is further ahead
    /// was noted before a clock was set back, and is no recent matter.
    @inline(always)
    func isWithin(_ window: Int64, of other: Int64) -> Bool {
        let (difference, isTooFar) = subtractingReportingOverflow(other)
        return !isTooFar && difference.magnitude <= window
    }
}
