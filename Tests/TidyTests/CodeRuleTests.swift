// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct CodeRuleTests {
    @Test(arguments: [
        ("print(1)", 1), ("Swift.print(1)", 0), ("func print(_ x: Int)", 0),
        ("// print(1)", 0), ("\"print(1)\"", 0), ("reprint(1)", 0), ("dump(x); print(x)", 2),
    ])
    func `printing is found in sources only`(code: String, count: Int) {
        #expect(CodeRules.printing(TextFile("Sources/A/a.swift", code)).count == count)
        #expect(CodeRules.printing(TextFile("Tests/A/a.swift", code)).isEmpty)
    }

    @Test(
        arguments: ["sleep", "usleep", "nanosleep", "clock_nanosleep"],
        [
            ("NAME(1)", 1), ("try await Task.NAME(for: .seconds(1))", 1),
            ("run(\"NAME\", \"60\")", 0), ("let NAME = 1", 0),
        ])
    func `sleeping is found in tests only`(name: String, pattern: (code: String, count: Int)) {
        let code = pattern.code.replacing("NAME", with: name)
        let count = pattern.count
        #expect(CodeRules.sleeping(TextFile("Tests/A/a.swift", code)).count == count)
        #expect(CodeRules.sleeping(TextFile("Sources/A/a.swift", code)).isEmpty)
    }

    @Test(arguments: [
        ("let isSame = secretHash == (announced ?? none)", 1), ("if shown != token { }", 1),
        ("constantTimeEquals(secretHash, announced)", 0), ("if token == nil { }", 0),
        ("secret != Self.noSecret", 0), ("// secret == shown", 0),
    ])
    func `secrets that are compared at once are found in sources only`(code: String, count: Int) {
        #expect(CodeRules.comparing(TextFile("Sources/A/a.swift", code)).count == count)
        #expect(CodeRules.comparing(TextFile("Tests/A/a.swift", code)).isEmpty)
    }

    @Test func `a detached task is found in tests only`() {
        let code = "let a = Task.detached { block() }"
        #expect(CodeRules.detaching(TextFile("Tests/A/a.swift", code)).count == 1)
        #expect(CodeRules.detaching(TextFile("Tests/A/a.swift", "// " + code)).isEmpty)
        #expect(CodeRules.detaching(TextFile("Sources/A/a.swift", code)).isEmpty)
    }

    @Test(arguments: [
        ("queue.asyncAfter(deadline: .now()) {}", 1), ("DispatchQueue.global().async {}", 1),
        ("DispatchQueue(label: \"a\").async {}", 0), ("// asyncAfter", 0),
    ])
    func `timers of Dispatch are found in sources only`(code: String, count: Int) {
        #expect(CodeRules.dispatchTimer(TextFile("Sources/A/a.swift", code)).count == count)
        #expect(CodeRules.dispatchTimer(TextFile("Tests/A/a.swift", code)).isEmpty)
    }

    @Test(arguments: ["@unchecked Sendable", "nonisolated(unsafe)", "try!"])
    func `an escape hatch needs its reason`(hatch: String) {
        let bare = TextFile("a.swift", "let a = 1\n\(hatch) b")
        let explained = TextFile("a.swift", "    // why it holds\n    \(hatch) b")
        #expect(CodeRules.escapeHatch(bare).map(\.line) == [2])
        #expect(CodeRules.escapeHatch(explained).isEmpty)
    }

    private func lengths(_ text: String) -> [Int] {
        BlockRules.blocks(of: TextFile("a.swift", text).code)
            .filter { !$0.isType }.map(\.lineCount)
    }

    @Test(arguments: [
        ("struct A {\n\n\n}", []),
        ("final class A: B where C == D {\n}", []),
        ("func f() {\n\n}", [3]),
        ("func f(\n  a: Int\n) throws(E) -> Int {\n}", [4]),
        ("protocol P {\n  func f()\n  var a: Int { get }\n}", [1]),
        ("enum A {\n  case b\n  static func f() {\n  }\n}", [2]),
        ("class func f() {\n}", [2]),
        ("let a = 1\n\n\nrun {\n}", [2]),
        ("init() {\n  self.init(1)\n  if a {\n  }\n}", [2, 5]),
        ("extension A {\n  var b: Int {\n    1\n  }\n}", [3]),
    ])
    func `blocks that are no types are measured`(text: String, expected: [Int]) {
        #expect(lengths(text) == expected)
    }

    @Test func `a function may have 60 lines and not 61`() {
        let body = String(repeating: "\n", count: 59)
        #expect(BlockRules.functionLength(TextFile("a.swift", "func f() {" + body + "}")).isEmpty)
        let findings = BlockRules.functionLength(
            TextFile("a.swift", "// a\nfunc f() {\n" + body + "}"))
        #expect(findings.map(\.line) == [2])
    }
}
