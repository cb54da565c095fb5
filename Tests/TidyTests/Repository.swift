// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The working copy that these tests were compiled from, read once per test.
struct Repository {
    let root: String

    /// Tests/TidyTests/Repository.swift is three steps below the root.
    init(file: String = #filePath) {
        root = file.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    }

    /// Every text file that people wrote, the licence's own text excepted.
    func files() throws -> [TextFile] {
        let folders = ["Sources", "Tests", "Benchmarks", "Scripts", ".ci", "docs"].filter(contains)
        let below = try folders.flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder)
                .map { folder + "/" + $0 }
                // What was built there, if somebody did not build where the scripts do.
                .filter { !$0.hasPrefix("Benchmarks/.build/") }
        }
        let beside = try FileManager.default.contentsOfDirectory(atPath: root)
        return try (beside + below).filter(isText).sorted().map(read)
    }

    func contains(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    private func read(_ path: String) throws -> TextFile {
        let bytes = try Data(contentsOf: URL(filePath: root + "/" + path))
        return TextFile(path, String(decoding: bytes, as: UTF8.self))
    }

    private func isText(_ path: String) -> Bool {
        let file = TextFile(path, "")
        let kinds: Set<Substring> = ["swift", "c", "h", "md", "modulemap", "json"]
        return kinds.contains(file.kind) || path == "Makefile" || (file.isScript && !isFolder(path))
    }

    private func isFolder(_ path: String) -> Bool {
        (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + path)) != nil
    }
}
