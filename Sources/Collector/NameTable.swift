// SPDX-License-Identifier: Apache-2.0

/// Finds names by their bytes in a request, without making a text of them.
struct NameTable: Sendable {
    private let names: [[UInt8]]
    /// One more than the index of a name; 0 is free. A power of two, at least twice the names.
    private let slots: [Int32]

    /// Holds names; the index of each is its place. Of a name that comes twice the first counts.
    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        var count = 8
        while count < names.count * 2 { count *= 2 }
        var slots = [Int32](repeating: 0, count: count)
        for (index, name) in self.names.enumerated() {
            var slot = Self.hash(name.span, 0..<name.count) & (count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = Int32(index + 1)
        }
        self.slots = slots
    }

    /// How many names there are.
    var count: Int { names.count }

    /// The bytes of a name.
    subscript(_ index: Int) -> [UInt8] { names[index] }

    /// The index of the name at a place; nil for none of them.
    func index(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(bytes, range) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if Self.isEqual(names[index], bytes, range) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    static func isEqual(_ name: [UInt8], _ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard name.count == range.count else { return false }
        var place = range.lowerBound
        for byte in name {
            if byte != bytes[place] { return false }
            place += 1
        }
        return true
    }

    /// From the length and three bytes: a closed list of words needs no better one, and nobody else
    /// adds to it.
    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let first = Int(bytes[range.lowerBound])
        let last = Int(bytes[range.upperBound - 1])
        let middle = Int(bytes[range.lowerBound + range.count / 2])
        return range.count &* 131 &+ first &* 31 &+ last &* 7 &+ middle &* 3
    }
}
