// SPDX-License-Identifier: Apache-2.0

import CSystem

/// A part of a journal that one thread writes at a time: a ring of records.
///
///     offset    0  owner, an `Owner`                         8 bytes, little-endian
///              64  head: where the next record goes, counted in bytes since the ring began
///             128  tail: up to where the store has taken records
///             256  records
///
/// Head and tail only grow and stand on cache lines of their own. Bytes first, then one release
/// store of the head: a record is there whole or not at all when the process is killed.
///
/// Safe as long as the mapping lives that it points into: every access stays within `bytes`, and
/// words that several threads or processes change are accessed atomically.
@safe struct Segment {
    static let bytes = 65_536
    static let headerBytes = 256
    static let capacity = UInt64(bytes - headerBytes)
    /// Beyond what any process writes in its life.
    static let positionMax: UInt64 = 1 << 62
    /// So much in it is reason to wake whoever empties it.
    static let wakeBytes = capacity / 2
    /// Stands where a record would go that is continued at the ring's start.
    static let skipMark: UInt64 = 0xFFFF_FFFF

    /// Who may write into it.
    enum Owner {
        static let nobody: UInt64 = 0
        static let thread: UInt64 = 1
        /// Nobody any more: its journal is closed.
        static let closed: UInt64 = 2
    }

    let base: UnsafeMutableRawPointer

    /// Room for records: where it begins, its position in the ring, and how much it is.
    @safe struct Room {
        let place: UnsafeMutableRawPointer
        let position: UInt64
        let bytes: UInt64
        /// Whether so much waits in the segment that it should be emptied.
        let isTimeToWake: Bool
    }

    private func word(_ offset: Int) -> UnsafeMutablePointer<UInt64> {
        unsafe (base + offset).assumingMemoryBound(to: UInt64.self)
    }

    var head: UInt64 { unsafe csystem_load_acquire(word(64)) }
    var tail: UInt64 { unsafe csystem_load_acquire(word(128)) }
    /// The word that publishes a record.
    var headWord: UnsafeMutablePointer<UInt64> { unsafe word(64) }

    /// Takes the segment for a thread, or closes it; false if somebody has it.
    func claim(for owner: UInt64 = Owner.thread) -> Bool {
        unsafe csystem_load_relaxed(word(0)) == Owner.nobody && csystem_claim(word(0), owner) != 0
    }

    /// Gives the segment back; what was written stays for the store.
    func giveBack() { unsafe csystem_store_release(word(0), Owner.nobody) }

    /// Room in one piece for at least `bytes` bytes, but no more than up to the point at which the
    /// segment should be emptied; nil if there is none. Only for who has the segment.
    func room(for bytes: UInt64) -> Room? {
        let position = unsafe csystem_load_relaxed(word(64))
        let used = position &- tail
        // Somebody has changed the file from outside: no room is better than no program.
        guard used <= Self.capacity, position % 8 == 0, position <= Self.positionMax else {
            return nil
        }
        let free = Self.capacity - used
        let toEnd = Self.capacity - position % Self.capacity
        let skipped = bytes <= toEnd ? 0 : toEnd
        guard bytes + skipped <= free else { return nil }
        if skipped > 0 {
            unsafe place(position).storeBytes(of: Self.skipMark.littleEndian, as: UInt64.self)
        }
        let untilWake = used + skipped < Self.wakeBytes ? Self.wakeBytes - used - skipped : nil
        let piece = min(free, skipped > 0 ? Self.capacity : toEnd + skipped) - skipped
        return unsafe Room(
            place: place(position + skipped), position: position + skipped,
            bytes: min(piece, max(bytes, untilWake ?? piece)), isTimeToWake: untilWake == nil)
    }

    /// Publishes a record that was written where `room` said.
    func publish(_ length: UInt64, at position: UInt64) {
        unsafe csystem_store_release(word(64), position + length)
    }

    private func place(_ position: UInt64) -> UnsafeMutableRawPointer {
        unsafe base + (Self.headerBytes + Int(position % Self.capacity))
    }

    /// Whether head and tail are what a writer and the store could have left.
    var isSound: Bool {
        let (head, tail) = (self.head, self.tail)
        return head >= tail && head <= Self.positionMax && head - tail <= Self.capacity
            && head % 8 == 0 && tail % 8 == 0
    }

    /// Gives back the room up to `position`, which the store has committed, and clears it.
    func release(upTo position: UInt64) {
        let tail = self.tail
        guard position > tail, position - tail <= Self.capacity else { return }
        let first = min(position - tail, Self.capacity - tail % Self.capacity)
        unsafe place(tail).initializeMemory(as: UInt8.self, repeating: 0, count: Int(first))
        let rest = Int(position - tail - first)
        unsafe place(0).initializeMemory(as: UInt8.self, repeating: 0, count: rest)
        unsafe csystem_store_release(word(128), position)
    }

    /// Lets `body` take each whole record from `start` to `end`, and returns in how many places
    /// there was none that could be read. Places that a deletion has cleared are none of these.
    func forEachRecord(
        from start: UInt64, to end: UInt64, _ reader: inout JournalReader,
        _ body: (borrowing JournalRecord) throws -> Void
    ) rethrows -> Int {
        // Somebody has changed the file from outside: there is nothing that could be read.
        guard end - start <= Self.capacity, start % 8 == 0, end % 8 == 0 else { return 1 }
        var torn = 0
        var isInGap = false
        var position = start
        while position < end {
            let first = unsafe place(position).load(as: UInt64.self).littleEndian
            if first == Self.skipMark {
                position += Self.capacity - position % Self.capacity
            } else if read(first, at: position, before: end, &reader) {
                try body(reader.record)
                position += first & 0xFFFF_FFFF
                isInGap = false
            } else {
                // The checksum covers the position, so the next whole record is found again.
                if first != 0, !isInGap {
                    torn += 1
                    isInGap = true
                }
                position += 8
            }
        }
        return torn
    }

    private func read(
        _ first: UInt64, at position: UInt64, before end: UInt64, _ reader: inout JournalReader
    ) -> Bool {
        let length = first & 0xFFFF_FFFF
        let room = min(end - position, Self.capacity - position % Self.capacity)
        guard length >= RecordLayout.headerBytes, length % 8 == 0, length <= room,
            length <= reader.layout.recordBytesMax
        else { return false }
        let bytes = unsafe UnsafeRawBufferPointer(start: place(position), count: Int(length))
        return unsafe reader.read(bytes, at: position)
    }
}
