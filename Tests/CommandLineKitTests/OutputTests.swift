// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import CommandLineKit

@Suite struct OutputTests {
    @Test func `a table is aligned and shows control characters`() {
        #expect(
            SampleRun("list").output == """
                2 stamps

                NAME           VALUE
                penny black      900
                blue\\u{1B}[2J     15

                """)
    }

    @Test func `a narrow terminal gets its last column broken, or one cell a line`() {
        var table = Table([.init("NAME"), .init("MEANING")])
        table.append(["one", "a sentence that is longer than the line"])
        #expect(
            printed(table, columns: 30) == """
                NAME  MEANING
                one   a sentence that is
                      longer than the line

                """)
        #expect(
            printed(table, columns: 20) == """
                one
                  meaning: a
                  sentence that is
                  longer than the
                  line

                """)
    }

    @Test func `an ornament is the first to go on a narrow terminal`() {
        var table = Table([
            .init("NAME"), .init("COUNT", .trailing), .init("", isOrnament: true),
        ])
        table.append(["one", "12", "======"])
        #expect(printed(table, columns: 20) == "NAME  COUNT\none      12  ======\n")
        #expect(printed(table, columns: 18) == "NAME  COUNT\none      12\n")
    }

    private func printed(_ table: Table, columns: Int) -> String {
        let sink = MemorySink(columns: columns)
        let output = Output(to: sink, environment: Environment(["NO_COLOR": "1"]))
        output.render(Report(text: [.table(table)], json: .lines([])))
        output.flush()
        return sink.text
    }

    @Test(arguments: [
        ("short", ["short"]), ("one two three", ["one two", "three"]),
        ("  one two three", ["  one two", "  three"]),
        ("abcdefghijklm no", ["abcdefghijklm", "no"]),
        ("abcdefghijklm", ["abcdefghijklm"]), ("one two   ", ["one two"]),
        ("go 'a  b c d e f' on", ["go", "'a  b c d e f'", "on"]),
        (#"go 'a'\'' b c d' on"#, ["go", #"'a'\'' b c d'"#, "on"]),
        ("go 'a'\u{301} b c' d e", ["go 'a'\u{301} b", "c' d e"]),
        (#"('a b' c d e f"#, ["('a b' c", "d e f"]),
        ("it can't be, it can't", ["it can't", "be, it", "can't"]),
        ("a 'tis odd quote", ["a 'tis", "odd quote"]),
    ])
    func `a line is broken at blanks and keeps its indent`(text: String, lines: [String]) {
        #expect(TextWrap.folded(text, columns: 9) == lines)
    }

    @Test func `pairs have no headings`() {
        let run = SampleRun("status")
        #expect(
            run.output == """
                stamps        2
                sold\\u{9}out  no

                """)
        #expect(run.status == .findings)
    }

    @Test func `several values are printed one a line`() {
        #expect(
            SampleRun("list", "--format=json").output == """
                {"name":"penny black"}
                {"name":"blue"}

                """)
    }

    @Test func `one value is printed over several lines`() {
        #expect(SampleRun("--format", "json", "status").output == "{\n  \"stamps\": 2\n}\n")
    }

    @Test(arguments: ["table", "json"])
    func `quiet prints no data and keeps the status`(format: String) {
        let run = SampleRun("status", "-q", "--format", format)
        #expect(run.output.isEmpty)
        #expect(run.status == .findings)
    }

    @Test func `colours are for terminals only`() {
        #expect(!SampleRun("list").output.contains("\u{1B}"))
        #expect(SampleRun("list", terminalColumns: 80).output.contains("\u{1B}[1mNAME\u{1B}[0m"))
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
    func `a person may refuse colours`(environment: [String: String]) {
        let run = SampleRun("list", terminalColumns: 80, environment: environment)
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func `an empty NO_COLOR refuses nothing`() {
        let run = SampleRun("list", terminalColumns: 80, environment: ["NO_COLOR": ""])
        #expect(run.output.contains("\u{1B}"))
    }

    @Test func `a reader that has gone changes nothing about how it ended`() {
        let ends: [([String], CommandLineKit.ExitStatus)] = [
            (["list"], .success), (["status"], .findings), (["--help"], .success),
        ]
        for (words, end) in ends {
            let errors = MemorySink()
            let status = SampleProgram.tool.run(
                words, environment: Environment([:]),
                standardOutput: MemorySink(failingWith: .readerHasGone), standardError: errors)
            #expect(status == end)
            #expect(errors.text.isEmpty)
        }
    }

    @Test func `lost output is a failure`() {
        let run = SampleRun("list", failure: .failed(reason: "no space left on device"))
        #expect(run.status == .failure)
        let told = "sample: error: standard output can't be written: no space left on device\n"
        #expect(run.errors.hasPrefix(told + "sample: hint: "))
    }

    @Test func `a stream builds only the form it prints`() {
        let sink = MemorySink()
        let output = Output(to: sink, format: .json, environment: Environment([:]))
        output.record(text: unwanted(), json: ["n": 1])
        #expect(sink.text.isEmpty)
        output.flush()
        #expect(sink.text == "{\"n\":1}\n")
    }

    @Test func `output stops at the first failed write`() {
        let output = Output(
            to: MemorySink(failingWith: .readerHasGone), environment: Environment([:]))
        output.raw("first")
        #expect(output.isOpen)
        output.flush()
        #expect(!output.isOpen)
    }

    private func unwanted() -> StyledText {
        Issue.record("text was built for JSON output")
        return ""
    }
}

@Suite struct DiagnosticsTests {
    @Test func `a usage error has a hint and its own status`() {
        let run = SampleRun("lsit")
        #expect(
            run.errors == """
                sample: error: unknown command 'lsit'
                sample: hint: did you mean 'list'?

                """)
        #expect(run.output.isEmpty)
        #expect(run.status == .usage)
    }

    @Test func `a failure has a hint and status two`() {
        let run = SampleRun("sell", "3", "blue", "--quiet")
        #expect(run.errors == "sample: error: nobody buys\nsample: hint: lower the price\n")
        #expect(run.status == .failure)
    }

    @Test func `control characters from the command line do not reach the terminal`() {
        let run = SampleRun("li\u{1B}]0;st")
        #expect(run.errors.hasPrefix("sample: error: unknown command 'li\\u{1B}]0;st'\n"))
    }

    @Test func `quiet leaves out warnings and notices, never errors`() {
        let sink = MemorySink()
        let diagnostics = Diagnostics(
            program: "sample", to: sink, isQuiet: true, environment: Environment([:]))
        diagnostics.warning("a")
        diagnostics.notice("b")
        diagnostics.error("c", hint: "d")
        #expect(sink.text == "sample: error: c\nsample: hint: d\n")
    }

    @Test func `a message is broken between words on a terminal, and nowhere else`() {
        for (columns, text) in [
            (nil, "sample: error: nobody buys\nsample: hint: lower the price\n"),
            (20, "sample: error:\nnobody buys\nsample: hint: lower\nthe price\n"),
            (9, "sample:\nerror:\nnobody\nbuys\nsample:\nhint:\nlower the\nprice\n"),
        ] {
            let sink = MemorySink(columns: columns)
            let environment = Environment(["NO_COLOR": "1"])
            Diagnostics(program: "sample", to: sink, environment: environment)
                .error("nobody buys", hint: "lower the price")
            #expect(sink.text == text)
        }
    }

    @Test func `labels are coloured on a terminal`() {
        let sink = MemorySink(columns: 80)
        Diagnostics(program: "sample", to: sink, environment: Environment([:]))
            .error("c", hint: "d")
        #expect(sink.text == "sample: \u{1B}[31merror:\u{1B}[0m c\nsample: hint: d\n")
    }

    @Test(
        arguments: [
            (80, nil, false, true), (80, "xterm", false, true), (80, "dumb", false, false),
            (80, nil, true, false), (nil, nil, false, false),
        ] as [(Int?, String?, Bool, Bool)])
    func `progress is for a person at a terminal that obeys codes`(
        columns: Int?, kind: String?, isQuiet: Bool, isShown: Bool
    ) {
        let variables = kind.map { ["TERM": $0] } ?? [:]
        let diagnostics = Diagnostics(
            program: "s", to: MemorySink(columns: columns), isQuiet: isQuiet,
            environment: Environment(variables))
        #expect(diagnostics.showsProgress == isShown)
        #expect(diagnostics.queued().diagnostics.showsProgress == isShown)
    }

    @Test func `a failure is told with its hint, and has one always`() {
        let failure = CommandFailure("a", hint: "b")
        let hint: String = failure.hint
        let sink = MemorySink()
        Diagnostics(program: "s", to: sink, environment: Environment([:])).error(failure)
        #expect(sink.text == "s: error: a\ns: hint: \(hint)\n")
    }
}
