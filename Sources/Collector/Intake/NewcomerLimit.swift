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
        /// How often the counts began anew: a clock can show one day twice.
        var beginnings = 0
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

    /// Room that is set aside for the new installations that a request may turn out to bring.
    struct Room: Sendable {
        fileprivate let network: Int?
        fileprivate var beginnings = 0
        fileprivate var count = 0
    }

    /// Sets room aside for every installation of a request, as far as its network has any left;
    /// batches of the others are to be kept only if their installation is known. Without a network,
    /// for a peer on this machine, nothing is limited. `settle` has to follow.
    func admit(_ batches: inout [AdmittedBatch], of network: Int?, on today: Day) -> Room {
        guard let network else { return Room(network: nil) }
        let wanted = Set(batches.map(\.installation)).count
        let (granted, beginnings) = state.withLock { state in
            begin(today, &state)
            let place = Self.place(of: network, state.key)
            let granted = Swift.min(wanted, Swift.max(0, max - Int(state.counts[place])))
            state.counts[place] += UInt16(granted)
            return (granted, state.beginnings)
        }
        if granted < wanted {
            var admitted: Set<String> = []
            for index in batches.indices {
                let installation = batches[index].installation
                if admitted.count < granted { admitted.insert(installation) }
                batches[index].admitsNew = admitted.contains(installation)
            }
        }
        return Room(network: network, beginnings: beginnings, count: granted)
    }

    /// Gives back the room of those that were known already, or were not kept.
    func settle(_ room: Room, taken: Int) {
        guard let network = room.network, taken < room.count else { return }
        state.withLock { state in
            guard state.beginnings == room.beginnings else { return }
            state.counts[Self.place(of: network, state.key)] -= UInt16(room.count - taken)
        }
    }

    private func begin(_ today: Day, _ state: inout State) {
        guard state.day != today else { return }
        state.day = today
        state.beginnings += 1
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
