// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// The properties of an event as bytes of a row: for each the number of its name, a tag, a value.
/// Names and words of the catalogue are numbers; a store holds each of them once.
enum StoredProperties {
    /// What a value is.
    enum Tag {
        /// The number of a name or word.
        static let string: UInt8 = 0
        /// The number itself.
        static let integer: UInt8 = 1
        static let no: UInt8 = 2
        static let yes: UInt8 = 3
        /// An identifier or a version itself, so that it goes with its event: its length in bytes,
        /// and these.
        static let text: UInt8 = 4
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
            case Tag.text: guard text(&cursor) != nil else { return }
            default: return
            }
        }
    }

    private static func value(
        _ tag: UInt8, _ cursor: inout ByteCursor, _ names: [UInt64: String]
    ) -> PropertyValue? {
        switch tag {
        case Tag.string: cursor.varint().flatMap { names[$0] }.map { .string($0) }
        case Tag.integer: cursor.varint().map { .integer(Int64(clamping: $0)) }
        case Tag.no: .boolean(false)
        case Tag.yes: .boolean(true)
        case Tag.text:
            text(&cursor).flatMap { String(validating: $0, as: UTF8.self) }
                .map { .string($0) }
        default: nil
        }
    }

    private static func text(_ cursor: inout ByteCursor) -> ArraySlice<UInt8>? {
        cursor.varint().flatMap(Int.init(exactly:)).flatMap { cursor.bytes($0) }
    }
}
