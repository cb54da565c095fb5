// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

extension Recorder {
    /// Room for a typed event of one thread; nil if it may not be recorded or there is no room.
    @inline(always)
    func begin(_ key: EventKey) -> TypedRecord? {
        withSnapshot { snapshot in
            guard let hot = snapshot.hot else { return nil }
            return unsafe hot.journal._withUnsafeGuaranteedRef { journal in
                begin(key, snapshot, journal, epoch: hot.epoch)
            }
        }
    }

    @inline(__always)
    private func begin(
        _ key: EventKey, _ snapshot: Snapshot, _ journal: Journal, epoch: UInt32
    ) -> TypedRecord? {
        guard let place = place(of: key, in: snapshot),
            let entry = snapshot.entry(at: place, for: key)
        else {
            journal.count(.catalogue)
            return nil
        }
        guard entry.isAllowed else { return nil }
        let nanoseconds = coarseNanoseconds()
        let segment = journal.ownSegment
        let room = RecordLayout.typedBytesMax
        guard let reserved = segment.map({ $0.reserve(room) }) ?? Self.buffer(room) else {
            journal.count(.queueFull)
            return nil
        }
        return TypedRecord(
            key, event: UInt16(place), allowed: entry.allowed, epoch: epoch,
            nanoseconds: nanoseconds, segment: segment, reserved)
    }

    /// Where the event stands, by the last answer if that still holds.
    @inline(always)
    private func place(of key: EventKey, in snapshot: Snapshot) -> Int? {
        let hinted = key.hintedPlace
        if snapshot.entry(at: hinted, for: key) != nil { return hinted }
        guard let place = snapshot.place(of: key) else { return nil }
        key.hintedPlace = place
        return place
    }

    /// Publishes a typed event; false if there was no room.
    @inline(always)
    func finish(_ record: consuming TypedRecord) -> Bool {
        var record = record
        if record.refusals > 0 { countRefusals(record.refusals) }
        if let segment = record.segment {
            segment.publish(record.seal(at: record.position), at: record.position)
            return true
        }
        return finishShared(record)
    }

    @inline(never)
    private func countRefusals(_ number: Int) { journal?.count(.catalogue, number) }

    @inline(never)
    private func finishShared(_ record: consuming TypedRecord) -> Bool {
        var record = record
        defer { record.free() }
        guard let journal else { return false }
        return journal.appendShared(RecordLayout.typedBytesMax) { record.copy(to: $0) }
    }

    @inline(never)
    private static func buffer(_ bytes: Int) -> Segment.Reservation? {
        unsafe Segment.Reservation(
            place: .allocate(byteCount: bytes, alignment: 8), position: 0)
    }
}
