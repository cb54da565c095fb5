// SPDX-License-Identifier: Apache-2.0

private import CFaultDisk
package import Modules
package import SQLite

/// One disk under everything that a simulation writes: it gets full, fails, loses power, and sees
/// processes die between two writes. Used by one thread at a time.
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

    /// Whether a text stands anywhere in bytes.
    static func holds(_ bytes: [UInt8], _ text: String) -> Bool {
        unsafe bytes.withUnsafeBytes {
            unsafe fault_disk_holds($0.baseAddress, Int64($0.count), text) != 0
        }
    }

    /// Takes back any part of what was written and not synced. No file may be open. Returns how
    /// many writes were lost.
    package func losePower(seed: UInt64) -> Int {
        Int(unsafe fault_disk_lose_power(disk, seed))
    }
}
