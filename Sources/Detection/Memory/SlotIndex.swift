// SPDX-License-Identifier: Apache-2.0

/// Where entries are, by their hash: open addressing with linear probing, at most a quarter full.
///
/// A slot keeps some of the hash beside the place, so that other entries are hardly ever looked
/// at. Source: Knuth, The Art of Computer Programming, volume 3, 6.4, algorithms L and R.
struct SlotIndex: ~Copyable, Sendable {
    /// How many entries can be told apart.
    static let entriesMax = 0xF_FFFF

    private static let placeMask: UInt32 = 0xF_FFFF

    /// Twelve bits of the hash above the entry's place plus one; 0 where there is none.
    private var slots: FixedStorage<UInt32>
    private var mask: Int

    /// An index with room for `room` entries, and at least as many again before it is crowded.
    init(room: Int = 16) {
        var count = 64
        while count < 8 * room { count *= 2 }
        slots = FixedStorage(repeating: 0, count: count)
        mask = count - 1
    }

    /// Whether it is more than a quarter full with that many entries.
    func isCrowded(by count: Int) -> Bool { 4 * count > slots.count }

    /// A walk over the places that a hash may stand for.
    struct Probe {
        fileprivate var slot: Int
        fileprivate let tag: UInt32
    }

    /// The walk's beginning.
    @inline(__always)
    func first(_ hash: UInt64) -> Probe {
        Probe(slot: home(hash), tag: Self.tag(hash))
    }

    /// The next place to look at; `nil` when the hash stands for no more.
    @inline(__always)
    func next(_ probe: inout Probe) -> Int? {
        while true {
            let value = slots[probe.slot]
            if value == 0 { return nil }
            probe.slot = (probe.slot + 1) & mask
            if value & ~Self.placeMask == probe.tag { return Int(value & Self.placeMask) - 1 }
        }
    }

    /// Adds a place that is not there yet.
    mutating func insert(_ place: Int, hash: UInt64) {
        var slot = home(hash)
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = Self.tag(hash) | UInt32(place + 1)
    }

    /// Takes away a place that was added with this hash; `hashOf` tells the hashes of the others.
    mutating func remove(_ place: Int, hash: UInt64, hashOf: (Int) -> UInt64) {
        let wanted = Self.tag(hash) | UInt32(place + 1)
        var hole = home(hash)
        while slots[hole] != wanted { hole = (hole + 1) & mask }
        slots[hole] = 0
        // What would not be found any more moves back towards its home.
        var slot = (hole + 1) & mask
        while slots[slot] != 0 {
            let home = home(hashOf(Int(slots[slot] & Self.placeMask) - 1))
            if (slot &- home) & mask >= (slot &- hole) & mask {
                slots[hole] = slots[slot]
                slots[slot] = 0
                hole = slot
            }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash) & mask
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32) & ~placeMask
    }
}
