// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON

extension Flag {
    static let folder = Flag(
        "folder", .path, value: "DIR", default: "~/.sample", help: "Where the stamps are kept")
    static let limit = Flag("limit", short: "n", .integer(1...100), help: "How many to show")
    static let tag = Flag("tag", .string, repeatable: true, help: "Only stamps with this tag")
    static let all = Flag("all", short: "a", help: "Show retired stamps too")
}

/// A small program with every kind of flag and argument.
enum SampleProgram {
    static let list = Command(
        "list", summary: "List stamps",
        discussion: [
            "Stamps are listed from the oldest to the newest, each with its country and value.",
            "Nothing is changed.",
        ],
        flags: [.limit, .tag, .all],
        examples: [.init("sample list --limit 3", "Show the three oldest")]
    ) { invocation throws(CommandFailure) in
        var table = Table([.init("NAME"), .init("VALUE", .trailing)])
        table.append(["penny black", "900"])
        table.append([StyledText("blue\u{1B}[2J", .bold), "15"])
        invocation.output.render(
            Report(
                text: [.line("2 stamps"), .blank, .table(table)],
                json: .lines([["name": "penny black"], ["name": "blue"]])))
        return .success
    }

    static let sell = Command(
        "sell", summary: "Sell stamps",
        arguments: [
            Argument("PRICE", help: "What each costs"),
            Argument("STAMP", .oneOrMore, help: "What to sell"),
        ]
    ) { _ throws(CommandFailure) in
        throw CommandFailure("nobody buys", hint: "lower the price")
    }

    static let status = Command("status", summary: "Count stamps") { invocation in
        invocation.output.render(
            Report(
                text: [.table(Table(pairs: [("stamps", "2"), ("sold\tout", "no")]))],
                json: .one(["stamps": 2])))
        return .findings
    }

    static let root = Command(
        group: "sample", summary: "Keep a collection of stamps",
        flags: [.folder, .format, .quiet], subcommands: [list, sell, status])

    static let tool = CommandLineTool(root, version: "1.2.3")
}

/// A finished run of the sample program.
struct SampleRun {
    let status: ExitStatus
    let output: String
    let errors: String

    init(
        _ words: String..., terminalColumns: Int? = nil, failure: SinkError? = nil,
        environment: [String: String] = [:]
    ) {
        let output = MemorySink(columns: terminalColumns, failingWith: failure)
        let errors = MemorySink()
        status = SampleProgram.tool.run(
            words, environment: Environment(environment), standardOutput: output,
            standardError: errors)
        self.output = output.text
        self.errors = errors.text
    }
}
