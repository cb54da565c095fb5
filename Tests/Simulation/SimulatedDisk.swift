// SPDX-License-Identifier: Apache-2.0

private import CFaultDisk
package import Modules
package import SQLite

/// One disk in memory under everything that a simulation writes: it gets full, fails, loses power,
/// and sees processes die between two writes. Used by one thread at a time.
@safe package final class SimulatedDisk: Sendable {
    /// What the write that was planned meets.
    package enum Fault: CaseIterable, Sendable {
        /// No room, from here on until it is cleared.
        case full
        /// This write alone fails.
        case error
        /// Whoever writes dies; nothing of it reaches the disk any more.
        case death

        fileprivate var kind: fault_kind {
            switch self {
            case .full: FAULT_FULL
            case .error: FAULT_ERROR
            case .death: FAULT_DEATH
            }
        }
    }

    // Freed with this object; every call below comes from the one thread of its simulation.
    private nonisolated(unsafe) let disk: OpaquePointer

    /// A disk without faults.
    package init() {
        guard let made = unsafe fault_disk_make() else {
            preconditionFailure("no memory for a simulated disk")
        }
        unsafe disk = made
    }

    deinit { unsafe fault_disk_free(disk) }

    /// The name by which SQLite opens files on it.
    package var name: String { unsafe String(cString: fault_disk_name(disk)) }

    /// Opens a database on it.
    package func open(
        _ path: String, _ mode: Connection.Mode
    ) throws(SQLiteError) -> Connection {
        // Nobody else runs while a simulated process waits: waiting would only take time.
        try Connection(path: path, mode: mode, busyMilliseconds: 0, vfs: name)
    }

    /// Lets the write after `writes` further ones meet `fault`.
    package func plan(_ fault: Fault, afterWrites writes: Int) {
        unsafe fault_disk_plan(disk, Int32(fault.kind.rawValue), Int64(writes))
    }

    /// Ends what was planned.
    package func clear() { unsafe fault_disk_plan(disk, Int32(FAULT_NONE.rawValue), 0) }

    /// Whether a text stands anywhere in bytes.
    static func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        unsafe bytes.withUnsafeBytes {
            unsafe fault_disk_holds($0.baseAddress, Int64($0.count), text) != 0
        }
    }

    /// Whether what was planned has happened.
    package var wasMet: Bool { unsafe fault_disk_was_met(disk) != 0 }

    /// One write past SQLite; throws what it meets.
    package func write(_ path: String) throws(SystemError) {
        switch unsafe fault_disk_step(disk) {
        case Int32(FAULT_NONE.rawValue): return
        case Int32(FAULT_FULL.rawValue):
            throw SystemError(code: SystemError.diskFull, call: "write", subject: path)
        default: throw SystemError(code: 5, call: "write", subject: path)
        }
    }

    /// Takes back any part of what was written and not synced. No database may be open. Returns
    /// how many writes were lost.
    package func losePower(seed: UInt64) -> Int {
        Int(unsafe fault_disk_lose_power(disk, seed))
    }

    // MARK: - Files

    /// The paths of all files, sorted.
    var paths: [String] {
        var paths: [String] = []
        while let path = unsafe fault_disk_path(disk, Int64(paths.count)) {
            paths.append(unsafe String(cString: path))
        }
        return paths.sorted()
    }

    /// The file at a path; nil if there is none.
    func file(_ path: String, create: Bool = false) -> SimulatedFile? {
        unsafe fault_file_open(disk, path, create ? 1 : 0).map { unsafe SimulatedFile($0) }
    }

    /// Puts bytes in the place of whatever stands at a path.
    func replace(_ path: String, with bytes: [UInt8]) {
        let code = unsafe fault_disk_replace(disk, path, bytes, Int64(bytes.count))
        precondition(code != 0, "no memory for \(path)")
    }

    /// Takes a file's path away; false if there is none.
    func remove(_ path: String) -> Bool { unsafe fault_disk_remove(disk, path) != 0 }

    /// Gives a file another path; false if there is none.
    func rename(_ path: String, to newPath: String) -> Bool {
        unsafe fault_disk_rename(disk, path, newPath) != 0
    }
}

/// One file of a simulated disk, open.
@safe final class SimulatedFile: Sendable {
    // Closed with this object; only the one thread of its simulation uses it.
    private nonisolated(unsafe) let file: OpaquePointer

    fileprivate init(_ opened: OpaquePointer) { unsafe file = unsafe opened }

    deinit { unsafe fault_file_close(file) }

    var count: Int { Int(unsafe fault_file_size(file)) }

    /// A copy of its bytes.
    var bytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: fault_file_bytes(file), count: count))
    }

    /// Whether a text stands anywhere in it.
    func holds(_ text: String) -> Bool {
        unsafe fault_disk_holds(fault_file_bytes(file), Int64(count), text) != 0
    }

    /// Overwrites bytes in place, within its length.
    func overwrite(_ new: some Collection<UInt8>, at offset: Int) {
        precondition(offset >= 0 && offset + new.count <= count)
        // Within the bytes, as was just checked.
        for (index, byte) in new.enumerated() {
            unsafe fault_file_bytes(file)?[offset + index] = byte
        }
    }

    /// Its bytes as memory, made at least so long; nil if they can't be.
    func map(_ length: Int) -> SharedMapping? {
        guard unsafe fault_file_map(file, Int64(length)) != 0,
            let memory = unsafe fault_file_bytes(file)
        else { return nil }
        return unsafe SharedMapping(of: memory, bytes: length, owner: self)
    }

    /// Locks it as a whole; nil if it is locked.
    func lock() -> FileLock? {
        guard unsafe fault_file_lock(file) != 0 else { return nil }
        return FileLock { unsafe fault_file_unlock(self.file) }
    }
}
