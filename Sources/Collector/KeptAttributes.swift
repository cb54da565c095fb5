// SPDX-License-Identifier: Apache-2.0

internal import Catalogue

/// The attributes of one property as they are kept: `attributes` of LogRecord, each a KeyValue of
/// the property's name and an AnyValue.
struct KeptAttributes: Sendable {
    private static let attributes: UInt8 = 6
    private static let (key, value): (UInt8, UInt8) = (1, 2)
    private static let (text, flag, number): (UInt8, UInt8, UInt8) = (1, 2, 3)

    /// The name, as the field `key`.
    private let keyField: [UInt8]
    /// Whole attributes: one for each word of a choice, or for no and yes.
    private let whole: [[UInt8]]

    init(_ property: PropertyDefinition) {
        var field = CompactWriter()
        field.delimited(field: Self.key, Array(property.name.utf8))
        keyField = field.bytes
        let words = property.kind.words?.map { Array($0.utf8) }
        let values = words?.map(Self.value(ofText:)) ?? [0, 1].map(Self.value(ofFlag:))
        whole = values.map { value in
            var attribute = CompactWriter()
            Self.open(field.bytes, valueBytes: value.count, in: &attribute)
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
        let utf8 = Array(text.utf8)
        let bytes = 1 + CompactWriter.varintBytes(UInt64(utf8.count)) + utf8.count
        Self.open(keyField, valueBytes: bytes, in: &record)
        record.delimited(field: Self.text, utf8)
    }

    /// Writes a number.
    func write(_ number: Int64, to record: inout CompactWriter) {
        let bits = UInt64(bitPattern: number)
        Self.open(keyField, valueBytes: 1 + CompactWriter.varintBytes(bits), in: &record)
        record.varint(field: Self.number, bits)
    }

    private static func open(
        _ keyField: [UInt8], valueBytes: Int, in record: inout CompactWriter
    ) {
        let valueField = 1 + CompactWriter.varintBytes(UInt64(valueBytes)) + valueBytes
        record.delimited(field: attributes, count: keyField.count + valueField)
        record.append(keyField)
        record.delimited(field: value, count: valueBytes)
    }
}
