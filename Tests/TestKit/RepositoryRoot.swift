// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The folder that holds `Package.swift`, as it was when the tests were compiled.
package enum RepositoryRoot {
    /// The folder's absolute path.
    package static let path: String = {
        let here = URL(fileURLWithPath: #filePath)
        return here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
    }()

    /// The absolute path of a file or folder of the repository, given relative to its root.
    package static func file(_ relativePath: String) -> String {
        path + "/" + relativePath
    }

    /// The text of a file of the repository, given relative to its root.
    package static func read(_ relativePath: String) throws -> String {
        try String(contentsOfFile: file(relativePath), encoding: .utf8)
    }

    /// The names in a folder of the repository, given relative to its root, sorted.
    package static func names(in relativePath: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(relativePath)).sorted()
    }

    /// Writes a file that a person may look at later, making the folders on the way.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let target = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: target)
    }
}
