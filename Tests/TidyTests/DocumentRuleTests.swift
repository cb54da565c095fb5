// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct DocumentRuleTests {
    @Test(arguments: [
        ("see [a](b.md) and [c](../d.md#e)", ["docs/b.md", "d.md"]),
        ("[a](https://example.org/x) [b](#here) [c](mailto:a@example.org)", []),
        ("[a](./x/../y.md)", ["docs/y.md"]),
        ("[a](open", []),
    ])
    func `links are read and resolved`(line: String, paths: [String]) {
        let file = TextFile("docs/a.md", line)
        let found = DocumentRules.links(line[...]).compactMap {
            DocumentRules.path(of: $0, in: file)
        }
        #expect(found == paths)
    }

    @Test func `a dead link is found`() {
        let file = TextFile("README.md", "\n[a](b.md) [c](d.md)")
        let findings = DocumentRules.deadLinks(file) { $0 == "b.md" }
        #expect(findings.map(\.description) == ["README.md:2: the link d.md leads nowhere"])
    }

    @Test(arguments: [
        ("# Changelog\n## [Unreleased]\n### Added\n- a\n## [0.1.0] - 2026-01-01\n### Fixed", 0),
        ("# Changelog\n## [0.1.0]", 1),
        ("## [Unreleased]\n### News", 1),
        ("", 1),
    ])
    func `a changelog of another form is found`(text: String, count: Int) {
        #expect(DocumentRules.changelog(TextFile("CHANGELOG.md", text)).count == count)
    }
}
