// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// A file's bytes as memory that several processes see at once.
///
/// What is stored here stands in the file even if this process is killed at once; only a loss of
/// power can take it back. Somebody who cuts the file short from outside ends the process with
/// SIGBUS at the next access: a stated limit, as for every mapped file.
@safe public final class SharedMapping: Sendable {
    /// The length in bytes.
    public let count: Int
    // The pointer never changes and lives as long as the object; every access below checks its
    // bounds, and words that several threads or processes change are accessed atomically.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    /// Whose memory it is, if it was not mapped here.
    private let owner: (any AnyObject & Sendable)?
    /// What tells the file from others as long as this lives, whatever its name is.
    private let file: [UInt64]

    /// Memory that lives as long as its owner: `bytes` from `memory` on.
    @unsafe package init(
        of memory: UnsafeMutableRawPointer, bytes: Int, owner: any AnyObject & Sendable
    ) {
        unsafe base = memory
        count = bytes
        self.owner = owner
        file = [UInt64(UInt(bitPattern: memory))]
    }

    init(of descriptor: Int32, path: String, bytes: Int) throws(SystemError) {
        var status = stat()
        try systemCall("fstat", path) { unsafe fstat(descriptor, &status) }
        guard status.st_size >= bytes else {
            throw SystemError(code: EINVAL, call: "mmap", subject: path)
        }
        let address = unsafe mmap(
            nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SystemError(code: errno, call: "mmap", subject: path)
        }
        unsafe base = address
        count = bytes
        owner = nil
        file = [UInt64(status.st_dev), UInt64(status.st_ino)]
    }

    deinit {
        if owner == nil { _ = unsafe munmap(base, count) }
    }

    /// Whether both are views of one file.
    package func isSameFile(as other: SharedMapping) -> Bool { file == other.file }

    /// The first byte. Whoever uses it keeps the mapping alive and stays within `count`.
    @unsafe package var start: UnsafeMutableRawPointer { unsafe base }

    /// The word at a multiple of 8, with no order towards other accesses.
    public func loadRelaxed(at offset: Int) -> UInt64 {
        unsafe csystem_load_relaxed(word(offset))
    }

    /// The word at a multiple of 8; what was written before its release store is visible after.
    public func loadAcquire(at offset: Int) -> UInt64 {
        unsafe csystem_load_acquire(word(offset))
    }

    /// Stores a word at a multiple of 8 and publishes all that was written before.
    public func storeRelease(_ value: UInt64, at offset: Int) {
        unsafe csystem_store_release(word(offset), value)
    }

    /// Stores a word at a multiple of 8 if `expected` stands there, as one step for all threads and
    /// processes; false, and nothing is stored, if something else does.
    package func replace(_ expected: UInt64, with value: UInt64, at offset: Int) -> Bool {
        unsafe csystem_replace(word(offset), expected, value) != 0
    }

    /// Adds to the word at a multiple of 8, as one step for all threads and processes.
    public func add(_ value: UInt64, at offset: Int) {
        _ = unsafe csystem_add_relaxed(word(offset), value)
    }

    /// Copies bytes into the memory. The range must lie within it.
    public func write(_ bytes: [UInt8], at offset: Int) {
        check(offset, bytes.count)
        let target = unsafe UnsafeMutableRawBufferPointer(start: base + offset, count: bytes.count)
        unsafe target.copyBytes(from: bytes)
    }

    /// A copy of a range of the memory. The range must lie within it.
    public func read(at offset: Int, count: Int) -> [UInt8] {
        check(offset, count)
        return unsafe Array(UnsafeRawBufferPointer(start: base + offset, count: count))
    }

    /// Overwrites a range with zeros. The range must lie within the memory.
    public func zero(at offset: Int, count: Int) {
        check(offset, count)
        unsafe (base + offset).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    /// Asks the kernel to write the memory to the disk and waits for it.
    public func sync() throws(SystemError) {
        guard owner == nil else { return }
        try systemCall("msync") { unsafe msync(base, count, MS_SYNC) }
    }

    private func check(_ offset: Int, _ count: Int) {
        precondition(offset >= 0 && count >= 0 && offset <= self.count - count, "out of bounds")
    }

    private func word(_ offset: Int) -> UnsafeMutablePointer<UInt64> {
        check(offset, 8)
        precondition(offset % 8 == 0, "not a multiple of 8")
        return unsafe (base + offset).assumingMemoryBound(to: UInt64.self)
    }
}
