// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// Writes rows in ClickHouse's format RowBinary: values one after the other, numbers little-endian,
/// lengths as varints.
struct RowBinaryWriter {
    private(set) var bytes: [UInt8] = []

    mutating func number(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func day(_ day: Day) {
        let number = day.stored
        bytes.append(UInt8(truncatingIfNeeded: number))
        bytes.append(UInt8(number >> 8))
    }

    /// `FixedString(count)`: what is missing is filled with zeros, what is too much is cut.
    mutating func fixed(_ value: [UInt8], _ count: Int) {
        bytes.append(contentsOf: value.prefix(count))
        for _ in 0..<max(0, count - value.count) { bytes.append(0) }
    }

    mutating func string(_ value: some Collection<UInt8>) {
        length(value.count)
        bytes.append(contentsOf: value)
    }

    mutating func array<Element>(
        _ elements: some Collection<Element>, _ write: (inout RowBinaryWriter, Element) -> Void
    ) {
        length(elements.count)
        for element in elements { write(&self, element) }
    }

    mutating func byte(_ value: UInt8) {
        bytes.append(value)
    }

    private mutating func length(_ count: Int) {
        var rest = count
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Reads rows in the format RowBinary; throws where they end too early.
struct RowBinaryReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(ClickHouseFailure) -> UInt8 {
        guard position < bytes.count else { throw .malformed("an answer of ClickHouse is cut off") }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() throws(ClickHouseFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            value |= UInt64(try byte()) << shift
        }
        return value
    }

    mutating func day() throws(ClickHouseFailure) -> Day {
        let low = Int32(try byte())
        return Day(number: low | Int32(try byte()) << 8)
    }

    mutating func fixed(_ count: Int) throws(ClickHouseFailure) -> [UInt8] {
        guard bytes.count - position >= count else {
            throw .malformed("an answer of ClickHouse is cut off")
        }
        defer { position += count }
        return Array(bytes[position..<position + count])
    }

    mutating func string() throws(ClickHouseFailure) -> [UInt8] {
        try fixed(try length())
    }

    mutating func text() throws(ClickHouseFailure) -> String {
        String(decoding: try string(), as: UTF8.self)
    }

    /// How many elements an array has; they follow.
    mutating func length() throws(ClickHouseFailure) -> Int {
        var value = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            let byte = try byte()
            value |= Int(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed("a length in an answer of ClickHouse is too large")
    }
}

extension Day {
    /// The day as ClickHouse's type `Date` holds it: from 1970-01-01 to 2149-06-06.
    var stored: UInt16 { UInt16(clamping: number) }
}

/// A value as SQL text: numbers and bytes alone, so that nothing in them is ever read as SQL.
enum Literal {
    static func day(_ day: Day) -> String { "toDate(\(day.stored))" }

    /// A string of these bytes, each as `\xHH`.
    static func bytes(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = [UInt8(ascii: "'")]
        for byte in bytes {
            text += [
                UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)],
                digits[Int(byte & 15)],
            ]
        }
        text.append(UInt8(ascii: "'"))
        return String(decoding: text, as: UTF8.self)
    }

    static func list(_ values: some Sequence<[UInt8]>) -> String {
        "(" + values.map(bytes).joined(separator: ", ") + ")"
    }
}
