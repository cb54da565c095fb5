// SPDX-License-Identifier: Apache-2.0

/// The moment by which something must have happened, on a clock that never goes back.
package struct Deadline: Sendable {
    private let instant: ContinuousClock.Instant

    /// The moment `duration` from now.
    package static func within(_ duration: Duration) -> Deadline {
        Deadline(instant: ContinuousClock.now + duration)
    }

    /// Whether the moment lies in the past.
    package var hasPassed: Bool { ContinuousClock.now >= instant }

    /// What is left until the moment, in seconds; 0 once it has passed.
    var secondsLeft: Double {
        max(0, (instant - ContinuousClock.now) / .seconds(1))
    }

    /// What is left, as poll(2) takes it: whole milliseconds, rounded up, 0 once it has passed.
    var pollTimeout: Int32 {
        Int32(min(Double(Int32.max), (secondsLeft * 1000).rounded(.up)))
    }
}
