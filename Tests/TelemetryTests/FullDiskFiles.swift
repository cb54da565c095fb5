// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import Synchronization

/// The real files on a disk that can be full: what needs new room then fails, and a database that
/// is opened then can't grow.
final class FullDiskFiles: FileSystem {
    private let real = RealFileSystem()
    private let full = Atomic(false)

    /// Whether the disk is full. Room that is given up while it is makes room.
    var isFull: Bool {
        get { full.load(ordering: .acquiring) }
        set { full.store(newValue, ordering: .releasing) }
    }

    private func needRoom(_ path: String) throws(SystemError) {
        if isFull { throw SystemError(code: ENOSPC, call: "write", subject: path) }
    }

    func openDatabase(
        _ path: String, _ mode: Connection.Mode
    ) throws(SQLiteError) -> Connection {
        let database = try Connection(path: path, mode: mode)
        if isFull {
            let pages = try database.integer("PRAGMA page_count") ?? 1
            _ = try database.integer("PRAGMA max_page_count = \(max(1, pages))")
        }
        return database
    }

    func status(of path: String) throws(SystemError) -> FileStatus? { try real.status(of: path) }

    func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        try real.read(path, bytesMax: bytesMax)
    }

    func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        try needRoom(path)
        try real.replace(path, with: bytes)
    }

    func createFolder(_ path: String) throws(SystemError) {
        try needRoom(path)
        try real.createFolder(path)
    }

    func names(in folder: String) throws(SystemError) -> [String] { try real.names(in: folder) }

    func remove(_ path: String) throws(SystemError) {
        let bytes = try real.status(of: path)?.allocatedBytes ?? 0
        try real.remove(path)
        if bytes > 0 { isFull = false }
    }

    func rename(_ path: String, to newPath: String) throws(SystemError) {
        try real.rename(path, to: newPath)
    }

    func lock(_ path: String) throws(SystemError) -> FileLock? { try real.lock(path) }

    func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping {
        if create, try real.status(of: path)?.bytes ?? 0 < Int64(bytes) { try needRoom(path) }
        return try real.map(path, bytes: bytes, create: create)
    }
}
