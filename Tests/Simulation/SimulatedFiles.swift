// SPDX-License-Identifier: Apache-2.0

package import Modules
import Synchronization

/// The files and folders of a simulated disk. They fail as the disk does; all belong to one person,
/// and nobody else sees them.
package final class SimulatedFiles: FileSystem {
    private static let page: Int64 = 4096

    private let disk: SimulatedDisk
    private let owner: UInt32
    private let folders = Mutex<Set<String>>(["/"])

    /// Files on `disk`, those of a person with this number.
    package init(on disk: SimulatedDisk, owner: UInt32) {
        self.disk = disk
        self.owner = owner
    }

    private func isFolder(_ path: String) -> Bool { folders.withLock { $0.contains(path) } }

    package func status(of path: String) throws(SystemError) -> FileStatus? {
        if let file = disk.file(path) {
            let bytes = Int64(file.count)
            let pages = (bytes + Self.page - 1) / Self.page
            return FileStatus(
                kind: .file, owner: owner, mode: 0o600, bytes: bytes,
                allocatedBytes: pages * Self.page)
        }
        guard isFolder(path) else { return nil }
        return FileStatus(kind: .folder, owner: owner, mode: 0o700, bytes: 0, allocatedBytes: 0)
    }

    private func file(_ path: String, _ call: String) throws(SystemError) -> SimulatedFile {
        guard let file = disk.file(path) else {
            throw SystemError(code: SystemError.notFound, call: call, subject: path)
        }
        return file
    }

    package func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        let file = try file(path, "open")
        guard file.count <= bytesMax else {
            throw SystemError(code: SystemError.tooBig, call: "read", subject: path)
        }
        return file.bytes
    }

    /// Fails before anything changed, or after the new content took its place.
    package func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        try disk.write(path)
        disk.replace(path, with: bytes)
        try disk.write(path)
    }

    package func createFolder(_ path: String) throws(SystemError) {
        try disk.write(path)
        folders.withLock { _ = $0.insert(path) }
    }

    package func names(in folder: String) throws(SystemError) -> [String] {
        guard isFolder(folder) else {
            throw SystemError(code: SystemError.notFound, call: "opendir", subject: folder)
        }
        let all = disk.paths + folders.withLock { Array($0) }
        return all.compactMap { path in
            guard path.hasPrefix(folder + "/") else { return nil }
            let name = path.dropFirst(folder.utf8.count + 1)
            return name.contains("/") ? nil : String(name)
        }.sorted()
    }

    package func remove(_ path: String) throws(SystemError) {
        try disk.write(path)
        if !disk.remove(path) { folders.withLock { _ = $0.remove(path) } }
    }

    package func rename(_ path: String, to newPath: String) throws(SystemError) {
        try disk.write(path)
        guard disk.rename(path, to: newPath) else {
            throw SystemError(code: SystemError.notFound, call: "rename", subject: path)
        }
    }

    package func lock(_ path: String) throws(SystemError) -> FileLock? {
        if let file = disk.file(path) { return file.lock() }
        try disk.write(path)
        return disk.file(path, create: true)?.lock()
    }

    package func map(
        _ path: String, bytes: Int, create: Bool
    ) throws(SystemError) -> SharedMapping {
        if create { try disk.write(path) }
        let file = create ? disk.file(path, create: true) : try file(path, "open")
        guard let file, create || file.count >= bytes, let mapping = file.map(bytes) else {
            throw SystemError(code: SystemError.invalid, call: "mmap", subject: path)
        }
        return mapping
    }
}
