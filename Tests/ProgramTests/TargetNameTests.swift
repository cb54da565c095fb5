// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// The names that a host's own targets can't have are those that `docs/embed.md` lists.
@Suite struct TargetNameTests {
    /// The targets of the manifest, each with those that it names.
    private static func manifest() throws -> [String: Set<String>] {
        let conditional = #".target(name: "CCurl", condition: .when(traits: ["Upload"]))"#
        let text = try RepositoryRoot.read("Package.swift")
            .replacing(conditional, with: "\"CCurl\"")
        let targets = text.split(separator: ".target(").dropFirst().compactMap { chunk in
            let words = chunk.prefix { $0 != "]" }.split(separator: "\"").enumerated()
                .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            return words.first.map { ($0, Set(words.dropFirst())) }
        }
        return Dictionary(targets) { first, _ in first }
    }

    private static func reached(
        from name: String, _ targets: [String: Set<String>]
    ) -> Set<String> {
        (targets[name] ?? []).reduce([name]) { $0.union(reached(from: $1, targets)) }
    }

    private static func names(in text: Substring) -> Set<String> {
        Set(text.split(separator: "`").map(String.init).filter { $0.allSatisfy(\.isLetter) })
    }

    @Test func `the page lists every target that the libraries reach`() throws {
        let targets = try Self.manifest()
        let page = try RepositoryRoot.read("docs/embed.md")
        let parts = page.split(separator: "no target of these names:")
        let list = try #require(parts.dropFirst().first).split(
            separator: "; with `TelemetryUpload`")
        let base = Self.reached(from: "Telemetry", targets)
        #expect(base.contains("CSQLite") && base.contains("Catalogue"))
        #expect(Self.names(in: list[0]) == base)
        let upload = Self.reached(from: "TelemetryUpload", targets).subtracting(base)
        #expect(upload == ["TelemetryUpload", "CCurl"])
        #expect(list[1].hasPrefix(" also that and `CCurl`, with `TelemetryTesting`\nalso that."))
        let testing = Self.reached(from: "TelemetryTesting", targets).subtracting(base)
        #expect(testing == ["TelemetryTesting"])
    }
}
