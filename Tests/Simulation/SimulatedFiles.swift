// SPDX-License-Identifier: Apache-2.0

package import Modules

/// Real files in a folder, over a disk that fails on request.
package struct SimulatedFiles: FileSystem {
    private let real = RealFileSystem()
    private let disk: SimulatedDisk

    /// Files on `disk`.
    package init(on disk: SimulatedDisk) { self.disk = disk }

    package func status(of path: String) throws(SystemError) -> FileStatus? {
        try real.status(of: path)
    }

    package func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        try real.read(path, bytesMax: bytesMax)
    }

    /// Fails before anything changed, or after the new content took its place.
    package func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        try disk.write(path)
        try real.replace(path, with: bytes)
        try disk.write(path)
    }

    package func createFolder(_ path: String) throws(SystemError) {
        try disk.write(path)
        try real.createFolder(path)
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        try real.names(in: folder)
    }

    package func remove(_ path: String) throws(SystemError) {
        try disk.write(path)
        try real.remove(path)
    }

    package func rename(_ path: String, to newPath: String) throws(SystemError) {
        try disk.write(path)
        try real.rename(path, to: newPath)
    }

    package func lock(_ path: String) throws(SystemError) -> FileLock? {
        if try real.status(of: path) == nil { try disk.write(path) }
        return try real.lock(path)
    }

    package func map(
        _ path: String, bytes: Int, create: Bool
    ) throws(SystemError) -> SharedMapping {
        if create { try disk.write(path) }
        return try real.map(path, bytes: bytes, create: create)
    }
}
