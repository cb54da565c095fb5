// SPDX-License-Identifier: Apache-2.0

public import CSystem
public import Catalogue

/// Where a typed event goes, and what is known of it before its properties.
@safe @usableFromInline
struct TypedStart {
    @usableFromInline let place: UnsafeMutableRawPointer
    @usableFromInline let slot: UnsafeMutablePointer<csystem_thread_slot>
    /// Which of its properties may be recorded, a bit for each.
    @usableFromInline let allowed: UInt32
    /// Whether the thread has no segment: the record then goes through a buffer of its own.
    @usableFromInline let isShared: Bool
    @usableFromInline let header: UInt64
    @usableFromInline let nanoseconds: Int64

    @inlinable @inline(__always)
    init(
        at place: UnsafeMutableRawPointer, _ slot: UnsafeMutablePointer<csystem_thread_slot>,
        allowed: UInt32, isShared: Bool, header: UInt64, nanoseconds: Int64
    ) {
        unsafe self.place = place
        unsafe self.slot = slot
        self.allowed = allowed
        self.isShared = isShared
        self.header = header
        self.nanoseconds = nanoseconds
    }
}

/// A typed event on its way into the journal: begun, given its properties in order, finished.
///
/// Everything here is inlined into the caller, where the types of the values are known: an event
/// becomes a few stores into the thread's own part of the journal.
@safe @usableFromInline
struct TypedRecord {
    @usableFromInline let start: TypedStart
    @usableFromInline var writer: RecordWriter
    @usableFromInline let plan: UnsafeMutablePointer<TypedEventPlan>
    @usableFromInline var place: UInt64 = 0
    @usableFromInline var refusals: Int = 0

    @inlinable @inline(__always)
    init(_ start: TypedStart, _ plan: UnsafeMutablePointer<TypedEventPlan>) {
        self.start = start
        unsafe writer = RecordWriter(at: start.place)
        unsafe self.plan = plan
        unsafe csystem_slot_enter(start.slot)
    }

    /// Adds a value, whose type is that of the next property of the event. One that is refused is
    /// counted, a withheld one left out.
    @inlinable @inline(__always)
    mutating func add<Value>(_ value: Value) {
        let place = self.place
        self.place &+= 1
        guard start.allowed & (1 &<< UInt32(truncatingIfNeeded: place)) != 0 else { return }
        let plan = unsafe self.plan.pointee.properties + Int(truncatingIfNeeded: place)
        let form = unsafe plan.pointee.form
        // The compiler knows the type where this is inlined, and keeps one branch.
        if Value.self == Bool.self, form == .bool {
            let flag = unsafe unsafeBitCast(value, to: Bool.self)
            writer.put(RecordLayout.property(place, RecordLayout.Tag.boolean, flag ? 1 : 0))
        } else if Value.self == Int.self, form == .count {
            let number = unsafe unsafeBitCast(value, to: Int.self)
            add(number < 0 ? nil : UInt64(number), unsafe plan.pointee.max, at: place)
        } else if Value.self == Duration.self, form == .duration {
            let span = unsafe unsafeBitCast(value, to: Duration.self)
            add(Self.milliseconds(span), unsafe plan.pointee.max, at: place)
        } else if MemoryLayout<Value>.size == 1, let places = unsafe plan.pointee.places {
            let word = unsafe places[Int(unsafeBitCast(value, to: UInt8.self))]
            if word == TypedPropertyPlan.noPlace {
                refusals &+= 1
            } else {
                writer.put(RecordLayout.property(place, RecordLayout.Tag.word, UInt64(word)))
            }
        } else {
            let (writer, isRefused) = adding(value, at: place)
            self.writer = writer
            if isRefused { refusals &+= 1 }
        }
    }

    @inlinable @inline(__always)
    mutating func add(_ number: UInt64?, _ max: UInt64, at place: UInt64) {
        if let number {
            writer.number(min(number, max), property: place)
        } else {
            refusals &+= 1
        }
    }

    /// Whole milliseconds, in 64 bits where that is possible; nil below zero.
    @inlinable @inline(__always)
    static func milliseconds(_ span: Duration) -> UInt64? {
        // An attosecond is a millisecond's 2^15 times 5^15-th part.
        let units = span.attoseconds &>> 15
        if units < 0 { return nil }
        if units > Int128(UInt64.max) { return UInt64(clamping: units / 30_517_578_125) }
        return UInt64(truncatingIfNeeded: units) / 30_517_578_125
    }

    /// The writer after a value that only the event's key knows how to encode, and whether the
    /// value was refused.
    @usableFromInline @inline(never)
    func adding<Value>(_ value: Value, at place: UInt64) -> (RecordWriter, isRefused: Bool) {
        let encoded = unsafe plan.pointee.owner._withUnsafeGuaranteedRef { key in
            unsafe withUnsafePointer(to: value) { unsafe key.encoders[Int(place)]($0) }
        }
        var writer = writer
        switch encoded {
        case .word(let word):
            writer.put(RecordLayout.property(place, RecordLayout.Tag.word, UInt64(word)))
        case .integer(let number):
            writer.number(UInt64(bitPattern: number), property: place)
        case .boolean(let flag):
            writer.put(RecordLayout.property(place, RecordLayout.Tag.boolean, flag ? 1 : 0))
        case .text(let text): writer.text(text, property: place)
        case nil: return (writer, true)
        }
        return (writer, false)
    }

    /// Publishes the record where it stands, in the thread's own segment.
    @inlinable @inline(__always)
    func publish() {
        unsafe start.slot.publish(writer, header: start.header, nanoseconds: start.nanoseconds)
        unsafe csystem_slot_leave(start.slot)
    }
}

/// What is left to do with a record that has refused properties, or no segment of its thread's own.
@safe struct UnfinishedRecord {
    let writer: RecordWriter
    let header: UInt64
    let nanoseconds: Int64
    let refusals: Int
    let isShared: Bool
}

extension UnsafeMutablePointer<csystem_thread_slot> {
    /// Finishes a record that stands at the slot's next place, and publishes it: one release store.
    @inlinable @inline(__always)
    func publish(_ writer: RecordWriter, header: UInt64, nanoseconds: Int64) {
        let position = unsafe pointee.position
        writer.finish(header: header, nanoseconds: nanoseconds, position: position)
        let length = UInt64(truncatingIfNeeded: writer.length)
        unsafe csystem_store_release(pointee.head, position &+ length)
        unsafe pointee.position = position &+ length
        unsafe pointee.room &-= length
        unsafe pointee.next = writer.next.assumingMemoryBound(to: UInt8.self)
    }
}
