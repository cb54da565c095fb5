// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// Counts of one day, in memory alone, for limits of what one source may bring: in as many places
/// as there are, under a key that is drawn anew each day. Sources that share a place share its
/// limit; none can choose with whom.
struct DailyCounts<Count: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private static var placesCount: Int { 1 << 16 }

    private var day: Day?
    private var key = 0
    private var counts: [Count] = []
    /// How often the counts began anew: a clock can show one day twice.
    private(set) var beginnings = 0

    /// Begins anew where the counts are of another day.
    mutating func begin(_ today: Day, _ random: any RandomSource) {
        guard day != today else { return }
        day = today
        beginnings += 1
        key = Int(truncatingIfNeeded: random.uint64())
        counts = [Count](repeating: 0, count: Self.placesCount)
    }

    /// The count of a source. Call `begin` before.
    subscript(source: some Hashable) -> Count {
        get { counts[place(of: source)] }
        set { counts[place(of: source)] = newValue }
    }

    private func place(of source: some Hashable) -> Int {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(source)
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(Self.placesCount))
    }
}
