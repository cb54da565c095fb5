// SPDX-License-Identifier: Apache-2.0

internal import Modules
private import Synchronization

/// How many installations each network brought anew today, so that nobody can invent a crowd of
/// them from one place.
final class NewcomerLimit: Sendable {
    private let max: Int
    private let random: any RandomSource
    private let counts = Mutex(DailyCounts<UInt16>())

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
        let wanted = Set(batches.lazy.filter { !$0.isOverQuota }.map(\.installation)).count
        let (granted, beginnings) = counts.withLock { counts in
            counts.begin(today, random)
            let granted = Swift.min(wanted, Swift.max(0, max - Int(counts[network])))
            counts[network] += UInt16(granted)
            return (granted, counts.beginnings)
        }
        if granted < wanted {
            var admitted: Set<String> = []
            for index in batches.indices where !batches[index].isOverQuota {
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
        counts.withLock { counts in
            guard counts.beginnings == room.beginnings else { return }
            counts[network] -= UInt16(room.count - taken)
        }
    }
}
