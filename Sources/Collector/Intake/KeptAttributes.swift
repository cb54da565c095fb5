// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// The attributes of one property as they are kept: `attributes` of LogRecord, each a KeyValue of
/// the property's name and an AnyValue. A class, so that one counted reference is all that using it
/// takes.
final class KeptAttributes: Sendable {
    private static let attributes: UInt8 = 6
    private static let (key, value): (UInt8, UInt8) = (1, 2)
    private static let (text, flag, number): (UInt8, UInt8, UInt8) = (1, 2, 3)

    /// The name, as the field `key`.
    private let keyField: [UInt8]
    /// Whole attributes: one for each word of a choice, or for no and yes.
    private let whole: [[UInt8]]
    /// What stands before a number's varint, by how many bytes that has, from 1 on.
    private let numberPrefixes: [[UInt8]]

    init(_ property: PropertyDefinition) {
        var field = CompactWriter()
        field.delimited(field: Self.key, Array(property.name.utf8))
        let key = field.bytes
        keyField = key
        numberPrefixes = (1...CompactWriter.varintBytesMax).map { count in
            var prefix = CompactWriter()
            Self.open(key, valueBytes: 1 + count, in: &prefix)
            prefix.append([Self.number << 3])
            return prefix.bytes
        }
        let words = property.kind.words?.map { Array($0.utf8) }
        let values = words?.map(Self.value(ofText:)) ?? [0, 1].map(Self.value(ofFlag:))
        whole = values.map { value in
            var attribute = CompactWriter()
            Self.open(key, valueBytes: value.count, in: &attribute)
            attribute.append(value)
            return attribute.bytes
        }
    }

    private static func value(ofText text: [UInt8]) -> [UInt8] {
        var value = CompactWriter()
        value.delimited(field: Self.text, text)
        return value.bytes
    }

    private static func value(ofFlag flag: UInt64) -> [UInt8] {
        var value = CompactWriter()
        value.varint(field: Self.flag, flag)
        return value.bytes
    }

    /// Writes a value that was known beforehand, by its place.
    func write(known place: Int, to record: inout CompactWriter) {
        record.append(whole[place])
    }

    /// Writes a text.
    func write(_ text: String, to record: inout CompactWriter) {
        Self.open(keyField, valueBytes: Self.valueBytes(of: text), in: &record)
        record.delimited(field: Self.text, Array(text.utf8))
    }

    /// Writes a number.
    func write(_ number: Int64, to record: inout CompactWriter) {
        let bits = UInt64(bitPattern: number)
        record.append(numberPrefixes[CompactWriter.varintBytes(bits) - 1])
        record.varint(bits)
    }

    /// How many bytes a value takes that was known beforehand.
    func bytes(known place: Int) -> Int { whole[place].count }

    /// How many bytes a text takes.
    func bytes(of text: String) -> Int {
        Self.bytes(of: keyField.count + Self.bytes(of: Self.valueBytes(of: text)))
    }

    /// How many bytes a number takes.
    func bytes(of number: Int64) -> Int {
        let count = CompactWriter.varintBytes(UInt64(bitPattern: number))
        return numberPrefixes[count - 1].count + count
    }

    private static func valueBytes(of text: String) -> Int { bytes(of: text.utf8.count) }

    /// Bytes of a field with so much in it.
    private static func bytes(of count: Int) -> Int {
        1 + CompactWriter.varintBytes(UInt64(count)) + count
    }

    private static func open(
        _ keyField: [UInt8], valueBytes: Int, in record: inout CompactWriter
    ) {
        record.delimited(field: attributes, count: keyField.count + bytes(of: valueBytes))
        record.append(keyField)
        record.delimited(field: value, count: valueBytes)
    }
}
