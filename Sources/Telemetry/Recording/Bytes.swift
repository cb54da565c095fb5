// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
    /// The number's bytes, the lowest first.
    var littleEndianBytes: [UInt8] {
        (0..<Self.bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}

extension Array where Element == UInt8 {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        append(contentsOf: number.littleEndianBytes)
    }

    /// Appends a number in groups of seven bits, the lowest first.
    mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

/// Reads numbers one after the other; every read past the end is nil.
struct ByteCursor {
    private let content: [UInt8]
    private var position = 0

    init(_ content: [UInt8]) { self.content = content }

    var isAtEnd: Bool { position == content.count }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= content.count - position else { return nil }
        defer { position += count }
        return content[position..<position + count]
    }

    mutating func uint8() -> UInt8? { bytes(1)?.first }
    mutating func uint16() -> UInt16? { number() }
    mutating func uint32() -> UInt32? { number() }
    mutating func uint64() -> UInt64? { number() }

    mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard let byte = uint8() else { return nil }
            number |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return number }
        }
        return nil
    }

    private mutating func number<Number: FixedWidthInteger>() -> Number? {
        bytes(Number.bitWidth / 8)?.reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
