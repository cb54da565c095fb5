// SPDX-License-Identifier: Apache-2.0

/// Writes one record in place. The caller has reserved enough room for it.
///
/// Safe as long as that holds: every store goes to the next word of the reserved room.
@safe @usableFromInline
struct RecordWriter {
    @usableFromInline let start: UnsafeMutableRawPointer
    @usableFromInline var next: UnsafeMutableRawPointer
    @usableFromInline var sum: UInt64 = 0

    @inlinable @inline(__always)
    init(at start: UnsafeMutableRawPointer) {
        unsafe self.start = start
        unsafe next = start + RecordLayout.headerBytes
    }

    /// A writer that has come so far already.
    init(at start: UnsafeMutableRawPointer, next: UnsafeMutableRawPointer, sum: UInt64) {
        unsafe self.start = start
        unsafe self.next = next
        self.sum = sum
    }

    /// Adds the word of a property.
    @inlinable @inline(__always)
    mutating func put(_ word: UInt64) { put(word, key: RecordChecksum.property) }

    /// Adds a word that follows a property's, counted from 0.
    @inlinable @inline(__always)
    mutating func put(_ word: UInt64, following index: Int) {
        put(word, key: RecordChecksum.key(UInt64(truncatingIfNeeded: index &+ 3)))
    }

    @inlinable @inline(__always)
    mutating func put(_ word: UInt64, key: UInt64) {
        unsafe next.storeBytes(of: word.littleEndian, as: UInt64.self)
        unsafe next += 8
        sum &+= RecordChecksum.mix(word, key)
    }

    /// Adds a number, in one word or in two.
    @inlinable @inline(__always)
    mutating func number(_ value: UInt64, property place: UInt64) {
        if value < RecordLayout.valueLimit {
            put(RecordLayout.property(place, RecordLayout.Tag.integer, value))
        } else {
            put(RecordLayout.property(place, RecordLayout.Tag.wide, 0))
            put(value, following: 0)
        }
    }

    /// Adds a text of at most `RecordLayout.textBytesMax` bytes, as the catalogue promises.
    mutating func text(_ value: String, property place: UInt64) {
        let bytes = Array(value.utf8.prefix(RecordLayout.textBytesMax))
        put(RecordLayout.property(place, RecordLayout.Tag.text, UInt64(bytes.count)))
        for start in stride(from: 0, to: bytes.count, by: 8) {
            let piece = bytes[start..<min(start + 8, bytes.count)]
            put(piece.reversed().reduce(0) { $0 << 8 | UInt64($1) }, following: start / 8)
        }
    }

    /// How many bytes the record takes.
    @inlinable @inline(__always)
    var length: Int { unsafe next - start }

    /// Puts the header in for a position; may be done again for another one.
    @inlinable @inline(__always)
    func finish(header: UInt64, nanoseconds: Int64, position: UInt64) {
        let time = UInt64(bitPattern: nanoseconds)
        let sum = RecordChecksum.finish(
            self.sum, header: header, time: time, position: position)
        let first = UInt64(truncatingIfNeeded: length) | UInt64(sum) &<< 32
        unsafe start.storeBytes(of: first.littleEndian, as: UInt64.self)
        unsafe start.storeBytes(of: header.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe start.storeBytes(of: time.littleEndian, toByteOffset: 16, as: UInt64.self)
    }

    /// The second word of a record.
    @inlinable @inline(__always)
    static func header(epoch: UInt32, event: UInt64) -> UInt64 { UInt64(epoch) | event &<< 32 }

    /// The event's place in a word that ``header(epoch:event:)`` made.
    static func event(ofHeader header: UInt64) -> UInt64 { header >> 32 }
}
