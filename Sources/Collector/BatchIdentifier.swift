// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The identifier of a sealed batch: a ULID whose time is the start of the UTC day on which the
/// batch was sealed and whose other 80 bits are random.
struct BatchIdentifier: Sendable, Hashable {
    private static let characters = 26
    private static let timeCharacters = 10
    /// Crockford's base 32 in upper case, as ULIDs are written.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The 26 characters.
    let text: String
    /// The day on which the batch was sealed.
    let day: Day
    /// The 80 random bits.
    let id: [UInt8]

    /// Reads an identifier; nil for anything that is no ULID in upper case.
    init?(_ text: Substring) {
        let digits = text.utf8.compactMap { Self.alphabet.firstIndex(of: $0) }
        guard text.utf8.count == Self.characters, digits.count == Self.characters, digits[0] < 8
        else { return nil }
        let milliseconds = digits.prefix(Self.timeCharacters).reduce(Int64(0)) {
            $0 << 5 | Int64($1)
        }
        let day = milliseconds / Self.millisecondsPerDay
        guard let number = Int32(exactly: day) else { return nil }
        self.text = String(text)
        self.day = Day(number: number)
        id = Self.bytes(digits.dropFirst(Self.timeCharacters))
    }

    /// Sixteen digits of five bits each as ten bytes.
    private static func bytes(_ digits: ArraySlice<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, held) = (0, 0)
        for digit in digits {
            bits = bits << 5 | digit
            held += 5
            guard held >= 8 else { continue }
            held -= 8
            bytes.append(UInt8(bits >> held))
            bits &= 1 << held - 1
        }
        return bytes
    }
}

/// The identifier of a record, `log.record.uid`: its batch and its place in it, as in
/// `01KAS4T8G00000000000000000-7`.
struct RecordIdentifier: Sendable, Hashable {
    private static let indexDigitsMax = 5

    let batch: BatchIdentifier
    let index: Int

    /// Reads an identifier; nil for another form. Indices have no needless zero in front.
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let batch = BatchIdentifier(parts[0]),
            (1...Self.indexDigitsMax).contains(parts[1].utf8.count),
            let index = Int(parts[1]), String(index) == parts[1]
        else { return nil }
        self.batch = batch
        self.index = index
    }
}
