// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules

/// The real files, but that a file can't be written whole where `fails` says so.
struct FailingFiles: FileSystem {
    private let real = RealFileSystem()
    private let fails: @Sendable (String) -> Bool

    init(_ fails: @escaping @Sendable (String) -> Bool) {
        self.fails = fails
    }

    func status(of path: String) throws(SystemError) -> FileStatus? { try real.status(of: path) }

    func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        try real.read(path, bytesMax: bytesMax)
    }

    func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        if fails(path) { throw SystemError(code: ENOSPC, call: "write", subject: path) }
        try real.replace(path, with: bytes)
    }

    func createFolder(_ path: String) throws(SystemError) { try real.createFolder(path) }

    func names(in folder: String) throws(SystemError) -> [String] { try real.names(in: folder) }

    func remove(_ path: String) throws(SystemError) { try real.remove(path) }

    func rename(_ path: String, to newPath: String) throws(SystemError) {
        try real.rename(path, to: newPath)
    }

    func lock(_ path: String) throws(SystemError) -> FileLock? { try real.lock(path) }

    func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping {
        try real.map(path, bytes: bytes, create: create)
    }
}
