// SPDX-License-Identifier: Apache-2.0

/// The last eight times that something happened.
struct RecentTimes: Sendable {
    /// How many are kept, and so the highest count that a threshold can ask for.
    static let countMax = 8

    private var times: [8 of Int64] = .init(repeating: .min)
    private var next = 0

    /// Notes that it happened at `time`.
    mutating func add(_ time: Int64) {
        times[next] = time
        next = (next + 1) % Self.countMax
    }

    /// Whether it happened within `window` of `time`, before or after.
    func hasOne(within window: Int64, of time: Int64) -> Bool {
        for index in times.indices where times[index] != .min {
            if time.isWithin(window, of: times[index]) { return true }
        }
        return false
    }

    /// How often it happened within `window` of `time`; at most ``countMax``.
    func count(within window: Int64, at time: Int64) -> Int {
        var count = 0
        for index in times.indices where times[index] != .min {
            if time.isWithin(window, of: times[index]) { count += 1 }
        }
        return count
    }
}
