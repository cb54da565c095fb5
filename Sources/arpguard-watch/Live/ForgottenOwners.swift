// SPDX-License-Identifier: Apache-2.0

/// When it is told that owners were forgotten for want of room: at once, and again where twice as
/// many were, or after an hour. What a flood leaves in the table goes one by one for as long as it
/// is remembered, and each goes for an honest station.
struct ForgottenOwners {
    /// How long after it was told it is told again, however few there are.
    static let pauseNanoseconds: Int64 = 3_600_000_000_000

    private var told: [String: (count: Int64, time: Int64)] = [:]

    /// Takes in how many were forgotten on an interface by now, on a clock that only goes on;
    /// returns how many more are to be told.
    mutating func news(_ count: Int64, on interface: String, at now: Int64) -> Int64? {
        let last = told[interface]
        let before = last?.count ?? 0
        guard count > before else { return nil }
        if let last, count < 2 * before, now - last.time < Self.pauseNanoseconds { return nil }
        told[interface] = (count, now)
        return count - before
    }
}
