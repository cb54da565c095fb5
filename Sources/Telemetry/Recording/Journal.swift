// SPDX-License-Identifier: Apache-2.0

import CSystem
import Modules
import Synchronization

/// One process's records in a file that outlives the process.
///
///     offset     0  magic and layout                         8 bytes, little-endian
///                8  process number                           8
///               16  length of the file                       8
///               24  what blocks recording, see `publish`     8
///               32  length of the table                      8
///               64  counters, 8 bytes each, in the order of `Counter`
///            4096  table
///           65536  segments of 64 KiB
///
/// Each recording thread has a segment of its own; the last one is shared by those that find none.
/// The file gets its name once all of this is there: nobody meets one that is being made.
@safe final class Journal: Sendable {
    /// The longest file, and all that is mapped, in bytes.
    static let fileBytesMax = 1 << 20
    /// The shortest: two segments for threads, and the shared one.
    static let fileBytesMin = segmentsOffset + 3 * Segment.bytes
    static let segmentsOffset = 65_536
    /// More than anything was ever counted: a file that says more is damaged.
    static let countMax: UInt64 = 1 << 48
    private static let causesOffset = 24
    /// Set as soon as the word of causes says anything.
    private static let causesKnown: UInt64 = 1 << 63
    private static let tableOffset = 4096
    /// How the file is called until it is whole.
    static let unfinishedSuffix = ".journal.new"
    static let suffix = ".journal"

    /// What a journal counts; never reset while the journal lives.
    enum Counter: Int, CaseIterable {
        /// Events for which there was no room.
        case queueFull
        /// Events and properties that the catalogue refused.
        case catalogue

        fileprivate var offset: Int { 64 + rawValue * 8 }
    }

    let path: String
    let table: JournalTable
    let layout: JournalLayout
    private let mapping: SharedMapping
    // The mapping's first byte; the mapping lives as long as this object.
    private nonisolated(unsafe) let start: UnsafeMutableRawPointer
    private let lock: FileLock
    private let wake: @Sendable () -> Void
    private let isWakeDue = Atomic(true)
    /// The shared segment; closed if true.
    private let shared = Mutex(false)

    var name: String { String(path[(path.lastIndex(of: "/") ?? path.startIndex)...].dropFirst()) }
    var segmentCount: Int { (mapping.count - Self.segmentsOffset) / Segment.bytes }
    /// Where the mapping begins: what tells one journal of this process from another.
    var startAddress: UInt64 { unsafe UInt64(UInt(bitPattern: start)) }

    private init(
        _ path: String, _ table: JournalTable, _ layout: JournalLayout, _ mapping: SharedMapping,
        _ lock: FileLock, wake: @escaping @Sendable () -> Void = {}
    ) {
        (self.path, self.table, self.layout) = (path, table, layout)
        (self.mapping, self.lock, self.wake) = (mapping, lock, wake)
        unsafe start = mapping.start
    }

    /// Makes a new journal in `folder`, locked as long as this value lives.
    ///
    /// - Parameters:
    ///   - bytes: the length of the file, a multiple of 64 KiB within the bounds above.
    ///   - wake: called, at most once for each time that the journal is emptied, when much waits
    ///     in it. Must neither block nor allocate.
    convenience init(
        creatingIn folder: String, _ table: JournalTable, bytes: Int, processNumber: Int32,
        _ seams: TelemetrySeams, wake: @escaping @Sendable () -> Void
    ) throws(SystemError) {
        let stem = "\(folder)/\(processNumber)-\(seams.random.uint64())"
        let content = table.serialized
        guard content.count <= JournalTable.bytesMax else {
            throw SystemError(code: SystemError.tooBig, call: "table", subject: stem)
        }
        let unfinished = stem + Self.unfinishedSuffix
        guard let lock = try seams.files.lock(unfinished) else {
            throw SystemError(code: SystemError.busy, call: "flock", subject: unfinished)
        }
        let path = stem + Self.suffix
        do throws(SystemError) {
            let mapping = try seams.files.map(unfinished, bytes: bytes, create: true)
            mapping.write(content, at: Self.tableOffset)
            mapping.storeRelease(UInt64(content.count), at: 32)
            mapping.storeRelease(UInt64(bytes), at: 16)
            mapping.storeRelease(UInt64(processNumber), at: 8)
            mapping.storeRelease(JournalLayout.current.rawValue, at: 0)
            try seams.files.rename(unfinished, to: path)
            // Somebody who tidies up may have removed the file before it was locked, so that
            // another one was mapped: that one has no lock.
            if try seams.files.lock(path) != nil {
                throw SystemError(code: SystemError.busy, call: "flock", subject: path)
            }
            self.init(path, table, .current, mapping, lock, wake: wake)
        } catch {
            // The disk may be full: nothing must stay behind.
            for name in [unfinished, path] { try? seams.files.remove(name) }
            throw error
        }
    }

