// SPDX-License-Identifier: Apache-2.0

/// Who may import whom.
enum ImportRules {
    private static let prefixes: Set<Substring> = [
        "_spi", "fileprivate", "internal", "package", "preconcurrency", "private", "public",
        "safe", "testable", "unsafe",
    ]
    private static let declarations: Set<Substring> = [
        "actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
    ]

    struct Import: Equatable {
        let module: Substring
        let isPrivate: Bool
    }

    /// The import on a line of code, if there is one.
    static func importing(_ line: Substring) -> Import? {
        let words = line.words.map(\.text)
        guard let position = words.firstIndex(of: "import"),
            words[..<position].allSatisfy(prefixes.contains),
            let module = words[(position + 1)...].first(where: { !declarations.contains($0) })
        else { return nil }
        return Import(module: module, isPrivate: words[..<position].contains("private"))
    }

    static func imports(of file: TextFile) -> [(line: Int, found: Import)] {
        guard file.isSwift else { return [] }
        return file.code.enumerated().compactMap { index, line in
            importing(line).map { (index, $0) }
        }
    }

    /// An import points down, and only to what the table allows.
    static func layers(_ file: TextFile) -> [Finding] {
        guard let layer = Layers.layer(of: file) else { return [] }
        let system: Set<Substring> = layer.target == "Detection" ? [] : Layers.system
        let allowed = layer.imports.union(system)
        return imports(of: file).filter { !allowed.contains($0.found.module) }.map {
            file.finding($0.line, "\(layer.target) must not import \($0.found.module)")
        }
    }

    /// A C module never shows in an interface: its import is private to one file.
    static func privateLibraries(_ file: TextFile) -> [Finding] {
        guard file.isSource else { return [] }
        return imports(of: file)
            .filter { Layers.libraries.contains($0.found.module) && !$0.found.isPrivate }
            .map { file.finding($0.line, "import \($0.found.module) privately") }
    }

    /// Each C library has one target that imports it, tests included, but for those that both sides
    /// of the network need: neither side may import the other.
    static func oneOwner(_ files: [TextFile]) -> [Finding] {
        var first: [Substring: Set<Substring>] = [:]
        return files.filter(\.isSwift).flatMap { file in
            imports(of: file).compactMap { line, found in
                let module = found.module
                guard Layers.libraries.contains(module) else { return nil }
                let target = file.components[1]
                let owners = Layers.owners[module] ?? first[module, default: [target]]
                first[module] = owners
                if owners.contains(target) { return nil }
                let names = owners.sorted().joined(separator: ", ")
                return file.finding(line, "\(module) belongs to \(names)")
            }
        }
    }

    /// Foundation is for the tools of the tests alone.
    static func foundation(_ file: TextFile) -> [Finding] {
        guard file.isTest, !file.path.hasPrefix("Tests/TestKit/") else { return [] }
        return imports(of: file)
            .filter { ["Foundation", "FoundationNetworking"].contains($0.found.module) }
            .map { file.finding($0.line, "tests reach \($0.found.module) through TestKit") }
    }

    /// A file belongs to a target that the table knows.
    static func home(_ file: TextFile) -> [Finding] {
        guard file.isSource else { return [] }
        let targets = Layers.cTargets.union(Layers.all.map(\.target))
        if file.components.count > 2, targets.contains(file.components[1]) { return [] }
        return [file.finding(0, "this file belongs to no target")]
    }
}
