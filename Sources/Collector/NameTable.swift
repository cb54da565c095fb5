// SPDX-License-Identifier: Apache-2.0

/// Finds names by their bytes in a request, without making a text of them.
struct NameTable: Sendable {
    /// All names, one after the other, and where each ends.
    private let letters: [UInt8]
    private let ends: [Int]
    /// One more than the index of a name; 0 is free. A power of two, at least twice the names.
    private let slots: [Int32]

    /// Holds names; the index of each is its place. Of a name that comes twice the first counts.
    init(_ names: [String]) {
        var (letters, ends): ([UInt8], [Int]) = ([], [])
        var count = 8
        while count < names.count * 2 { count *= 2 }
        var slots = [Int32](repeating: 0, count: count)
        for (index, name) in names.enumerated() {
            let start = letters.count
            letters += Array(name.utf8)
            ends.append(letters.count)
            var slot = Self.hash(letters.span, start..<letters.count) & (count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = Int32(index + 1)
        }
        (self.letters, self.ends, self.slots) = (letters, ends, slots)
    }

    /// How many names there are.
    var count: Int { ends.count }

    /// The index of the name at a place; nil for none of them.
    func index(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let mask = slots.count - 1
        var slot = Self.hash(bytes, range) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            let start = index == 0 ? 0 : ends[index - 1]
            if Self.isEqual(letters.span, start..<ends[index], bytes, range) { return index }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Whether the same bytes stand at a place of two texts.
    static func isEqual(
        _ left: Span<UInt8>, _ place: Range<Int>, _ right: Span<UInt8>, _ range: Range<Int>
    ) -> Bool {
        guard place.count == range.count else { return false }
        let distance = range.lowerBound - place.lowerBound
        for index in place where left[index] != right[index + distance] { return false }
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
