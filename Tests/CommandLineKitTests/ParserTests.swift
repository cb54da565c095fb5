// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CommandLineKit

/// One wrong command line and what the person is told.
struct WrongLine: CustomTestStringConvertible {
    let line: String
    let message: String
    let hint: String
    var testDescription: String { line }

    init(_ line: String, _ message: String, _ hint: String) {
        self.line = line
        self.message = message
        self.hint = hint
    }
}

@Suite struct ParserTests {
    static let wrongLines = [
        WrongLine("", "'sample' needs a command", "one of list, sell, status"),
        WrongLine("lsit", "unknown command 'lsit'", "did you mean 'list'?"),
        WrongLine("lis", "unknown command 'lis'", "did you mean 'list'?"),
        WrongLine("stat", "unknown command 'stat'", "did you mean 'status'?"),
        WrongLine("st", "unknown command 'st'", "one of list, sell, status"),
        WrongLine("frobnicate", "unknown command 'frobnicate'", "one of list, sell, status"),
        WrongLine("list --limti 3", "unknown flag '--limti'", "did you mean '--limit'?"),
        WrongLine("list --hlep", "unknown flag '--hlep'", "did you mean '--help'?"),
        WrongLine("list --lim 3", "unknown flag '--lim'", "did you mean '--limit'?"),
        WrongLine("list --nope", "unknown flag '--nope'", "see 'sample list --help'"),
        WrongLine(
            "--limit 3 list", "unknown flag '--limit' before the command that it belongs to",
            "write it behind 'sample list'"),
        WrongLine("list -x", "unknown flag '-x'", "see 'sample list --help'"),
        WrongLine("status --limit 3", "unknown flag '--limit'", "see 'sample status --help'"),
        WrongLine("list --version", "unknown flag '--version'", "see 'sample list --help'"),
        WrongLine("list --limit", "--limit needs a value", "write --limit=N"),
        WrongLine("list --folder --all", "--folder needs a value", "write --folder=DIR"),
        WrongLine("list --folder=", "--folder '' is empty", "name a file or folder"),
        WrongLine("list --limit 101", "--limit '101' is out of bounds", "allowed is 1 to 100"),
        WrongLine("list --limit -1", "--limit '-1' is out of bounds", "allowed is 1 to 100"),
        WrongLine("list --limit ten", "--limit 'ten' is not a whole number", "allowed is 1 to 100"),
        WrongLine(
            "list --format jso", "--format 'jso' is not one of table, json",
            "did you mean 'json'?"),
        WrongLine(
            "list --format xml", "--format 'xml' is not one of table, json", "write one of them"
        ),
        WrongLine("list --all=yes", "--all takes no value", "write --all alone"),
        WrongLine("list --limit 1 --limit 2", "--limit is given twice", "give it once"),
        WrongLine("list penny", "unexpected argument 'penny'", "see 'sample list --help'"),
        WrongLine("sell", "missing argument PRICE", "see 'sample sell --help'"),
        WrongLine("sell 3", "missing argument STAMP", "see 'sample sell --help'"),
    ]

    @Test(arguments: [("office.pcap", true), ("captures/office", true), ("office", false)])
    func `who leaves out the command that takes files is told which one does`(
        word: String, isFile: Bool
    ) {
        let one = Argument("FOLDER", .one, .path, help: "A folder")
        let files = Argument("FILE", .any, .path, help: "A file")
        let tool = Command(
            group: "tool", summary: "A tool",
            subcommands: [
                Command("write", summary: "Writes", arguments: [one]) { _ in .success },
                Command("read", summary: "Reads", arguments: [files]) { _ in .success },
            ])
        let error = UsageError.unknownCommand(word, below: tool, path: "tool")
        #expect(error.hint == (isFile ? "did you mean 'tool read FILE'?" : "one of write, read"))
    }

    @Test(arguments: wrongLines)
    func `a wrong line names the fault and the way out`(wrong: WrongLine) {
        let error = #expect(throws: UsageError.self) { try parse(wrong.line) }
        #expect(error?.message == wrong.message)
        #expect(error?.hint == wrong.hint)
    }

    @Test(arguments: [
        "--folder /tmp/x list --limit 3", "list --folder=/tmp/x --limit=3",
        "list -n3 --folder /tmp/x", "list -n 3 --folder /tmp/x",
    ])
    func `flags of the first level stand anywhere`(line: String) throws {
        let command = try parsed(line)
        #expect(command.path == ["sample", "list"])
        #expect(command.string(.folder) == "/tmp/x")
        #expect(command.integer(.limit) == 3)
        #expect(!command.isOn(.all))
    }

    @Test func `letters without values may share a word`() throws {
        let command = try parsed("list -aqn 7")
        #expect(command.isOn(.all))
        #expect(command.isOn(.quiet))
        #expect(command.integer(.limit) == 7)
    }

    @Test func `a repeatable flag keeps every value in order`() throws {
        let command = try parsed("list --tag red --tag=blue=1 --tag -")
        #expect(command.strings(.tag) == ["red", "blue=1", "-"])
    }

    @Test func `two dashes end the flags`() throws {
        let command = try parsed("sell 3 -- --all -- -")
        #expect(command.argument("PRICE") == "3")
        #expect(command.arguments("STAMP") == ["--all", "--", "-"])
    }

    @Test func `the words are kept for a helper`() throws {
        let command = try parsed("--folder /tmp/x sell 3 -- -a")
        #expect(command.words == ["--folder", "/tmp/x", "sell", "3", "--", "-a"])
    }

    @Test(arguments: ["list --help", "-h", "sell --help --nonsense", "help", "help list"])
    func `help is found before other faults`(line: String) throws {
        guard case .help(let commands) = try parse(line) else {
            Issue.record("not understood as a wish for help")
            return
        }
        let expected = line.contains("list") ? "list" : line.contains("sell") ? "sell" : "sample"
        #expect(commands.last?.name == expected)
    }

    private func parse(_ line: String) throws(UsageError) -> Parser.Request {
        try Parser.parse(line.split(separator: " ").map(String.init), with: SampleProgram.root)
    }

    private func parsed(_ line: String) throws -> ParsedCommand {
        guard case .run(let command) = try parse(line) else {
            throw UsageError("'\(line)' is no command to run", hint: "")
        }
        return command
    }
}

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("status", "status", 0), ("stauts", "status", 1), ("stat", "status", 2), ("", "abc", 3),
        ("kitten", "sitting", 3),
    ])
    func `the distance counts slips of the finger`(left: String, right: String, edits: Int) {
        #expect(Suggestion.distance(Array(left), Array(right)) == edits)
    }

    @Test func `a very long word gets no suggestion`() {
        let word = String(repeating: "a", count: Suggestion.charactersMax + 1)
        #expect(Suggestion.nearest(to: word, among: [word]) == nil)
    }
}
