// SPDX-License-Identifier: Apache-2.0

import Catalogue

/// A typed event on its way into the journal: begun, given its properties in order, finished.
@safe public struct TypedRecord {
    let event: UInt16
    let epoch: UInt32
    let nanoseconds: Int64
    /// Nil for a thread without a segment: the record then goes through a buffer of its own.
    let segment: Segment?
    let position: UInt64
    private let start: UnsafeMutableRawPointer
    private let allowed: UInt16
    // Kept alive by the event that the caller holds.
    private let key: Unmanaged<EventKey>
    private var writer: RecordWriter
    private var place: UInt8 = 0
    private(set) var refusals = 0

    init(
        _ key: EventKey, event: UInt16, allowed: UInt16, epoch: UInt32, nanoseconds: Int64,
        segment: Segment?,
        _ reserved: Segment.Reservation
    ) {
        unsafe self.key = Unmanaged.passUnretained(key)
        self.event = event
        self.allowed = allowed
        self.epoch = epoch
        self.nanoseconds = nanoseconds
        self.segment = segment
        position = reserved.position
        unsafe start = reserved.place
        writer = unsafe RecordWriter(at: reserved.place)
    }

    /// Adds the value at an address, whose type is that of the next property of the event. One that
    /// is refused is counted, a withheld one left out.
    @usableFromInline
    mutating func add(at address: UnsafeRawPointer) {
        defer { place += 1 }
        guard allowed & 1 << UInt16(place) != 0 else { return }
        let encoded = unsafe key._withUnsafeGuaranteedRef {
            unsafe $0.encoders[Int(place)](address)
        }
        switch encoded {
        case .word(let word): writer.word(word, property: place)
        case .integer(let number): writer.integer(number, property: place)
        case .boolean(let flag): writer.boolean(flag, property: place)
        case .text(let text): writer.text(text, property: place)
        case nil: refusals += 1
        }
    }

    /// Puts the header in for a position. Returns the record's length.
    @inline(always)
    mutating func seal(at position: UInt64) -> Int {
        writer.finish(
            event: event, epoch: epoch, nanoseconds: nanoseconds, position: position)
    }

    /// Copies the finished record to another place, sealed for that place.
    mutating func copy(to reserved: Segment.Reservation) -> Int {
        let length = seal(at: reserved.position)
        unsafe reserved.place.copyMemory(from: start, byteCount: length)
        return length
    }

    /// Frees the buffer of a record without a segment.
    func free() {
        if segment == nil { unsafe start.deallocate() }
    }
}
