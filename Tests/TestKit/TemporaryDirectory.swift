// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of its own below the system's temporary folder, removed when the value goes away.
package final class TemporaryDirectory: Sendable {
    /// The folder's absolute path, without links in it.
    package let path: String

    /// Makes an empty folder with mode 0700.
    ///
    /// - Parameter inMemory: prefers a file system that needs no disk, where there is one.
    package init(inMemory: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory.path)
        let root =
            isThere ? memory : FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        let folder = root.appendingPathComponent("arpguard-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        path = folder.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` (which may have folders in it) inside the folder.
    package func file(_ name: String) -> String {
        path + "/" + name
    }

    /// Writes `text` to `name`, making the folders on the way, and returns its path.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    /// Writes `bytes` to `name`, making the folders on the way, and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let target = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: target)
        return target.path
    }

    /// The bytes of `name`.
    package func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: file(name))))
    }

    /// The relative paths of everything in the folder, folders included, sorted.
    package func contents() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
    }
}
