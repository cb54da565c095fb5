// SPDX-License-Identifier: Apache-2.0

import CSystem
import Modules
import Synchronization

/// One process's records in a file that outlives the process.
///
///     offset     0  magic and layout                         8 bytes, little-endian
///                8  process number                           8
///               32  length of the table                      8
///               64  counters, 8 bytes each, in the order of `Counter`
///            4096  table
///           65536  segments of 64 KiB
///
/// Each recording thread has a segment of its own; the last one is shared by those that find none.
@safe final class Journal: Sendable {
    /// The length of the file, and all that is mapped, in bytes.
    static let fileBytes = 1 << 20
    static let segmentsOffset = 65_536
    static let segmentCount = (fileBytes - segmentsOffset) / Segment.bytes
    private static let magic: UInt64 = 0x4152_5047_4A52_4E32  // "ARPGJRN2"
    private static let tableOffset = 4096

    /// What a journal counts; never reset while the journal lives.
    enum Counter: Int, CaseIterable {
        case queueFull
        case catalogue

        fileprivate var offset: Int { 64 + rawValue * 8 }
    }

    let path: String
    let table: JournalTable
    private let mapping: SharedMapping
    // The mapping's first byte; the mapping lives as long as this object.
    private nonisolated(unsafe) let start: UnsafeMutableRawPointer
    private let lock: FileLock
    private let shared = Mutex(())

    var name: String { String(path[(path.lastIndex(of: "/") ?? path.startIndex)...].dropFirst()) }

    /// Makes a new journal in `folder`, locked as long as this value lives.
    init(
        creatingIn folder: String, _ table: JournalTable, processNumber: Int32,
        _ seams: TelemetrySeams
    ) throws(SystemError) {
        let path = "\(folder)/\(processNumber)-\(seams.random.uint64()).journal"
        let content = table.serialized
        guard content.count <= JournalTable.bytesMax else {
            throw SystemError(code: SystemError.tooBig, call: "table", subject: path)
        }
        guard let lock = try seams.files.lock(path) else {
            throw SystemError(code: SystemError.busy, call: "flock", subject: path)
        }
        do throws(SystemError) {
            mapping = try seams.files.map(path, bytes: Self.fileBytes, create: true)
        } catch {
            // The disk may be full: an empty file must not stay behind.
            try? seams.files.remove(path)
            throw error
        }
        self.path = path
        self.table = table
        self.lock = lock
        unsafe start = mapping.start
        mapping.write(content, at: Self.tableOffset)
        mapping.storeRelease(UInt64(content.count), at: 32)
        mapping.storeRelease(UInt64(processNumber), at: 8)
        mapping.storeRelease(Self.magic, at: 0)
    }

    /// Opens the journal of a process that ended; nil if that process lives.
    ///
    /// Throws if the file is not a journal that this program can read.
    init?(adopting path: String, _ seams: TelemetrySeams) throws(SystemError) {
        guard let lock = try seams.files.lock(path) else { return nil }
        let mapping = try seams.files.map(path, bytes: Self.fileBytes, create: false)
        let tableBytes = mapping.loadAcquire(at: 32)
        guard mapping.loadAcquire(at: 0) == Self.magic, tableBytes <= JournalTable.bytesMax,
            let table = JournalTable(mapping.read(at: Self.tableOffset, count: Int(tableBytes)))
        else { throw SystemError(code: SystemError.invalid, call: "read", subject: path) }
        self.path = path
        self.table = table
        self.lock = lock
        self.mapping = mapping
        unsafe start = mapping.start
        guard (0..<Self.segmentCount).allSatisfy({ segment($0).isSound }) else {
            throw SystemError(code: SystemError.invalid, call: "read", subject: path)
        }
    }

    /// The segment at an index; it lives as long as the journal.
    func segment(_ index: Int) -> Segment {
        precondition(index < Self.segmentCount)
        return unsafe Segment(base: start + (Self.segmentsOffset + index * Segment.bytes))
    }

    /// Adds to a counter.
    func count(_ counter: Counter, _ number: Int = 1) {
        mapping.add(UInt64(number), at: counter.offset)
    }

