// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// Where the time comes from; a test or a simulation puts its own in.
public protocol WallClock: Sendable {
    /// The time of day. May jump in both directions.
    func now() -> Timestamp

    /// The time of day, perhaps some milliseconds old, at the least cost.
    func coarseNow() -> Timestamp

    /// Nanoseconds since an arbitrary start, the machine's sleep among them; never goes back.
    func uptimeNanoseconds() -> Int64
}

extension WallClock {
    /// The time of day; a clock that has nothing cheaper gives the exact one.
    public func coarseNow() -> Timestamp { now() }
}

/// The machine's clocks.
public struct SystemClock: WallClock {
    /// Makes a view of the machine's clocks; costs nothing.
    public init() {}

    /// The time of day, `CLOCK_REALTIME`.
    public func now() -> Timestamp {
        Timestamp(nanoseconds: read(CLOCK_REALTIME))
    }

    /// The time of day, `CLOCK_REALTIME_COARSE`.
    public func coarseNow() -> Timestamp { Timestamp(nanoseconds: csystem_coarse_now()) }

    /// Nanoseconds since the machine started, `CLOCK_BOOTTIME`: after a sleep it agrees with the
    /// time of day about how long that was.
    public func uptimeNanoseconds() -> Int64 {
        read(CLOCK_BOOTTIME)
    }

    private func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        // Can't fail: both clocks exist on every Linux and the pointer is valid.
        _ = unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
