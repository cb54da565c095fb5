// SPDX-License-Identifier: Apache-2.0

import Testing

/// A rule that looks at one file at a time, named for the report.
struct FileRule: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let check: @Sendable (TextFile) -> [Finding]

    init(_ description: String, _ check: @escaping @Sendable (TextFile) -> [Finding]) {
        self.testDescription = description
        self.check = check
    }
}

/// The house rules, applied to every file of the working copy.
@Suite struct TreeTests {
    static let rules = [
        FileRule("files are short", TextRules.fileLength),
        FileRule("lines are short", TextRules.lineLength),
        FileRule("lines end where they end", TextRules.trailingSpace),
        FileRule("each file names its licence", TextRules.licenceLine),
        FileRule("nothing is put off in a comment", TextRules.bannedWord),
        FileRule("no path of one machine", TextRules.machinePath),
        FileRule("scripts stop at their first error", TextRules.scriptHead),
        FileRule("functions are short", BlockRules.functionLength),
        FileRule("nothing prints past the renderer", CodeRules.printing),
        FileRule("secrets are compared in constant time", CodeRules.comparing),
        FileRule("no test sleeps", CodeRules.sleeping),
        FileRule("no test waits for a detached task", CodeRules.detaching),
        FileRule("no program uses timers or global queues of Dispatch", CodeRules.dispatchTimer),
        FileRule("what the compiler can't check is explained", CodeRules.escapeHatch),
        FileRule("imports point down", ImportRules.layers),
        FileRule("C libraries are imported privately", ImportRules.privateLibraries),
        FileRule("Foundation stays in the test tools", ImportRules.foundation),
        FileRule("every source file has a target", ImportRules.home),
        FileRule("the changelog keeps its form", DocumentRules.changelog),
    ]

    /// Read once: the rules only look.
    static let files = Result { try Repository().files() }

    @Test(arguments: rules)
    func `the tree keeps the rule`(_ rule: FileRule) throws {
        expectNone(try Self.files.get().flatMap(rule.check))
    }

    @Test func `each C library has one owner`() throws {
        expectNone(ImportRules.oneOwner(try Self.files.get()))
    }

    @Test func `links in documents lead somewhere`() throws {
        let repository = Repository()
        expectNone(
            try Self.files.get().flatMap {
                DocumentRules.deadLinks($0, exists: repository.contains)
            })
    }

    @Test func `the rules see the whole tree`() throws {
        let files = try Self.files.get()
        let paths = Set(files.map(\.path))
        #expect(paths.isSuperset(of: ["Package.swift", "Makefile", ".ci/run", "Scripts/test"]))
        for layer in Layers.all {
            #expect(files.contains { Layers.layer(of: $0)?.target == layer.target })
        }
    }

    private func expectNone(_ findings: [Finding]) {
        for finding in findings {
            Issue.record(Comment(rawValue: finding.description))
        }
    }
}
