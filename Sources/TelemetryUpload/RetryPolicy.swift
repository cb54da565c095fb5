// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Modules

/// When what failed is tried again: a pure function of the failures so far, the server's wish, the
/// time and chance. The result is kept in the store, so it holds over restarts.
public struct RetryPolicy: Sendable, Equatable {
    /// How the own delays grow.
    public var backoff: Backoff

    /// A policy with this backoff.
    public init(backoff: Backoff = Backoff()) {
        self.backoff = backoff
    }

    /// The next attempt after `failures` failures in a row. A server's wish is a least delay, a
    /// day at most: a wish for none does not undo the backoff.
    public func nextAttempt(
        failures: Int64, asked: Duration?, now: Timestamp, _ random: some RandomSource
    ) -> Timestamp {
        let own = backoff.next(attempt: Int(clamping: failures), random: random)
        return max(asked.map { wish($0, now: now) } ?? now, now.advanced(by: own))
    }

    /// Until when a server asks for patience: a day at most.
    func wish(_ asked: Duration, now: Timestamp) -> Timestamp {
        now.advanced(by: min(asked, RetryAfter.delayMax))
    }
}

extension Timestamp {
    fileprivate func advanced(by delay: Duration) -> Timestamp {
        advanced(byNanoseconds: Int64(delay / .nanoseconds(1)))
    }
}
#endif
