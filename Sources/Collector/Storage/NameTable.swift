// SPDX-License-Identifier: Apache-2.0

/// Finds names by their bytes in a request, without making a text of them. A class, so that one
/// counted reference is all that using it takes.
final class NameTable: Sendable {
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
        // Held for the span, which can't be of a field of a class.
        let letters = letters
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

    /// Whether the same bytes stand at a place of two texts: eight at a time, where there are so
    /// many, the last eight of them first and perhaps once more.
    static func isEqual(
        _ left: Span<UInt8>, _ place: Range<Int>, _ right: Span<UInt8>, _ range: Range<Int>
    ) -> Bool {
        let count = place.count
        guard count == range.count else { return false }
        guard count >= 8 else {
            let distance = range.lowerBound - place.lowerBound
            for index in place where left[index] != right[index + distance] { return false }
            return true
        }
        let (left8, right8) = (place.upperBound - 8, range.upperBound - 8)
        guard word(left, left8) == word(right, right8) else { return false }
        var offset = 0
        while offset < count - 8 {
            guard
                word(left, place.lowerBound + offset) == word(right, range.lowerBound + offset)
            else { return false }
            offset += 8
        }
        return true
    }

    /// Eight bytes as a number, which any bytes are; the span checks that they lie within it.
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt64 {
        unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
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
