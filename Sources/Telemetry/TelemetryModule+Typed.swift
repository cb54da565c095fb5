// SPDX-License-Identifier: Apache-2.0

public import CSystem
public import Catalogue

// One function for each number of properties: the compiler then knows every type, and turns an
// event into a few stores. For a pack of values it would not.
extension TelemetryModule {
    /// Records one typed event; false if it is not recorded.
    ///
    /// Costs no allocation, no lock and no system call, but for a thread's first event, and where
    /// more threads record at once than the journal has segments, about 14: the others share one
    /// behind a lock, and allocate the event. The catalogue must have the event.
    @inlinable
    @discardableResult
    public func track<A>(_ event: Event<A>, _ a: A) -> Bool {
        guard var record = unsafe begin(event.plan) else { return false }
        record.add(a)
        return finish(record)
    }

    /// Records one typed event; false if it is not recorded.
    @inlinable
    @discardableResult
    public func track<A, B>(_ event: Event<A, B>, _ a: A, _ b: B) -> Bool {
        guard var record = unsafe begin(event.plan) else { return false }
        record.add(a)
        record.add(b)
        return finish(record)
    }

    /// Records one typed event; false if it is not recorded.
    @inlinable
    @discardableResult
    public func track<A, B, C>(_ event: Event<A, B, C>, _ a: A, _ b: B, _ c: C) -> Bool {
        guard var record = unsafe begin(event.plan) else { return false }
        record.add(a)
        record.add(b)
        record.add(c)
        return finish(record)
    }

    /// Records one typed event; false if it is not recorded.
    @inlinable
    @discardableResult
    public func track<A, B, C, D>(
        _ event: Event<A, B, C, D>, _ a: A, _ b: B, _ c: C, _ d: D
    ) -> Bool {
        guard var record = unsafe begin(event.plan) else { return false }
        record.add(a)
        record.add(b)
        record.add(c)
        record.add(d)
        return finish(record)
    }

    /// Records one typed event with any number of properties; false if it is not recorded.
    @inlinable
    @discardableResult
    public func track<each Value>(
        _ event: Event<repeat each Value>, _ value: repeat each Value
    ) -> Bool {
        guard var record = unsafe begin(event.plan) else { return false }
        repeat record.add(each value)
        return finish(record)
    }

    /// Whether anything may be recorded at all, and the word that says so: two loads, no call.
    @inlinable @inline(__always)
    var onWord: UInt64? {
        let address = unsafe csystem_load_acquire(switchboard)
        guard let place = unsafe UnsafePointer<UInt64>(bitPattern: UInt(address)) else {
            return nil
        }
        let word = unsafe csystem_load_relaxed(place)
        return word & 1 == 1 ? word : nil
    }

    @inlinable @inline(__always)
    func begin(_ plan: UnsafeMutablePointer<TypedEventPlan>) -> TypedRecord? {
        guard let word = onWord, let start = unsafe beginHere(plan, word) ?? beginSlowly(plan)
        else { return nil }
        return unsafe TypedRecord(start, plan)
    }

    /// The short way: everything is as it was at the thread's last event.
    @inlinable @inline(__always)
    func beginHere(_ plan: UnsafeMutablePointer<TypedEventPlan>, _ word: UInt64) -> TypedStart? {
        let address = unsafe csystem_load_acquire(switchboard + 1)
        let slot = unsafe csystem_this_slot()
        let hint = unsafe csystem_load_relaxed(
            UnsafeRawPointer(plan).assumingMemoryBound(to: UInt64.self))
        guard let table = unsafe UnsafePointer<SnapshotTable>(bitPattern: UInt(address)),
            unsafe table.pointee.word == word,
            unsafe table.pointee.journal == slot.pointee.journal,
            unsafe hint < table.pointee.count, unsafe slot.pointee.busy == 0
        else { return nil }
        let entry = unsafe table.pointee.entries + Int(truncatingIfNeeded: hint)
        let bytes = unsafe UInt64(RecordLayout.headerBytes) &+ plan.pointee.bytesMax
        guard unsafe entry.pointee.plan == UInt(bitPattern: plan),
            unsafe slot.pointee.room >= bytes
        else { return nil }
        return unsafe TypedStart(
            at: UnsafeMutableRawPointer(slot.pointee.next.unsafelyUnwrapped), slot,
            allowed: entry.pointee.allowed,
            isShared: false,
            header: RecordWriter.header(epoch: table.pointee.epoch, event: hint),
            nanoseconds: csystem_coarse_now())
    }

    @usableFromInline @inline(never)
    func beginSlowly(_ plan: UnsafeMutablePointer<TypedEventPlan>) -> TypedStart? {
        unsafe recorder.begin(plan)
    }

    @inlinable @inline(__always)
    func finish(_ record: TypedRecord) -> Bool {
        if record.start.isShared || record.refusals != 0 {
            // In registers: the record itself need not be anywhere in memory.
            return unsafe finishSlowly(
                record.writer.start, record.writer.next, record.writer.sum, record.start.header,
                record.start.nanoseconds, record.start.isShared ? ~record.refusals : record.refusals
            )
        }
        record.publish()
        return true
    }

    /// - Parameter refusals: inverted for a thread without a segment.
    @usableFromInline @inline(never)
    func finishSlowly(
        _ start: UnsafeMutableRawPointer, _ next: UnsafeMutableRawPointer, _ sum: UInt64,
        _ header: UInt64, _ nanoseconds: Int64, _ refusals: Int
    ) -> Bool {
        let writer = unsafe RecordWriter(at: start, next: next, sum: sum)
        return recorder.finish(
            UnfinishedRecord(
                writer: writer, header: header, nanoseconds: nanoseconds,
                refusals: refusals < 0 ? ~refusals : refusals, isShared: refusals < 0))
    }
}
