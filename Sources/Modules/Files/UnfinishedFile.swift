// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `RealFileSystem.replace` writes beside a file until it takes that one's place.
package struct UnfinishedFile {
    private static let suffix = "new"

    /// The file whose place it is to take.
    package let file: String
    /// The number of the process that writes it.
    package let writer: Int32

    /// Reads a name or path; nil where it is none of an unfinished file.
    package init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 2, parts.last == Self.suffix[...],
            let writer = Int32(parts[parts.count - 2]), writer > 0
        else { return nil }
        file = parts.dropLast(2).joined(separator: ".")
        self.writer = writer
    }

    /// Its name or path.
    static func name(of file: String, writer: Int32) -> String { "\(file).\(writer).\(suffix)" }

    /// Whether its process has ended, so that nobody finishes it.
    package var isLeft: Bool { kill(writer, 0) != 0 && errno == ESRCH }
}
