// SPDX-License-Identifier: Apache-2.0

/// How one event stands in a journal: whole words of 8 bytes, little-endian; the journal's table
/// explains its numbers.
///
///     word 0  length in bytes (32 bits), checksum of all that follows and of the position (32)
///          1  consent epoch (32), event (16), zero (16)
///          2  nanoseconds since 1970
///          3  properties: number (8), tag (8), value (48); some are followed by further words
@usableFromInline
enum RecordLayout {
    @usableFromInline static let headerBytes = 24
    /// The most properties of one event.
    static let propertiesMax = 64
    /// The longest text: the longest identifier.
    static let textBytesMax = 64
    /// The longest property: itself and the words of a text.
    static let propertyBytesMax = 8 + textBytesMax
    /// The longest record, in bytes.
    static let bytesMax = headerBytes + propertiesMax * propertyBytesMax
    /// From here on a number takes a word of its own.
    @usableFromInline static let valueLimit: UInt64 = 1 << 48

    /// The kinds of values, by their tag. None is 0, so that no property is a word of zero.
    @usableFromInline
    enum Tag {
        /// A word of a choice, by its place in the list.
        @usableFromInline static let word: UInt64 = 1
        /// A number below `valueLimit`.
        @usableFromInline static let integer: UInt64 = 2
        /// 0 or 1.
        @usableFromInline static let boolean: UInt64 = 3
        /// An identifier or a version: its length in bytes; the next words have them.
        static let text: UInt64 = 4
        /// A number that is the next word.
        @usableFromInline static let wide: UInt64 = 5
    }

    /// A property as a word; `value` is below `valueLimit`.
    @inlinable @inline(__always)
    static func property(_ place: UInt64, _ tag: UInt64, _ value: UInt64) -> UInt64 {
        place | tag &<< 8 | value &<< 16
    }
}

/// Tells a whole record from a torn one, and from one that stands at another place.
///
/// Each word is mixed for itself, and the results are added up: the processor works on all of them
/// at once. A property's word says itself where it belongs; any other is mixed with a key of its
/// place.
@usableFromInline
enum RecordChecksum {
    /// The difference of the keys of neighbouring words.
    @usableFromInline static let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    /// The key of every property's word.
    @usableFromInline static let property: UInt64 = 0x3C6E_F372_FE94_F82A

    /// The key of the header's words 1 and 2, and of the words from 3 on that follow a property's.
    @inlinable @inline(__always)
    static func key(_ index: UInt64) -> UInt64 { step &* index }

    @inlinable @inline(__always)
    static func mix(_ word: UInt64, _ key: UInt64) -> UInt64 {
        let mixed = (word ^ key) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ mixed &>> 32
    }

    /// The checksum of a record, from the sum over its properties, its header and its position.
    @inlinable @inline(__always)
    static func finish(
        _ sum: UInt64, header: UInt64, time: UInt64, position: UInt64
    ) -> UInt32 {
        let all = sum &+ mix(header, key(1)) &+ mix(time, key(2)) &+ mix(position, ~step)
        return UInt32(truncatingIfNeeded: all ^ all &>> 32)
    }
}
