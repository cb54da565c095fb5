// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Modules

/// The real files, but for those that can't be written whole, or can't be read.
package struct FailingFiles: FileSystem {
    private let real = RealFileSystem()
    private let fails: @Sendable (String) -> Bool
    private let isUnreadable: @Sendable (String) -> Bool
    private let meets: @Sendable (String) -> Void
    private let maps: @Sendable (String) -> Void

    /// The real files; `fails` is asked with the path of each file that is to be written whole,
    /// `isUnreadable` with that of each that is to be read, `meets` is called with that of each
    /// that is to be locked, and `maps` with that of each that is to be mapped, made if need be.
    package init(
        _ fails: @escaping @Sendable (String) -> Bool = { _ in false },
        unreadable isUnreadable: @escaping @Sendable (String) -> Bool = { _ in false },
        locking meets: @escaping @Sendable (String) -> Void = { _ in },
        creating maps: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.fails = fails
        self.isUnreadable = isUnreadable
        self.meets = meets
        self.maps = maps
    }

    package func status(of path: String) throws(SystemError) -> FileStatus? {
        try real.status(of: path)
    }

    package func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        if isUnreadable(path) { throw SystemError(code: EACCES, call: "open", subject: path) }
        return try real.read(path, bytesMax: bytesMax)
    }

    package func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        if fails(path) { throw SystemError(code: ENOSPC, call: "write", subject: path) }
        try real.replace(path, with: bytes)
    }

    package func createFolder(_ path: String) throws(SystemError) { try real.createFolder(path) }

    package func names(in folder: String) throws(SystemError) -> [String] {
        try real.names(in: folder)
    }

    package func remove(_ path: String) throws(SystemError) { try real.remove(path) }

    package func rename(_ path: String, to newPath: String) throws(SystemError) {
        try real.rename(path, to: newPath)
    }

    package func lock(_ path: String) throws(SystemError) -> FileLock? {
        meets(path)
        return try real.lock(path)
    }

    package func isLocked(_ path: String) throws(SystemError) -> Bool { try real.isLocked(path) }

    package func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping
    {
        if create { maps(path) }
        return try real.map(path, bytes: bytes, create: create)
    }
}
