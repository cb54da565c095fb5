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
}
