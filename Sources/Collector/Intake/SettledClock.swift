// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// Whether the time of day may be believed where something can't be undone: it went on beside the
/// uptime for an hour, without a jump. A clock that is wrong for a moment, as before a machine has
/// asked a time server, must not fold days.
struct SettledClock {
    private static let settlingNanoseconds: Int64 = 3_600_000_000_000
    /// What both may differ by, for clocks that are slewed.
    private static let toleranceNanoseconds: Int64 = 600_000_000_000

    private var offset: Int64?
    private var sinceNanoseconds: Int64 = 0

    /// Notes what both clocks show now.
    mutating func isSettled(_ now: Timestamp, uptimeNanoseconds uptime: Int64) -> Bool {
        let difference = now.nanoseconds - uptime
        if let offset, abs(difference - offset) <= Self.toleranceNanoseconds {
            return uptime - sinceNanoseconds >= Self.settlingNanoseconds
        }
        (offset, sinceNanoseconds) = (difference, uptime)
        return false
    }
}
