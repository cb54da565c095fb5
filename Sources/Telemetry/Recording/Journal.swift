// SPDX-License-Identifier: Apache-2.0

import Modules
import Synchronization

/// One process's ring of records in a file that outlives the process.
///
///     offset     0  magic and layout           8 bytes, little-endian
///                8  process number             8
///               16  head: where the next record goes, counted in bytes since the ring began
///               24  tail: up to where the store has taken records
///               32  length of the table        8
///               64  counters, 8 bytes each, in the order of `Counter`
///            4096  table
///           65536  records
///
/// Bytes first, then one release store of the head: a record is there whole or not at all when the
/// process is killed. One writer at a time, under a lock within the process.
final class Journal: Sendable {
    /// The length of the file, and all that is mapped, in bytes.
    static let fileBytes = 1 << 20
    static let recordsOffset = 65_536
    static let capacity = UInt64(fileBytes - recordsOffset)
    private static let magic: UInt64 = 0x4152_5047_4A52_4E31  // "ARPGJRN1"
    private static let tableOffset = 4096
    private static let skipMark: UInt64 = 0xFFFF_FFFF

    /// What a journal counts; never reset while the journal lives.
    enum Counter: Int, CaseIterable {
        case accepted
        case queueFull
        case catalogue

        fileprivate var offset: Int { 64 + rawValue * 8 }
    }

    let path: String
    let table: JournalTable
    private let mapping: SharedMapping
    private let lock: FileLock
    private let writing = Mutex(())

    var name: String { String(path[(path.lastIndex(of: "/") ?? path.startIndex)...].dropFirst()) }
    var head: UInt64 { mapping.loadAcquire(at: 16) }
    var tail: UInt64 { mapping.loadAcquire(at: 24) }

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
            let table = JournalTable(
                mapping.read(at: Self.tableOffset, count: Int(tableBytes)))
        else { throw SystemError(code: SystemError.invalid, call: "read", subject: path) }
        let (head, tail) = (mapping.loadAcquire(at: 16), mapping.loadAcquire(at: 24))
        guard head >= tail, head - tail <= Self.capacity, head % 8 == 0, tail % 8 == 0 else {
            throw SystemError(code: SystemError.invalid, call: "read", subject: path)
        }
        self.path = path
        self.table = table
        self.lock = lock
        self.mapping = mapping
    }

    /// Puts a record in; false, counted, if the ring is full.
    func append(_ record: JournalRecord) -> Bool {
        writing.withLock { _ in
            var position = head
            let room = Self.capacity - (position - tail)
            var bytes = record.encoded(at: position)
            let toEnd = Self.capacity - position % Self.capacity
            let skipped = UInt64(bytes.count) > toEnd ? toEnd : 0
            guard bytes.count <= JournalRecord.bytesMax, UInt64(bytes.count) + skipped <= room
            else {
                count(.queueFull)
                return false
            }
            if skipped > 0 {
                mapping.write(Self.skipMark.littleEndianBytes, at: offset(position))
                position += skipped
                bytes = record.encoded(at: position)
            }
            mapping.write(bytes, at: offset(position))
            mapping.storeRelease(position + UInt64(bytes.count), at: 16)
            count(.accepted)
            return true
        }
    }

    /// Adds one to a counter.
    func count(_ counter: Counter) { mapping.add(1, at: counter.offset) }

    func value(of counter: Counter) -> UInt64 { mapping.loadAcquire(at: counter.offset) }

    /// The records from `start` to `end`, and in how many places there was none that could be read.
    func records(from start: UInt64, to end: UInt64) -> (whole: [JournalRecord], torn: Int) {
        var whole: [JournalRecord] = []
        var torn = 0
        var isInGap = false
        var position = start
        while position < end {
            if mapping.loadAcquire(at: offset(position)) == Self.skipMark {
                position += Self.capacity - position % Self.capacity
            } else if let (record, length) = record(at: position, before: end) {
                whole.append(record)
                position += length
                isInGap = false
            } else {
                // The checksum covers the position, so the next whole record is found again.
                torn += isInGap ? 0 : 1
                isInGap = true
                position += 8
            }
        }
        return (whole, torn)
    }

    private func record(at position: UInt64, before end: UInt64) -> (JournalRecord, UInt64)? {
        let length = mapping.loadAcquire(at: offset(position)) & 0xFFFF_FFFF
        let room = min(end - position, Self.capacity - position % Self.capacity)
        guard length >= JournalRecord.headerBytes, length % 8 == 0, length <= room,
            length <= JournalRecord.bytesMax
        else { return nil }
        let bytes = mapping.read(at: offset(position), count: Int(length))
        return JournalRecord(bytes, at: position).map { ($0, length) }
    }

    /// Gives back the room up to `position`, after the store has committed it, and clears it.
    func release(upTo position: UInt64) {
        writing.withLock { _ in
            let (start, end) = (tail, position)
            guard end > start else { return }
            let first = min(end - start, Self.capacity - start % Self.capacity)
            mapping.zero(at: offset(start), count: Int(first))
            if end - start > first {
                mapping.zero(at: Self.recordsOffset, count: Int(end - start - first))
            }
            mapping.storeRelease(position, at: 24)
        }
    }

    private func offset(_ position: UInt64) -> Int {
        Self.recordsOffset + Int(position % Self.capacity)
    }
}

extension Journal {
    /// Clears all records of a journal that another process writes; that process goes on, and
    /// drops by their epoch whatever it put in before it notices.
    static func eraseRecords(at path: String, _ seams: TelemetrySeams) throws(SystemError) {
        let mapping = try seams.files.map(path, bytes: fileBytes, create: false)
        mapping.zero(at: recordsOffset, count: Int(capacity))
        try mapping.sync()
    }
}
