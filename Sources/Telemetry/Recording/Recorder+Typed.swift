// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

extension Recorder {
    /// Room for a typed event of one thread; nil if it may not be recorded or there is no room.
    func begin(_ key: EventKey) -> TypedRecord? {
        guard let live = snapshot()?.live else { return nil }
        guard let event = key.place(in: live.encoder.catalogue.keys) else {
            live.journal.count(.catalogue)
            return nil
        }
        guard let allowed = live.encoder.allowedBits[event] else { return nil }
        let nanoseconds = clock.coarseNow().nanoseconds
        let segment = live.journal.ownSegment
        let room = RecordLayout.typedBytesMax
        guard let reserved = segment.map({ $0.reserve(room) }) ?? Self.buffer(room) else {
            live.journal.count(.queueFull)
            return nil
        }
        return TypedRecord(
            event: UInt16(event), allowed: allowed, epoch: live.encoder.epoch,
            nanoseconds: nanoseconds, segment: segment, reserved)
    }

    /// Publishes a typed event; false if there was no room.
    func finish(_ record: consuming TypedRecord) -> Bool {
        var record = record
        if record.refusals > 0 { journal?.count(.catalogue, record.refusals) }
        if let segment = record.segment {
            segment.publish(record.seal(at: record.position), at: record.position)
            return true
        }
        defer { record.free() }
        guard let journal else { return false }
        return journal.appendShared(RecordLayout.typedBytesMax) { record.copy(to: $0) }
    }

    private static func buffer(_ bytes: Int) -> Segment.Reservation? {
        unsafe Segment.Reservation(
            place: .allocate(byteCount: bytes, alignment: 8), position: 0)
    }
}