    /// Opens the journal of a process that ended; nil if that process lives.
    ///
    /// Throws if the file is not a journal that this program can read.
    convenience init?(adopting path: String, _ seams: TelemetrySeams) throws(SystemError) {
        guard let lock = try seams.files.lock(path) else { return nil }
        let unreadable = SystemError(code: SystemError.invalid, call: "read", subject: path)
        let mapping = try Self.map(path, seams.files)
        let tableBytes = mapping.loadAcquire(at: 32)
        guard let layout = JournalLayout(rawValue: mapping.loadAcquire(at: 0)),
            layout == .second || mapping.loadAcquire(at: 16) == UInt64(mapping.count),
            tableBytes <= JournalTable.bytesMax,
            let table = JournalTable(mapping.read(at: Self.tableOffset, count: Int(tableBytes)))
        else { throw unreadable }
        self.init(path, table, layout, mapping, lock)
        guard (0..<segmentCount).allSatisfy({ segment($0).isSound }) else { throw unreadable }
    }

    private static func map(
        _ path: String, _ files: any FileSystem
    ) throws(SystemError) -> SharedMapping {
        let bytes = Int(try files.status(of: path)?.bytes ?? 0)
        guard (segmentsOffset + Segment.bytes...fileBytesMax).contains(bytes),
            bytes % Segment.bytes == 0
        else { throw SystemError(code: SystemError.invalid, call: "read", subject: path) }
        return try files.map(path, bytes: bytes, create: false)
    }

    /// Whether the file stands at its path, and no other one in its place.
    func isThere(_ files: any FileSystem) -> Bool {
        (try? files.map(path, bytes: 8, create: false))?.isSameFile(as: mapping) ?? false
    }

    /// The segment at an index; it lives as long as the journal.
    func segment(_ index: Int) -> Segment {
        precondition(index < segmentCount)
        return unsafe Segment(base: start + (Self.segmentsOffset + index * Segment.bytes))
    }

    /// Adds to a counter.
    func count(_ counter: Counter, _ number: Int = 1) {
        mapping.add(UInt64(number), at: counter.offset)
    }

    func value(of counter: Counter) -> UInt64 { mapping.loadAcquire(at: counter.offset) }

    /// Publishes what blocks recording in this process: for each cause the bit at its place in
    /// `Cause.allCases`, which is never changed for another.
    func publish(_ causes: [Cause]) {
        var word = Self.causesKnown
        for (place, cause) in Cause.allCases.enumerated() where causes.contains(cause) {
            word |= 1 << UInt64(place)
        }
        mapping.storeRelease(word, at: Self.causesOffset)
    }

    /// What the process that has a journal published; nil if it says nothing, or is gone.
    static func publishedCauses(at path: String, _ seams: TelemetrySeams) -> [Cause]? {
        guard let mapping = try? map(path, seams.files),
            JournalLayout(rawValue: mapping.loadAcquire(at: 0)) != nil
        else { return nil }
        let word = mapping.loadAcquire(at: causesOffset)
        guard word & causesKnown != 0 else { return nil }
        return Cause.allCases.enumerated().filter { word >> UInt64($0.offset) & 1 == 1 }
            .map(\.element)
    }

    /// Whether everything in it was taken by the store.
    var isEmpty: Bool {
        (0..<segmentCount).allSatisfy { segment($0).head == segment($0).tail }
    }

