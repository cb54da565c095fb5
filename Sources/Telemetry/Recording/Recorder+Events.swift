// SPDX-License-Identifier: Apache-2.0

import CSystem
import Catalogue

extension Recorder {
    /// Records one event; false if it is not recorded.
    ///
    /// `properties` is only built when events of this type may be recorded.
    func record(_ name: String, _ properties: () -> [String: PropertyValue]) -> Bool {
        withLive { _, live in record(name, properties, live.journal, live.encoder) } ?? false
    }

    private func record(
        _ name: String, _ properties: () -> [String: PropertyValue], _ journal: Journal,
        _ encoder: EventEncoder
    ) -> Bool {
        guard let index = encoder.index(of: name) else {
            journal.count(.catalogue)
            gate.seams.refused?(EventRefusal(event: name, property: nil))
            return false
        }
        guard encoder.isAllowed(index) else { return false }
        return encoder.withEncoded(properties(), ofEvent: index) { event, refusals in
            guard write(event, to: journal) else {
                journal.count(.queueFull)
                return false
            }
            if refusals > 0 {
                journal.count(.catalogue, refusals)
                if let heard = gate.seams.refused { event.refusals.forEach(heard) }
            }
            return true
        }
    }

    private func write(_ event: EncodedEvent, to journal: Journal) -> Bool {
        let bytes = event.bytesMax
        let nanoseconds = coarseNanoseconds()
        switch journal.prepareSlot(for: bytes) {
        case .none: return false
        case .shared:
            return unsafe journal.appendShared(bytes) { place, position in
                var writer = unsafe RecordWriter(at: place)
                event.write(to: &writer)
                writer.finish(header: event.header, nanoseconds: nanoseconds, position: position)
                return writer.length
            }
        case .own:
            let slot = unsafe csystem_this_slot()
            guard let next = unsafe slot.pointee.next else { return false }
            unsafe csystem_slot_enter(slot)
            var writer = unsafe RecordWriter(at: UnsafeMutableRawPointer(next))
            event.write(to: &writer)
            unsafe slot.publish(writer, header: event.header, nanoseconds: nanoseconds)
            unsafe csystem_slot_leave(slot)
            return true
        }
    }

    /// Begins a typed event where the short way failed; nil if it is not recorded.
    func begin(_ plan: UnsafeMutablePointer<TypedEventPlan>) -> TypedStart? {
        withLive { snapshot, live in
            guard let (place, entry) = unsafe snapshot.entry(of: plan) else {
                if unsafe !snapshot.knows(plan) {
                    live.journal.count(.catalogue)
                    let name = unsafe plan.pointee.owner._withUnsafeGuaranteedRef { $0.name }
                    gate.seams.refused?(EventRefusal(event: name, property: nil))
                }
                return nil
            }
            // The next look finds it there.
            unsafe csystem_store_relaxed(
                UnsafeMutableRawPointer(plan).assumingMemoryBound(to: UInt64.self), UInt64(place))
            return unsafe begin(
                plan, entry, live.journal,
                header: RecordWriter.header(epoch: live.encoder.epoch, event: UInt64(place)))
        }
    }

    private func begin(
        _ plan: UnsafeMutablePointer<TypedEventPlan>, _ entry: SnapshotTable.Entry,
        _ journal: Journal,
        header: UInt64
    ) -> TypedStart? {
        let slot = unsafe csystem_this_slot()
        let bytes = unsafe RecordLayout.headerBytes + Int(plan.pointee.bytesMax)
        let room = journal.prepareSlot(for: bytes)
        let place: UnsafeMutableRawPointer? =
            switch room {
            case .own: unsafe UnsafeMutableRawPointer(slot.pointee.next)
            case .shared: .allocate(byteCount: bytes, alignment: 8)
            case .none: nil
            }
        guard let place = unsafe place else {
            journal.count(.queueFull)
            return nil
        }
        return unsafe TypedStart(
            at: place, slot, allowed: entry.allowed, isShared: room == .shared, header: header,
            nanoseconds: coarseNanoseconds())
    }

    /// Finishes a typed event that has refused properties, or no segment of its thread's own.
    func finish(_ record: UnfinishedRecord) -> Bool {
        let journal = journal
        let slot = unsafe csystem_this_slot()
        if record.refusals > 0 {
            journal?.count(.catalogue, record.refusals)
            gate.seams.refused?(EventRefusal(event: name(of: record.header), property: nil))
        }
        guard record.isShared else {
            unsafe slot.publish(
                record.writer, header: record.header, nanoseconds: record.nanoseconds)
            unsafe csystem_slot_leave(slot)
            return true
        }
        defer { unsafe record.writer.start.deallocate() }
        let length = record.writer.length
        unsafe csystem_slot_leave(slot)
        let isAccepted = unsafe journal?.appendShared(length) { place, position in
            record.writer.finish(
                header: record.header, nanoseconds: record.nanoseconds, position: position)
            unsafe place.copyMemory(from: record.writer.start, byteCount: length)
            return length
        }
        if isAccepted == false { journal?.count(.queueFull) }
        return isAccepted ?? false
    }

    /// The name of the event with this header; empty where the catalogue has none such.
    private func name(of header: UInt64) -> String {
        let index = Int(RecordWriter.event(ofHeader: header))
        return catalogue.events.indices.contains(index) ? catalogue.events[index].name : ""
    }
}
