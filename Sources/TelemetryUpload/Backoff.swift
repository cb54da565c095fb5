// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Modules

/// How long to stay away after a failure: twice as long each time, with full jitter.
public struct Backoff: Sendable, Equatable {
    /// The longest delay after the first failure.
    public var base: Duration

    /// The longest delay ever.
    public var cap: Duration

    /// A minute after the first failure, six hours at most, but for what is named.
    public init(base: Duration = .seconds(60), cap: Duration = .seconds(6 * 60 * 60)) {
        self.base = base
        self.cap = cap
    }

    /// The longest delay after `attempt` failures in a row; the first failure is attempt 1.
    public func ceiling(attempt: Int) -> Duration {
        var ceiling = base
        var failures = 1
        while failures < attempt && ceiling < cap {
            ceiling *= 2
            failures += 1
        }
        return min(ceiling, cap)
    }

    /// A delay drawn uniformly from 0 to `ceiling(attempt:)`, so that installations which failed
    /// together do not come back together.
    public func next(attempt: Int, random: some RandomSource) -> Duration {
        let milliseconds = ceiling(attempt: attempt) / .milliseconds(1)
        return .milliseconds(Int64(milliseconds * random.unitInterval()))
    }
}
#endif
