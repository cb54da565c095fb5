// SPDX-License-Identifier: Apache-2.0

/// A table that never holds more than a fixed number of entries.
///
/// When it is full, what was put there and never looked up again makes room first, oldest first;
/// so a flood of what comes once drives out at most an eighth of what is in use. Memory grows
/// with what is stored, up to the limit, and nothing is copied when it grows but the index.
struct BoundedTable<Key: TableKey, Value: Sendable>: ~Copyable, Sendable {
    /// Visible to the whole module, as keys and values are: the compiler needs to know it in every
    /// file that owns a table.
    struct Entry: Sendable {
        var key: Key
        var uses: UInt8 = 0
        /// The neighbours among those that were never looked up again, in order of arrival.
        var older: Int32 = -1
        var newer: Int32 = -1
        var value: Value
    }

    /// How many entries are compared when one that is in use has to go.
    private static var candidatesMax: Int { 64 }

    private let countMax: Int
    private let seed: UInt64
    private var entries: FixedStorage<Entry>
    private var index: SlotIndex
    private var newcomers = (oldest: Int32(-1), newest: Int32(-1), count: 0)
    /// Where the search for a candidate goes on.
    private var hand = 0
    /// How many entries had to go for a new one.
    private(set) var evicted: UInt64 = 0

    /// An empty table for at most `countMax` entries, from 1 to 2^20 - 1.
    init(countMax: Int, seed: UInt64) {
        self.countMax = Swift.max(1, Swift.min(countMax, SlotIndex.entriesMax))
        self.seed = seed
        index = SlotIndex()
        entries = FixedStorage(capacity: self.countMax)
    }

    /// How many entries there are.
    var count: Int { entries.count }

    /// The place of a key, valid until the next insertion; this counts as a use.
    mutating func find(_ key: Key) -> Int? {
        guard let place = peek(key) else { return nil }
        use(place)
        return place
    }

    /// The place of a key, valid until the next insertion, without counting as a use.
    @inline(__always)
    func peek(_ key: Key) -> Int? {
        let hash = key.mixed(seed: seed)
        var probe = index.first(hash)
        while let place = index.next(&probe) {
            if entries[place].key == key { return place }
        }
        return nil
    }

    /// The same, where it is likely that the key is at `guess`.
    @inline(__always)
    func peek(_ key: Key, guess: Int) -> Int? {
        guess < entries.count && entries[guess].key == key ? guess : peek(key)
    }

    /// Whether a key is there, without counting as a use.
    func contains(_ key: Key) -> Bool {
        entries.count > 0 && peek(key) != nil
    }

    /// The value of a key, without counting as a use.
    func value(_ key: Key) -> Value? {
        peek(key).map { entries[$0].value }
    }

    /// Hands every entry to `body`, in no order that means anything.
    func forEach(_ body: (Key, Value) -> Void) {
        for place in 0..<entries.count { body(entries[place].key, entries[place].value) }
    }

    /// The place of a key, valid until the next insertion, and whether it is new there.
    mutating func findOrInsert(_ key: Key, _ initial: @autoclosure () -> Value) -> (
        Int, isNew: Bool
    ) {
        if let place = find(key) { return (place, false) }
        return (insert(key, initial()), true)
    }

    /// The same, where finding does not count as a use.
    mutating func peekOrInsert(_ key: Key, _ initial: @autoclosure () -> Value) -> Int {
        peek(key) ?? insert(key, initial())
    }

    /// What `body` makes of the value at a place; no more of it is read than `body` looks at.
    @inline(__always)
    func read<Answer>(_ place: Int, _ body: (borrowing Value) -> Answer) -> Answer {
        entries.read(place) { body($0.value) }
    }

    /// The value at a place that ``find(_:)`` or ``findOrInsert(_:_:)`` gave.
    subscript(place: Int) -> Value {
        @inline(__always) _read { yield entries[place].value }
        @inline(__always) _modify { yield &entries[place].value }
    }

    /// Puts a key there that is known to be missing, and returns its place.
    @inline(never)
    mutating func insert(_ key: Key, _ value: Value) -> Int {
        let place: Int
        if entries.count == countMax {
            place = victim()
            evicted += 1
            index.remove(place, hash: entries[place].key.mixed(seed: seed)) {
                entries.read($0) { $0.key.mixed(seed: seed) }
            }
            if entries[place].uses == 0 { leaveNewcomers(place) }
            entries[place] = Entry(key: key, value: value)
        } else {
            place = entries.count
            entries.append(Entry(key: key, value: value))
            if index.isCrowded(by: entries.count) {
                index = SlotIndex(room: entries.count)
                for other in 0..<place {
                    index.insert(other, hash: entries[other].key.mixed(seed: seed))
                }
            }
        }
        index.insert(place, hash: key.mixed(seed: seed))
        joinNewcomers(place)
        return place
    }

    /// Removes the entries whose keys fit; the others stay, and make room in the order in which
    /// they would have. No place is valid any more.
    mutating func removeAll(where fits: (Key) -> Bool) {
        var kept = BoundedTable(countMax: countMax, seed: seed)
        kept.evicted = evicted
        var place = Int(newcomers.oldest)
        while place >= 0 {
            let entry = entries[place]
            if !fits(entry.key) { _ = kept.insert(entry.key, entry.value) }
            place = Int(entry.newer)
        }
        for place in 0..<entries.count where entries[place].uses > 0 {
            let entry = entries[place]
            if fits(entry.key) { continue }
            let new = kept.insert(entry.key, entry.value)
            kept.use(new)
            kept.entries[new].uses = entry.uses
        }
        self = kept
    }

    /// Counts a use of what is at a place.
    @inline(__always)
    mutating func use(_ place: Int) {
        let uses = entries[place].uses
        if uses == .max { return }
        if uses == 0 { leaveNewcomers(place) }
        entries[place].uses = uses + 1
    }

    /// Who goes: the oldest newcomer, unless newcomers have no more than their share.
    private mutating func victim() -> Int {
        let isShareUsed = newcomers.count > countMax / 8 || newcomers.count == countMax
        if isShareUsed, newcomers.oldest >= 0 { return Int(newcomers.oldest) }
        return leastUsed() ?? Int(newcomers.oldest)
    }

    /// Of the next few that are in use, the one used least; the others come nearer to their end.
    private mutating func leastUsed() -> Int? {
        var found: Int?
        var candidates = 0
        for _ in 0..<entries.count where candidates < Self.candidatesMax {
            hand = hand + 1 < entries.count ? hand + 1 : 0
            let uses = entries[hand].uses
            if uses == 0 { continue }
            candidates += 1
            if found.map({ uses < entries[$0].uses }) ?? true { found = hand }
            if uses > 1 { entries[hand].uses = uses - 1 }
        }
        return found
    }

    private mutating func joinNewcomers(_ place: Int) {
        entries[place].older = newcomers.newest
        if newcomers.newest >= 0 {
            entries[Int(newcomers.newest)].newer = Int32(place)
        } else {
            newcomers.oldest = Int32(place)
        }
        newcomers.newest = Int32(place)
        newcomers.count += 1
    }

    @inline(never)
    private mutating func leaveNewcomers(_ place: Int) {
        let (older, newer) = (entries[place].older, entries[place].newer)
        if older >= 0 { entries[Int(older)].newer = newer } else { newcomers.oldest = newer }
        if newer >= 0 { entries[Int(newer)].older = older } else { newcomers.newest = older }
        newcomers.count -= 1
    }
}
