// SPDX-License-Identifier: Apache-2.0

/// A place in protobuf bytes and the end of the message around it; every length is checked against
/// that. The bytes are handed to each call, so that nothing is copied or counted.
struct WireCursor {
    private static let fieldNumberMax: UInt64 = 1 << 29 - 1

    var position: Int
    let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    @inline(__always)
    mutating func varint(_ bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        guard position < end else { throw .malformed(.truncated, byte: position) }
        let first = bytes[position]
        if first < 0x80 {
            position += 1
            return UInt64(first)
        }
        return try longVarint(bytes)
    }

    private mutating func longVarint(_ bytes: Span<UInt8>) throws(OTLPError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw .malformed(.truncated, byte: position) }
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed(.overlongVarint, byte: start)
    }

    @inline(__always)
    mutating func field(_ bytes: Span<UInt8>) throws(OTLPError) -> ProtobufField {
        let start = position
        let tag = try varint(bytes)
        let number = tag >> 3
        guard number >= 1, number <= Self.fieldNumberMax else {
            throw .malformed(.invalidFieldNumber, byte: start)
        }
        guard let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw .malformed(.wrongWireType, byte: start)
        }
        return ProtobufField(number: UInt32(number), type: type)
    }

    /// The next bytes of the message, stepped over.
    @inline(__always)
    mutating func take(_ count: UInt64) throws(OTLPError) -> Range<Int> {
        guard count <= UInt64(end - position) else { throw .malformed(.truncated, byte: position) }
        let start = position
        position += Int(count)
        return start..<position
    }

    @inline(__always)
    mutating func delimited(
        _ field: ProtobufField, _ bytes: Span<UInt8>
    ) throws(OTLPError) -> Range<Int> {
        try expect(.lengthDelimited, field)
        return try take(try varint(bytes))
    }

    @inline(__always)
    func expect(_ type: WireType, _ field: ProtobufField) throws(OTLPError) {
        guard field.type == type else { throw .malformed(.wrongWireType, byte: position) }
    }

    mutating func number(
        _ field: ProtobufField, _ bytes: Span<UInt8>
    ) throws(OTLPError) -> UInt64 {
        try expect(.varint, field)
        return try varint(bytes)
    }

    mutating func fixed64(
        _ field: ProtobufField, _ bytes: Span<UInt8>
    ) throws(OTLPError) -> UInt64 {
        try expect(.fixed64, field)
        return UInt64(littleEndian: word(bytes, try take(8).lowerBound))
    }

    mutating func skip(_ field: ProtobufField, _ bytes: Span<UInt8>) throws(OTLPError) {
        switch field.type {
        case .varint: _ = try varint(bytes)
        case .fixed64: _ = try take(8)
        case .fixed32: _ = try take(4)
        case .lengthDelimited: _ = try delimited(field, bytes)
        }
    }
}

/// Eight bytes as a number, which any bytes are; the span checks that they lie within it.
@inline(__always)
private func word(_ bytes: Span<UInt8>, _ place: Int) -> UInt64 {
    unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)
}

/// Whether the bytes at a place are UTF-8.
func isUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard !isASCII(bytes, range) else { return true }
    let copy = range.map { bytes[$0] }
    return String(validating: copy, as: UTF8.self) != nil
}

/// Whether no byte at a place has its highest bit set: eight bytes at a time, where there are so
/// many, the last eight of them perhaps once more.
private func isASCII(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 8 else {
        var all: UInt8 = 0
        for index in range { all |= bytes[index] }
        return all < 0x80
    }
    var all = word(bytes, range.upperBound - 8)
    var place = range.lowerBound
    while place < range.upperBound - 8 {
        all |= word(bytes, place)
        place += 8
    }
    return all & 0x8080_8080_8080_8080 == 0
}