    /// Clears all records of a journal that another process writes; that process goes on, and
    /// drops by their epoch whatever it put in before it notices.
    static func eraseRecords(at path: String, _ seams: TelemetrySeams) throws(SystemError) {
        let mapping = try map(path, seams.files)
        for index in 0..<(mapping.count - segmentsOffset) / Segment.bytes {
            let start = segmentsOffset + index * Segment.bytes + Segment.headerBytes
            mapping.zero(at: start, count: Int(Segment.capacity))
        }
        try mapping.sync()
    }
}

// MARK: - Writing

extension Journal {
    /// Where the calling thread's next record may go.
    enum Room {
        /// To the slot's next place.
        case own
        /// Into the segment of the threads that found none of their own.
        case shared
        /// Nowhere.
        case none
    }

    /// Sees to it that the calling thread's slot has room for `bytes` bytes in this journal.
    func prepareSlot(for bytes: Int) -> Room {
        let slot = unsafe csystem_this_slot()
        // The thread records already: it was interrupted, or a value's own code records as well.
        if unsafe slot.pointee.busy != 0 { return .none }
        let isHere = unsafe slot.pointee.journal == startAddress
        if unsafe !isHere || slot.pointee.head == nil, !claimSegment() { return .shared }
        if unsafe slot.pointee.room >= UInt64(bytes) { return .own }
        guard let segment = unsafe slot.pointee.segment.map({ unsafe Segment(base: $0) }) else {
            return .shared
        }
        guard let room = segment.room(for: UInt64(bytes)) else {
            wakeOnce()
            return .none
        }
        unsafe slot.pointee.next = room.place.assumingMemoryBound(to: UInt8.self)
        unsafe slot.pointee.position = room.position
        unsafe slot.pointee.room = room.bytes
        if room.isTimeToWake { wakeOnce() }
        return .own
    }

    /// Takes a free segment for the calling thread, until it ends or turns to another journal.
    private func claimSegment() -> Bool {
        let free = (0..<segmentCount - 1).first { segment($0).claim() }
        guard let own = free.map({ segment($0) }) else { return false }
        var content = unsafe csystem_thread_slot()
        unsafe content.journal = startAddress
        unsafe content.segment = own.base
        unsafe content.head = own.headWord
        // The slot keeps the mapping alive.
        unsafe content.retained = Unmanaged.passRetained(mapping).toOpaque()
        unsafe content.release = releaseSlot
        if unsafe csystem_fill_slot(content) == 0 { return true }
        own.giveBack()
        unsafe Unmanaged.passUnretained(mapping).release()
        return false
    }

    /// Lets `body` write one record of at most `bytes` bytes into the shared segment, and publishes
    /// it; false if there is no room or the journal is closed. `body` returns the length.
    func appendShared(_ bytes: Int, _ body: (UnsafeMutableRawPointer, UInt64) -> Int) -> Bool {
        let slot = unsafe csystem_this_slot()
        unsafe csystem_slot_enter(slot)
        defer { unsafe csystem_slot_leave(slot) }
        return shared.withLock { isClosed in
            let segment = segment(segmentCount - 1)
            guard !isClosed, let room = segment.room(for: UInt64(bytes)) else {
                wakeOnce()
                return false
            }
            let length = unsafe body(room.place, room.position)
            segment.publish(UInt64(length), at: room.position)
            if room.isTimeToWake { wakeOnce() }
            return true
        }
    }

    private func wakeOnce() {
        if isWakeDue.exchange(false, ordering: .acquiringAndReleasing) { wake() }
    }

    /// From here on the journal asks again to be emptied.
    func armWake() { isWakeDue.store(true, ordering: .releasing) }

    /// Lets nobody begin to write any more. False if other threads have a segment still, and may
    /// be in the middle of a record; or had one, which another thread may take since.
    func close() -> Bool {
        shared.withLock { $0 = true }
        let isClosed = (0..<segmentCount - 1).map { segment($0).claim(for: Segment.Owner.closed) }
        return isClosed.allSatisfy(\.self)
    }

    /// Gives back whatever segment the calling thread has.
    static func giveBackThisThread() {
        // Emptying a slot can't fail once it was filled, and an unfilled one is empty.
        _ = unsafe csystem_fill_slot(csystem_thread_slot())
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