    func value(of counter: Counter) -> UInt64 { mapping.loadAcquire(at: counter.offset) }

    /// Whether everything in it was taken by the store.
    var isEmpty: Bool {
        (0..<Self.segmentCount).allSatisfy { index in
            let segment = segment(index)
            return segment.head == segment.tail
        }
    }

    /// The segments, by their index, that threads have now, but for the calling thread's own.
    var othersSegments: Set<Int> {
        let own = unsafe csystem_this_slot().pointee
        let isOwn = unsafe own.journal == UnsafeRawPointer(start)
        return Set(
            (0..<Self.segmentCount - 1).filter { index in
                let segment = segment(index)
                let isThis = unsafe isOwn && segment.base == own.segment
                return segment.isOwned && !isThis
            })
    }

    /// Gives back whatever segment the calling thread has.
    static func giveBackThisThread() {
        // Emptying a slot can't fail once it was filled, and an unfilled one is empty.
        _ = unsafe csystem_fill_slot(csystem_thread_slot())
    }
}

extension Journal {
    /// Lets `body` write one record of at most `bytesMax` bytes, and publishes it; false, counted,
    /// if there is no room. `body` returns the record's length.
    func append(_ bytesMax: Int, _ body: (Segment.Reservation) -> Int) -> Bool {
        if let segment = ownSegment { return append(bytesMax, to: segment, body) }
        return appendShared(bytesMax, body)
    }

    /// The same into the segment of the threads that found none of their own.
    @inline(never)
    func appendShared(_ bytesMax: Int, _ body: (Segment.Reservation) -> Int) -> Bool {
        shared.withLock { _ in append(bytesMax, to: segment(Self.segmentCount - 1), body) }
    }

    private func append(
        _ bytesMax: Int, to segment: Segment, _ body: (Segment.Reservation) -> Int
    ) -> Bool {
        guard let reserved = segment.reserve(bytesMax) else {
            count(.queueFull)
            return false
        }
        segment.publish(body(reserved), at: reserved.position)
        return true
    }

    /// The calling thread's segment, claimed at its first record; nil if all are taken.
    @inline(always)
    var ownSegment: Segment? {
        let slot = unsafe csystem_this_slot().pointee
        guard unsafe slot.journal == UnsafeRawPointer(start) else {
            return claimedSegment()
        }
        return unsafe slot.segment.map { unsafe Segment(base: $0) }
    }

    @inline(never)
    private func claimedSegment() -> Segment? {
        let free = (0..<Self.segmentCount - 1).first { segment($0).claim() }
        let own = free.map { segment($0) }
        // The thread keeps the mapping alive until it ends or turns to another journal.
        let content = unsafe csystem_thread_slot(
            journal: UnsafeRawPointer(start), segment: own?.base,
            retained: Unmanaged.passRetained(mapping).toOpaque(), release: releaseSlot)
        guard unsafe csystem_fill_slot(content) == 0 else {
            own?.giveBack()
            unsafe Unmanaged.passUnretained(mapping).release()
            return nil
        }
        return own
    }

    /// Clears all records of a journal that another process writes; that process goes on, and
    /// drops by their epoch whatever it put in before it notices.
    static func eraseRecords(at path: String, _ seams: TelemetrySeams) throws(SystemError) {
        let mapping = try seams.files.map(path, bytes: fileBytes, create: false)
        for index in 0..<segmentCount {
            let start = segmentsOffset + index * Segment.bytes + Segment.headerBytes
            mapping.zero(at: start, count: Int(Segment.capacity))
        }
        try mapping.sync()
    }
}

/// Gives back what a thread's slot held. Called by the C library when the thread ends.
private func releaseSlot(_ retained: UnsafeMutableRawPointer?, _ segment: UnsafeMutableRawPointer?)
{
    if let segment = unsafe segment { unsafe Segment(base: segment).giveBack() }
    if let retained = unsafe retained {
        unsafe Unmanaged<SharedMapping>.fromOpaque(retained).release()
    }
}
