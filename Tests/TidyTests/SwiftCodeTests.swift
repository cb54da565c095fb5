// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite struct SwiftCodeTests {
    @Test(arguments: [
        ("a // {", "a     "),
        ("a /* { /* } */ */ b", "a                 b"),
        (#"f("{") {"#, #"f(" ") {"#),
        (#"f("\"{") {"#, #"f("   ") {"#),
        (#"f("\(g("}"))}") {"#, #"f("          ") {"#),
        (##"f(#"\"{"#) {"##, ##"f(#"   "#) {"##),
        (##"f(#"\#("{")"#) {"##, ##"f(#"       "#) {"##),
        (#"#if x {"#, #"#if x {"#),
        ("\"open", "\"    "),
    ])
    func `comments and strings are blank`(text: String, code: Substring) {
        #expect(TextFile("a.swift", text).code == [code])
    }

    @Test func `lines keep their places`() {
        let text = "a\n\"\"\"\n  {\n  \"}\" \\(b)\n\"\"\"\n/*\n{ */ c"
        let lines = TextFile("a.swift", text).code
        #expect(
            lines.map { $0.filter { $0 != " " } } == ["a", "\"\"\"", "", "", "\"\"\"", "", "c"])
    }

    @Test func `words know their neighbours`() {
        let words = (".print(a_1)" as Substring).words
        #expect(words.map(\.text) == ["print", "a_1"])
        #expect(words.map(\.before) == [".", "("])
        #expect(words.map(\.after) == ["(", ")"])
        #expect(("end" as Substring).words.map(\.after) == [nil])
    }
}
