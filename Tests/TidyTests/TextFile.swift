// SPDX-License-Identifier: Apache-2.0

/// A text file of the repository, by its path from the repository's root.
struct TextFile: Sendable {
    let path: String
    let lines: [Substring]
    /// The lines of a Swift file without comments and the insides of strings; else empty.
    let code: [Substring]

    init(_ path: String, _ text: String) {
        self.path = path
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        code = path.hasSuffix(".swift") ? SwiftCode.lines(of: lines) : []
    }

    /// The folders and the name, from the root downwards.
    var components: [Substring] { path.split(separator: "/") }

    /// What stands behind the last point of the name, or nothing.
    var kind: Substring {
        guard let name = components.last, let point = name.lastIndex(of: ".") else { return "" }
        return name[name.index(after: point)...]
    }

    var isSwift: Bool { kind == "swift" }
    var isTest: Bool { components.first == "Tests" }
    var isSource: Bool { components.first == "Sources" }

    /// Shell scripts have no suffix; they live in two folders.
    var isScript: Bool { path.hasPrefix("Scripts/") || path.hasPrefix(".ci/") }

    func finding(_ index: Int, _ message: String) -> Finding {
        Finding(path: path, line: index + 1, message: message)
    }
}

/// A broken house rule, printed as `path:line: message`.
struct Finding: Equatable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}
