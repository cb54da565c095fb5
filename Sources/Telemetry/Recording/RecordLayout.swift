// SPDX-License-Identifier: Apache-2.0

import Modules

/// How one event stands in a journal; numbers are little-endian, the journal's table explains them.
///
///     offset  0  length of the record in bytes, a multiple of 8     4
///             4  checksum of all that follows, and of the position  4
///             8  consent epoch                                      4
///            12  event                                              2
///            14  number of properties                               1
///            15  zero                                               1
///            16  nanoseconds since 1970                             8
///            24  properties: number (1), tag (1), value
enum RecordLayout {
    static let headerBytes = 24
    /// The most properties of one event.
    static let propertiesMax = 64
    /// The longest property: number, tag, length, and the longest identifier.
    static let propertyBytesMax = 3 + 64
    /// The longest record, in bytes.
    static let bytesMax = (headerBytes + propertiesMax * propertyBytesMax + 7) / 8 * 8

    /// The kinds of values, by their tag.
    enum Tag {
        /// A word of a choice, by its place in the list; 2 bytes.
        static let word: UInt8 = 0
        /// A number; 8 bytes.
        static let integer: UInt8 = 1
        /// Yes or no; 1 byte.
        static let boolean: UInt8 = 2
        /// An identifier or a version; its length in 1 byte, then its bytes.
        static let text: UInt8 = 3
    }
}

/// Writes one record in place. The caller has reserved enough room for it.
///
/// Safe as long as that holds: every store goes to the next byte of the reserved room.
@safe struct RecordWriter {
    private let start: UnsafeMutableRawPointer
    private var offset = RecordLayout.headerBytes
    private var count: UInt8 = 0

    @inline(always)
    init(at start: UnsafeMutableRawPointer) { unsafe self.start = start }

    /// How many properties were written.
    var properties: Int { Int(count) }

    @inline(always)
    mutating func word(_ value: UInt16, property: UInt8) {
        begin(property, RecordLayout.Tag.word)
        store(value)
    }

    @inline(always)
    mutating func integer(_ value: Int64, property: UInt8) {
        begin(property, RecordLayout.Tag.integer)
        store(value)
    }

    @inline(always)
    mutating func boolean(_ value: Bool, property: UInt8) {
        begin(property, RecordLayout.Tag.boolean)
        store(value ? 1 : 0 as UInt8)
    }

    /// At most 64 bytes, as the catalogue promises.
    mutating func text(_ value: String, property: UInt8) {
        begin(property, RecordLayout.Tag.text)
        let bytes = value.utf8.prefix(64)
        store(UInt8(bytes.count))
        for byte in bytes { store(byte) }
    }

    /// Puts the header before the properties. Returns the record's length.
    @inline(always)
    mutating func finish(
        event: UInt16, epoch: UInt32, nanoseconds: Int64, position: UInt64
    ) -> Int {
        while offset % 8 != 0 { store(0 as UInt8) }
        let header = UInt64(epoch) | UInt64(event) << 32 | UInt64(count) << 48
        unsafe start.storeBytes(of: header.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe start.storeBytes(of: nanoseconds.littleEndian, toByteOffset: 16, as: Int64.self)
        let length = offset
        let sum = unsafe RecordChecksum.of(start, length: length, position: position)
        unsafe start.storeBytes(
            of: (UInt64(sum) << 32 | UInt64(length)).littleEndian, as: UInt64.self)
        return length
    }

    @inline(always)
    private mutating func begin(_ property: UInt8, _ tag: UInt8) {
        count += 1
        store(UInt16(property) | UInt16(tag) << 8)
    }

    @inline(always)
    private mutating func store<Number: FixedWidthInteger>(_ number: Number) {
        unsafe start.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
        offset += MemoryLayout<Number>.size
    }
}

/// Tells a whole record from a torn one, and from one that stands at another place.
enum RecordChecksum {
    /// Mixes all words after the first with the position. `length` is a multiple of 8.
    @inline(always)
    static func of(_ start: UnsafeRawPointer, length: Int, position: UInt64) -> UInt32 {
        var mix = position ^ 0x9E37_79B9_7F4A_7C15
        var offset = 8
        while offset < length {
            let word = unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            mix = (mix ^ word) &* 0xFF51_AFD7_ED55_8CCD
            mix ^= mix >> 32
            offset += 8
        }
        return UInt32(truncatingIfNeeded: mix)
    }
}
