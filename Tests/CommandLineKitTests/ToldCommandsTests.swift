// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandLineKit

@Suite struct ToldCommandsTests {
    private static let commands = ToldCommands(
        program: "sample", words: ["sell": [], "log": ["show", "set"]])

    @Test(arguments: [
        ("to see them: sample log show", ["sample log show"]),
        ("sample log show tells of both", ["sample log show"]),
        (
            "none sold; sudo sample --home '/a b' log show, then",
            ["sudo sample --home '/a b' log show,"]
        ),
        ("hint: zcat 'a b' <F | sample sell - <FILE", ["zcat 'a b' <F | sample sell - <FILE"]),
        (
            "sample log set a.b true, or (sample sell -n 3) at once",
            [
                "sample log set a.b true,", "(sample sell -n 3)",
            ]
        ),
        ("sample --help tells, that sample is old", ["sample --help tells,"]),
        ("sample sells, samples sell, 'sample sell' is sample", []),
        ("no; zcat 'a.' | sample sell -", ["zcat 'a.' | sample sell -"]),
        (
            #"do: sample -h "$(printf %b 'a\0001')" sell, then"#,
            [#"sample -h "$(printf %b 'a\0001')" sell,"#]
        ),
        ("sample sell 'x' | sample log show -a", ["sample sell 'x' | sample log show -a"]),
    ])
    func `a command is found from its first word to its last`(text: String, found: [String]) {
        let pieces = Self.commands.pieces(of: text[...]).map(String.init)
        #expect(pieces.filter { $0.contains(/sample\S* .*/) && !$0.hasPrefix("'") } == found)
        #expect(pieces.joined(separator: " ") == text)
    }

    @Test(arguments: [
        ("go on: sample log show", ["go on:", "sample log show"]),
        ("  sample  log show it all", ["  sample  log show", "  it all"]),
    ])
    func `a command is never broken`(text: String, lines: [String]) {
        #expect(TextWrap.folded(text, columns: 8, keeping: Self.commands) == lines)
    }

    @Test func `messages and reports keep commands whole on a terminal`() {
        let told = "to sell one, do: sample sell 3 blue"
        let whole = "sample sell 3 blue"
        let environment = Environment(["NO_COLOR": "1"])
        var table = Table([.init("A"), .init("MEANING")])
        table.append(["one", StyledText(told)])
        for columns in [10, 24, 30] {
            let sink = MemorySink(columns: columns)
            let commands = ToldCommands(of: SampleProgram.root)
            Diagnostics(program: "s", to: sink, environment: environment, commands: commands)
                .error("no", hint: told)
            let output = Output(to: sink, environment: environment, commands: commands)
            output.render(
                Report(text: [.line(StyledText(told)), .table(table)], json: .lines([])))
            output.flush()
            #expect(sink.text.split(separator: whole, omittingEmptySubsequences: false).count == 4)
        }
    }

    @Test func `a program keeps its own commands whole`() {
        let errors = MemorySink(columns: 20)
        let root = Command(
            group: "sample", summary: "Sell",
            subcommands: [
                Command("sell", summary: "Sell") { _ throws(CommandFailure) in
                    throw CommandFailure("no", hint: "in the end: sample sell --all 3")
                }
            ])
        _ = CommandLineTool(root, version: "1").run(
            ["sell"], environment: Environment([:]), standardOutput: MemorySink(),
            standardError: errors)
        #expect(errors.text.hasSuffix("\nsample sell --all 3\n"))
    }

    @Test func `help keeps what is quoted whole`() {
        #expect(TextWrap.lines("see 'a b c' too", columns: 6) == ["see", "'a b c'", "too"])
    }

    @Test func `messages of what is wrong are told as they are, their hints are worded`() {
        let sink = MemorySink()
        let diagnostics = Diagnostics(program: "s", to: sink, environment: Environment([:]))
            .worded { $0.uppercased() }
        diagnostics.error("a", hint: "b")
        diagnostics.warning("c", hint: "d")
        diagnostics.notice("e")
        #expect(
            sink.text == "s: error: a\ns: hint: B\ns: warning: c\ns: hint: D\ns: E\n")
    }
}
