// SPDX-License-Identifier: Apache-2.0

/// A table that never holds more than a fixed number of entries: a new one takes the place of
/// the one that was used longest ago.
///
/// Memory grows with what is stored, up to the limit. Every operation takes constant time.
struct BoundedTable<Key: TableKey, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        var key: Key
        var value: Value
        /// The next entry of the same bucket.
        var chained: Int32
        /// The neighbours in order of use.
        var older: Int32
        var newer: Int32
    }

    private static var none: Int32 { -1 }

    private let countMax: Int
    private let seed: UInt64
    private var entries: [Entry] = []
    private var buckets: [Int32]
    private var oldest = none
    private var newest = none
    /// How many entries had to go for a new one.
    private(set) var evicted: UInt64 = 0

    /// An empty table for at most `countMax` entries, from 1 to 2^30.
    init(countMax: Int, seed: UInt64) {
        self.countMax = Swift.max(1, Swift.min(countMax, 1 << 30))
        self.seed = seed
        buckets = [Int32](repeating: Self.none, count: 64)
    }

    /// How many entries there are.
    var count: Int { entries.count }

    /// The place of a key, valid until the next insertion; it now counts as just used.
    mutating func find(_ key: Key) -> Int? {
        guard let index = lookUp(key) else { return nil }
        touch(index)
        return index
    }

    /// Whether a key is there, without counting as a use.
    func contains(_ key: Key) -> Bool {
        !entries.isEmpty && lookUp(key) != nil
    }

    /// The value of a key, without counting as a use.
    func value(_ key: Key) -> Value? {
        lookUp(key).map { entries[$0].value }
    }

    /// The place of a key, valid until the next insertion, and whether it is new there.
    mutating func findOrInsert(_ key: Key, _ initial: @autoclosure () -> Value) -> (
        Int, isNew: Bool
    ) {
        if let index = find(key) { return (index, false) }
        let value = initial()
        if entries.count == countMax {
            return (replaceOldest(key, value), true)
        }
        if entries.count == buckets.count { grow() }
        let index = entries.count
        let entry = Entry(
            key: key, value: value, chained: Self.none, older: Self.none, newer: Self.none)
        entries.append(entry)
        link(index)
        return (index, true)
    }

    /// The value at a place that ``find(_:)`` or ``findOrInsert(_:_:)`` gave.
    subscript(index: Int) -> Value {
        // Through the span nothing is copied on the way to one field of a large value.
        @inline(always) _read { yield entries.span[index].value }
        @inline(always) _modify { yield &entries[index].value }
    }

    private func bucket(of key: Key) -> Int {
        Int(truncatingIfNeeded: key.mixed(seed: seed)) & (buckets.count - 1)
    }

    private func lookUp(_ key: Key) -> Int? {
        var index = buckets[bucket(of: key)]
        while index != Self.none {
            if entries[Int(index)].key == key { return Int(index) }
            index = entries[Int(index)].chained
        }
        return nil
    }

    private mutating func replaceOldest(_ key: Key, _ value: Value) -> Int {
        let index = Int(oldest)
        evicted += 1
        unchain(index)
        removeFromOrder(index)
        entries[index].key = key
        entries[index].value = value
        link(index)
        return index
    }

    private mutating func link(_ index: Int) {
        let bucket = bucket(of: entries[index].key)
        entries[index].chained = buckets[bucket]
        buckets[bucket] = Int32(index)
        appendToOrder(index)
    }

    private mutating func unchain(_ index: Int) {
        let bucket = bucket(of: entries[index].key)
        var before = Self.none
        var current = buckets[bucket]
        while current != Int32(index) {
            before = current
            current = entries[Int(current)].chained
        }
        if before == Self.none {
            buckets[bucket] = entries[index].chained
        } else {
            entries[Int(before)].chained = entries[index].chained
        }
    }

    private mutating func grow() {
        buckets = [Int32](repeating: Self.none, count: buckets.count * 2)
        for index in entries.indices {
            let bucket = bucket(of: entries[index].key)
            entries[index].chained = buckets[bucket]
            buckets[bucket] = Int32(index)
        }
    }

    private mutating func touch(_ index: Int) {
        if newest == Int32(index) { return }
        removeFromOrder(index)
        appendToOrder(index)
    }

    private mutating func removeFromOrder(_ index: Int) {
        let older = entries[index].older
        let newer = entries[index].newer
        if older == Self.none { oldest = newer } else { entries[Int(older)].newer = newer }
        if newer == Self.none { newest = older } else { entries[Int(newer)].older = older }
    }

    private mutating func appendToOrder(_ index: Int) {
        entries[index].older = newest
        entries[index].newer = Self.none
        if newest == Self.none {
            oldest = Int32(index)
        } else {
            entries[Int(newest)].newer = Int32(index)
        }
        newest = Int32(index)
    }
}
