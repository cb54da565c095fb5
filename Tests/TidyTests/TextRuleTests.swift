// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct TextRuleTests {
    @Test(arguments: [("Sources/A/a.swift", 500), ("Tests/A/a.swift", 700)])
    func `a file may reach its limit and not pass it`(path: String, limit: Int) {
        let full = String(repeating: "\n", count: limit)
        #expect(TextRules.fileLength(TextFile(path, full)).isEmpty)
        #expect(TextRules.fileLength(TextFile(path, full + "\n")).map(\.line) == [limit + 1])
    }

    @Test func `a line may have 100 columns and not 101`() {
        let full = String(repeating: "ü", count: 100)
        #expect(TextRules.lineLength(TextFile("a.swift", full)).isEmpty)
        #expect(TextRules.lineLength(TextFile("a.swift", "\n\(full)-")).map(\.line) == [2])
    }

    @Test func `so may prose, and neither tables nor code are prose`() {
        let long = String(repeating: "a", count: 101)
        let text = "\(long)\n| \(long) |\n```\n\(long)\n```\n\(long)"
        #expect(TextRules.lineLength(TextFile("docs/a.md", text)).map(\.line) == [1, 6])
        #expect(TextRules.lineLength(TextFile("docs/cli.md", text)).isEmpty)
    }

    @Test(arguments: ["a.swift", "a.h", "Scripts/a", "Makefile"])
    func `a file names its licence first`(path: String) {
        let line = "// " + TextRules.licence
        #expect(TextRules.licenceLine(TextFile(path, line)).isEmpty)
        #expect(TextRules.licenceLine(TextFile(path, "#!/bin/x\n" + line)).isEmpty)
        #expect(TextRules.licenceLine(TextFile(path, "\n" + line)).count == 1)
        #expect(TextRules.licenceLine(TextFile(path, "")).count == 1)
    }

    @Test func `a banned word is found as a whole word, in comments too`() throws {
        let word = try #require(TextRules.bannedWords.sorted().first)
        let file = TextFile("a.swift", "a\n// \(word): later\nlet \(word)S = 1")
        #expect(TextRules.bannedWord(file).map(\.line) == [2])
    }

    @Test func `a path of a machine is found`() throws {
        let path = try #require(TextRules.machinePaths.first)
        #expect(TextRules.machinePath(TextFile("a.md", "in \(path)x")).count == 1)
        #expect(TextRules.machinePath(TextFile("a.md", "in /etc/x")).isEmpty)
    }

    @Test(arguments: [("a \n", 1), ("a\t\n", 1), ("\n\na\n", 0)])
    func `white space at the end of a line is found`(text: String, count: Int) {
        #expect(TextRules.trailingSpace(TextFile("a.md", text)).count == count)
    }

    @Test(arguments: [
        ("#!/usr/bin/env bash\nset -euo pipefail", 0),
        ("#!/bin/sh\nset -euo pipefail", 1),
        ("#!/usr/bin/env bash\nset -e", 1),
        ("", 2),
    ])
    func `a script has its head`(text: String, count: Int) {
        #expect(TextRules.scriptHead(TextFile("Scripts/a", text)).count == count)
        #expect(TextRules.scriptHead(TextFile("docs/a.md", text)).isEmpty)
    }
}
