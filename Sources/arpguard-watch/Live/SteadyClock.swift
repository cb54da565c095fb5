// SPDX-License-Identifier: Apache-2.0

import Modules

/// Frames' times on a clock that nobody sets, for detection: it counts within windows of time,
/// and a clock that is set back would keep them open for as long as it was set back.
struct SteadyClock {
    /// A smaller difference comes from how the two clocks are read, or from a clock that is being
    /// adjusted slowly.
    static let jumpNanoseconds: Int64 = 500_000_000

    /// Frames wait for no longer than this until they are judged.
    static let waitNanosecondsMax: Int64 = 86_400_000_000_000

    private let clock: any WallClock
    private let start: Int64
    /// How far the wall clock is ahead of where it would be had nobody set it.
    private(set) var offset: Int64 = 0

    init(_ clock: any WallClock) {
        self.clock = clock
        start = clock.now().nanoseconds &- clock.uptimeNanoseconds()
    }

    /// Looks whether the wall clock was set since the last look: by how much, or nil.
    mutating func jump() -> Int64? {
        let ahead = clock.now().nanoseconds &- clock.uptimeNanoseconds() &- start
        let jump = ahead &- offset
        guard jump.magnitude >= Self.jumpNanoseconds.magnitude else { return nil }
        offset = ahead
        return jump
    }

    /// The time on the steady clock that was `time` on the wall clock.
    func steady(_ time: Int64) -> Int64 { time &- offset }

    /// Now, on the steady clock.
    var now: Int64 { start &+ clock.uptimeNanoseconds() }

    /// The time on the steady clock of a frame that was captured by `now` and, as its child says,
    /// at `time` on the wall clock. The child may have been taken over: no frame comes from the
    /// future, or from long ago.
    func arrival(_ time: Int64, by now: Int64) -> Int64 {
        min(
            max(steady(time), now &- Self.waitNanosecondsMax), now &+ Self.jumpNanoseconds)
    }

    /// The time on the wall clock, as it is set now, that was `time` on the steady one.
    func wall(_ time: Int64) -> Int64 { time &+ offset }
}
