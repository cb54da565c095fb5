// SPDX-License-Identifier: Apache-2.0

internal import Modules
private import Synchronization

/// How many installations each network brought anew today, so that nobody can invent a crowd of
/// them from one place. It is kept in memory alone, under a key that is drawn anew each day, in as
/// many places as there are: networks that share one share its limit.
final class NewcomerLimit: Sendable {
    private static let places = 1 << 16

    private struct State {
        var day: Day?
        var key = 0
        var counts: [UInt16] = []
    }

    private let max: Int
    private let random: any RandomSource
    private let state = Mutex(State())

    init(max: Int, random: any RandomSource) {
        self.max = Swift.min(max, Int(UInt16.max) - 1)
        self.random = random
    }

    /// Whether a network may bring one more; always, for a peer on this machine.
    func admits(_ network: Int?, on today: Day) -> Bool {
        guard let network else { return true }
        return state.withLock { state in
            begin(today, &state)
            return Int(state.counts[Self.place(of: network, state.key)]) < max
        }
    }

    /// Counts an installation that turned out to be new.
    func count(_ network: Int?, on today: Day) {
        guard let network else { return }
        state.withLock { state in
            begin(today, &state)
            let place = Self.place(of: network, state.key)
            if state.counts[place] < UInt16.max { state.counts[place] += 1 }
        }
    }

    private func begin(_ today: Day, _ state: inout State) {
        guard state.day != today else { return }
        state.day = today
        state.key = Int(truncatingIfNeeded: random.uint64())
        state.counts = [UInt16](repeating: 0, count: Self.places)
    }

    private static func place(of network: Int, _ key: Int) -> Int {
        var hasher = Hasher()
        hasher.combine(key)
        hasher.combine(network)
        return Int(UInt(bitPattern: hasher.finalize()) % UInt(places))
    }
}
