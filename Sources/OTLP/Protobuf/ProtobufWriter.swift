// SPDX-License-Identifier: Apache-2.0

/// The wire types of protobuf that OTLP uses.
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

/// A message that can be written in the protobuf encoding, fields in ascending order.
protocol ProtobufWritable {
    func write(to writer: inout ProtobufWriter)
}

extension ProtobufWritable {
    func protobufBytes() -> [UInt8] {
        var writer = ProtobufWriter()
        write(to: &writer)
        return writer.bytes
    }
}

/// Appends protobuf fields, numbers and lengths in as few bytes as possible.
///
/// A field without explicit presence is left out while it has its default value, as proto3 asks.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func tag(_ field: UInt32, _ type: WireType) {
        varint(UInt64(field << 3 | UInt32(type.rawValue)))
    }

    /// A number field, written also when it is zero.
    mutating func number(_ field: UInt32, _ value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    mutating func numberUnlessZero(_ field: UInt32, _ value: UInt64) {
        if value != 0 { number(field, value) }
    }

    /// Eight bytes, the least significant first, written also when they are zero.
    mutating func fixed64(_ field: UInt32, _ value: UInt64) {
        tag(field, .fixed64)
        littleEndian(value)
    }

    mutating func fixed64UnlessZero(_ field: UInt32, _ value: UInt64) {
        if value != 0 { fixed64(field, value) }
    }

    mutating func fixed32UnlessZero(_ field: UInt32, _ value: UInt32) {
        guard value != 0 else { return }
        tag(field, .fixed32)
        littleEndian(value)
    }

    private mutating func littleEndian(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// A text field, written also when it is empty.
    mutating func string(_ field: UInt32, _ value: String) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    mutating func stringUnlessEmpty(_ field: UInt32, _ value: String) {
        if !value.isEmpty { string(field, value) }
    }

    /// A byte string field, written also when it is empty.
    mutating func data(_ field: UInt32, _ value: [UInt8]) {
        tag(field, .lengthDelimited)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func dataUnlessEmpty(_ field: UInt32, _ value: [UInt8]) {
        if !value.isEmpty { data(field, value) }
    }

    mutating func messages(_ field: UInt32, _ values: some Sequence<some ProtobufWritable>) {
        for value in values { message(field, value) }
    }

    /// A message field, written also when it is empty.
    ///
    /// The length is known only afterwards: one byte is kept free for it, and the content moves
    /// up where it needs more.
    mutating func message(_ field: UInt32, _ value: some ProtobufWritable) {
        tag(field, .lengthDelimited)
        let place = bytes.count
        bytes.append(0)
        value.write(to: &self)
        let count = bytes.count - place - 1
        if let byte = UInt8(exactly: count), byte < 0x80 {
            bytes[place] = byte
        } else {
            var length = ProtobufWriter()
            length.varint(UInt64(count))
            bytes.replaceSubrange(place...place, with: length.bytes)
        }
    }
}
