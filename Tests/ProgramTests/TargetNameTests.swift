// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// The names that a host's own targets can't have are those that `docs/embed.md` lists.
@Suite struct TargetNameTests {
    /// The quoted words of a piece of the manifest.
    private static func words(_ text: Substring) -> [String] {
        text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// The targets of all products of a manifest, and all that these are built from: SwiftPM loads
    /// them all, whichever products a host uses.
    private static func loaded(_ manifest: String) -> Set<String> {
        let conditional = #".target(name: "CCurl", condition: .when(traits: ["Upload"]))"#
        let text = manifest.replacing(".executableTarget(", with: ".target(")
            .replacing(conditional, with: "\"CCurl\"")
        let parts = text.split(separator: "    targets: [\n", maxSplits: 1)
        let needs = Dictionary(
            parts[1].split(separator: ".target(").dropFirst().compactMap { chunk in
                let words = words(chunk.prefix { $0 != "]" })
                return words.first.map { ($0, Array(words.dropFirst())) }
            }
        ) { first, _ in first }
        var found: Set<String> = []
        var open = parts[0].split(separator: "targets: [").dropFirst().flatMap { chunk in
            words(chunk.prefix { $0 != "]" })
        }
        while let name = open.popLast() {
            if found.insert(name).inserted { open += needs[name] ?? [] }
        }
        return found
    }

    @Test func `the page lists every target that SwiftPM loads with the package`() throws {
        let names = Self.loaded(try RepositoryRoot.read("Package.swift"))
        #expect(names.isSuperset(of: ["CSQLite", "Catalogue", "arpguard", "Program", "CCurl"]))
        #expect(!names.contains("TestKit"))
        let page = try RepositoryRoot.read("docs/embed.md").replacing("\n", with: " ")
        let parts = page.split(separator: "whichever products it uses:")
        let list = try #require(parts.dropFirst().first).prefix { $0 != "." }.split(separator: "`")
            .map(String.init)
        #expect(list.filter { $0.contains(where: \.isLetter) } == names.sorted())
    }
}
