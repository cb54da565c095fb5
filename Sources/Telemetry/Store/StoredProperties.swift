// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// The properties of an event as bytes of a row: for each the number of its name, a tag, a value.
struct StoredProperties {
    /// Looks up or makes the number of a name.
    var number: (String) throws -> UInt64

    func encode(_ properties: [StoredEvent.Property]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for property in properties {
            bytes.append(varint: try number(property.name))
            switch property.value {
            case .string(let word):
                bytes.append(0)
                bytes.append(varint: try number(word))
            case .integer(let value):
                bytes.append(1)
                bytes.append(varint: UInt64(max(0, value)))
            case .boolean(let flag): bytes.append(flag ? 3 : 2)
            // The catalogue turns every fraction into an integer or refuses it.
            case .double: preconditionFailure("a fraction passed the catalogue")
            }
        }
        return bytes
    }

    /// Reads a row's bytes; nil if they are damaged.
    static func decode(_ bytes: [UInt8], names: [UInt64: String]) -> [StoredEvent.Property]? {
        var cursor = ByteCursor(bytes)
        var properties: [StoredEvent.Property] = []
        while !cursor.isAtEnd {
            guard let name = cursor.varint().flatMap({ names[$0] }), let tag = cursor.uint8(),
                let value = value(tag, &cursor, names)
            else { return nil }
            properties.append(StoredEvent.Property(name, value))
        }
        return properties
    }

    /// Calls `body` with each property's name, whether its value is a word, and that word's number
    /// or the value itself. Ends early where the bytes are damaged.
    static func forEachNumber(
        _ bytes: [UInt8], _ body: (_ name: UInt64, _ isWord: Bool, _ value: UInt64) -> Void
    ) {
        var cursor = ByteCursor(bytes)
        while let name = cursor.varint(), let tag = cursor.uint8() {
            switch tag {
            case 0, 1:
                guard let value = cursor.varint() else { return }
                body(name, tag == 0, value)
            case 2, 3: body(name, false, UInt64(tag - 2))
            default: return
            }
        }
    }

    private static func value(
        _ tag: UInt8, _ cursor: inout ByteCursor, _ names: [UInt64: String]
    ) -> PropertyValue? {
        switch tag {
        case 0: cursor.varint().flatMap { names[$0] }.map { .string($0) }
        case 1: cursor.varint().map { .integer(Int64(clamping: $0)) }
        case 2: .boolean(false)
        case 3: .boolean(true)
        default: nil
        }
    }
}
