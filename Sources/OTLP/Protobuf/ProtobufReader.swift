// SPDX-License-Identifier: Apache-2.0

/// One field's tag.
struct ProtobufField {
    let number: UInt32
    let type: WireType
}

/// A message that can be read from the protobuf encoding.
protocol ProtobufReadable {
    /// The message in which nothing is set.
    init()

    /// Takes the field's content from the reader; leaves a field it does not know to `skip`.
    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError)
}

extension ProtobufReadable {
    /// The message in these bytes. Of a repeated singular field the last occurrence counts,
    /// messages are merged, as the protobuf specification asks.
    init(protobuf bytes: [UInt8], limits: OTLPLimits) throws(OTLPError) {
        self.init()
        var reader = ProtobufReader(bytes: bytes, counter: LimitCounter(limits: limits))
        try reader.counter.checkMessage(bytes: bytes.count)
        try reader.fields(into: &self)
    }
}

/// Walks over protobuf fields; every length is checked against the message around it.
struct ProtobufReader {
    private static let fieldNumberMax: UInt64 = 1 << 29 - 1

    var counter: LimitCounter
    private let bytes: [UInt8]
    private var position = 0
    /// Where the message that is being read ends.
    private var end: Int

    init(bytes: [UInt8], counter: LimitCounter) {
        self.bytes = bytes
        self.counter = counter
        end = bytes.count
    }

    private func failure(_ fault: OTLPError.Fault) -> OTLPError {
        .malformed(fault, byte: position)
    }

    /// Reads all fields up to the end of the current message.
    fileprivate mutating func fields(into message: inout some ProtobufReadable) throws(OTLPError) {
        while position < end {
            try message.read(try field(), from: &self)
        }
    }

    private mutating func field() throws(OTLPError) -> ProtobufField {
        let start = position
        let tag = try varint()
        let number = tag >> 3
        guard (1...Self.fieldNumberMax).contains(number) else {
            throw .malformed(.invalidFieldNumber, byte: start)
        }
        guard let type = WireType(rawValue: UInt8(tag & 7)) else {
            throw .malformed(.wrongWireType, byte: start)
        }
        return ProtobufField(number: UInt32(number), type: type)
    }

    private mutating func varint() throws(OTLPError) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard position < end else { throw failure(.truncated) }
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw .malformed(.overlongVarint, byte: start)
    }

    private func expect(_ type: WireType, _ field: ProtobufField) throws(OTLPError) {
        guard field.type == type else { throw failure(.wrongWireType) }
    }

    /// The next bytes of the current message, stepped over.
    private mutating func take(_ count: UInt64) throws(OTLPError) -> Range<Int> {
        guard count <= UInt64(end - position) else { throw failure(.truncated) }
        let start = position
        position += Int(count)
        return start..<position
    }

    private mutating func takeDelimited(_ field: ProtobufField) throws(OTLPError) -> Range<Int> {
        try expect(.lengthDelimited, field)
        return try take(try varint())
    }

    private mutating func littleEndian(_ count: UInt64) throws(OTLPError) -> UInt64 {
        let range = try take(count)
        return bytes[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

// MARK: - Content of fields

extension ProtobufReader {
    /// Steps over a field that nobody knows.
    mutating func skip(_ field: ProtobufField) throws(OTLPError) {
        switch field.type {
        case .varint: _ = try varint()
        case .fixed64: _ = try take(8)
        case .fixed32: _ = try take(4)
        case .lengthDelimited: _ = try takeDelimited(field)
        }
    }

    mutating func number(_ field: ProtobufField) throws(OTLPError) -> UInt64 {
        try expect(.varint, field)
        return try varint()
    }

    /// A signed number; OTLP never uses the zigzag form.
    mutating func signed(_ field: ProtobufField) throws(OTLPError) -> Int64 {
        Int64(bitPattern: try number(field))
    }

    mutating func fixed64(_ field: ProtobufField) throws(OTLPError) -> UInt64 {
        try expect(.fixed64, field)
        return try littleEndian(8)
    }

    mutating func fixed32(_ field: ProtobufField) throws(OTLPError) -> UInt32 {
        try expect(.fixed32, field)
        return UInt32(truncatingIfNeeded: try littleEndian(4))
    }

    mutating func string(_ field: ProtobufField) throws(OTLPError) -> String {
        let range = try takeDelimited(field)
        try counter.checkString(bytes: range.count)
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw .malformed(.invalidUTF8, byte: range.lowerBound)
        }
        return text
    }

    mutating func data(_ field: ProtobufField) throws(OTLPError) -> [UInt8] {
        let range = try takeDelimited(field)
        try counter.checkString(bytes: range.count)
        return Array(bytes[range])
    }

    /// An identifier of exactly that many bytes, or none.
    mutating func identifier(
        _ field: ProtobufField, bytes count: Int
    ) throws(OTLPError) -> [UInt8] {
        let range = try takeDelimited(field)
        guard range.isEmpty || range.count == count else {
            throw .malformed(.wrongIdentifierLength, byte: range.lowerBound)
        }
        return Array(bytes[range])
    }

    /// Merges the field's content into a message.
    mutating func message(
        _ field: ProtobufField, into message: inout some ProtobufReadable
    ) throws(OTLPError) {
        let range = try takeDelimited(field)
        let outerEnd = end
        position = range.lowerBound
        end = range.upperBound
        try fields(into: &message)
        end = outerEnd
    }

    /// Appends the field's content to a list, after counting it.
    mutating func element<Element: ProtobufReadable & Counted>(
        _ field: ProtobufField, of list: inout [Element]
    ) throws(OTLPError) {
        try Element.admit(to: &counter, existing: list.count)
        var element = Element()
        try message(field, into: &element)
        list.append(element)
    }
}
