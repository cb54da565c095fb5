// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// The identifier of a record, `log.record.uid`, as ARP Guard writes it: a ULID, whose time is the
/// start of the UTC day on which the batch was sealed and whose other 80 bits are random, a hyphen,
/// and the record's place in the batch, as in `01KAS4T8G00000000000000000-7`.
struct RecordIdentifier: Equatable {
    /// Characters of the ULID.
    static let batchCharacters = 26
    private static let timeCharacters = 10
    private static let indexDigitsMax = 5
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// The day on which the batch was sealed.
    let day: Day
    /// The 80 random bits.
    let id: [UInt8]
    /// The record's place in the batch.
    let index: Int

    /// Reads an identifier; nil for another form. Indices have no needless zero in front.
    init?(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        guard let index = Self.index(bytes, range) else { return nil }
        self.init(bytes, range, index: index)
    }

    private init?(_ bytes: Span<UInt8>, _ range: Range<Int>, index: Int) {
        var milliseconds: Int64 = 0
        let start = range.lowerBound
        for place in start..<start + Self.timeCharacters {
            guard let digit = Self.digit(bytes[place]) else { return nil }
            milliseconds = milliseconds << 5 | Int64(digit)
        }
        guard bytes[start] < UInt8(ascii: "8"),
            let number = Int32(exactly: milliseconds / Self.millisecondsPerDay)
        else { return nil }
        var id: [UInt8] = []
        id.reserveCapacity(AdmittedBatch.idBytes)
        var (bits, held) = (0, 0)
        for place in start + Self.timeCharacters..<start + Self.batchCharacters {
            guard let digit = Self.digit(bytes[place]) else { return nil }
            bits = bits << 5 | digit
            held += 5
            guard held >= 8 else { continue }
            held -= 8
            id.append(UInt8(bits >> held))
            bits &= 1 << held - 1
        }
        day = Day(number: number)
        self.id = id
        self.index = index
    }

    /// The record's place, read alone; nil where the identifier is not of the form of a batch's.
    static func index(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let digits = range.count - batchCharacters - 1
        guard (1...indexDigitsMax).contains(digits) else { return nil }
        let hyphen = range.lowerBound + batchCharacters
        guard bytes[hyphen] == UInt8(ascii: "-") else { return nil }
        var index = 0
        for place in hyphen + 1..<range.upperBound {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            index = index * 10 + Int(bytes[place] - 0x30)
        }
        return digits > 1 && bytes[hyphen + 1] == 0x30 ? nil : index
    }

    /// The value of a digit in Crockford's base 32 in upper case, as ULIDs are written.
    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte) - 0x30
        case 0x41...0x48: Int(byte) - 0x41 + 10  // A to H
        case 0x4A, 0x4B: Int(byte) - 0x4A + 18  // J, K
        case 0x4D, 0x4E: Int(byte) - 0x4D + 20  // M, N
        case 0x50...0x54: Int(byte) - 0x50 + 22  // P to T
        case 0x56...0x5A: Int(byte) - 0x56 + 27  // V to Z
        default: nil
        }
    }
}
