// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// So many in a minute, then none until the next.
final class RateLimit: Sendable {
    private static let nanosecondsPerMinute: Int64 = 60_000_000_000

    private struct Minute {
        var number: Int64 = -1
        var count = 0
    }

    private let max: Int
    private let minute = Mutex(Minute())

    init(perMinuteMax max: Int) {
        self.max = max
    }

    /// Counts one; false when it is one too many.
    func admits(at uptimeNanoseconds: Int64) -> Bool {
        let number = uptimeNanoseconds / Self.nanosecondsPerMinute
        return minute.withLock { minute in
            if minute.number != number { minute = Minute(number: number) }
            minute.count += 1
            return minute.count <= max
        }
    }
}
