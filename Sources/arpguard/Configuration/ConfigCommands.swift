// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program

extension Command {
    /// `config`: everything about the configuration file.
    static let config = Command(
        group: "config", summary: "Read, change and check the configuration",
        discussion: ["Nothing here grants consent to telemetry: a configuration can only forbid."],
        examples: [
            .init("arpguard config show", "Show every key with its value and meaning"),
            .init("arpguard config set telemetry.upload_url null", "Never upload anything"),
        ],
        subcommands: [
            configShow, configGet, configSet, configUnset, configPath, configCheck,
        ])

    private static let configShow = Command(
        "show", summary: "Show every key: its value, where that comes from, and what it means",
        arguments: [
            Argument(
                "PREFIX", .optional, .suggested(ConfigurationSchema.standard.names),
                help: "Only the section or keys that begin so, such as telemetry or telemetry.up")
        ],
        examples: [.init("arpguard config show telemetry", "Show what telemetry can be told")],
        json: [
            .init("*.*.value", "What holds"),
            .init("*.*.from", "Whether the file says so, or it is the default: file, default"),
            .init("*.*.default", "What holds without the file"),
            .init("*.*.allowed", "What the key may hold"),
            .init("*.*.meaning", "What the key decides"),
        ]
    ) { invocation throws(CommandFailure) in
        let file = try ProgramContext(invocation).configurationFile
        let prefix = invocation.command.argument("PREFIX") ?? ""
        let manual = ConfigurationManual(file.schema, try file.soundContent(), prefix: prefix)
        guard !manual.isEmpty else {
            _ = try ConfigurationKey(prefix, in: file.schema)
            return .success
        }
        invocation.output.render(manual.report)
        return .success
    }

    private static let keys = Argument.Values.suggested(ConfigurationSchema.standard.keys)

    private static let configGet = Command(
        "get", summary: "Show one value, or all with where they come from",
        arguments: [
            Argument("KEY", .optional, keys, help: "A key such as telemetry.upload_url")
        ],
        json: [.init("*.*", "What holds for each key; with KEY that value alone is printed")]
    ) { invocation throws(CommandFailure) in
        let file = try ProgramContext(invocation).configurationFile
        let content = try file.soundContent()
        guard let word = invocation.command.argument("KEY") else {
            invocation.output.render(ConfigurationListing(file.schema, content).report)
            return .success
        }
        let key = try ConfigurationKey(word, in: file.schema)
        invocation.output.render(key.effectiveValue(in: content).report)
        return .success
    }

    private static let configSet = Command(
        "set", summary: "Change one value",
        discussion: [
            "VALUE is JSON, or a bare word where a text is meant. In a key that holds pairs, one "
                + "pair is changed by the key, a dot and its name; the value null removes it."
        ],
        arguments: [
            Argument("KEY", .one, keys, help: "A key such as telemetry.upload_url"),
            Argument("VALUE", help: "The new value"),
        ],
        examples: [
            .init(
                "arpguard config set telemetry.upload_review manual",
                "Let nothing leave before you release it"),
            .init(
                "arpguard config set detection.static_bindings.192.0.2.1 02:00:00:00:00:01",
                "Vouch for the hardware address of one machine"),
        ],
        json: changed
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let change = ConfigurationChange(
            key: invocation.command.argument("KEY") ?? "",
            value: invocation.command.argument("VALUE") ?? "")
        try change.perform(in: context, invocation)
        return .success
    }

    private static let changed: [Member] = [
        .init("key", "The key"), .init("value", "What holds now; null where nothing does"),
    ]

    private static let configUnset = Command(
        "unset", summary: "Take one key out of the file, so that its default holds",
        discussion: [
            "A key that is none can be taken out too, where the file has it: it may be misspelt."
        ],
        arguments: [Argument("KEY", .one, keys, help: "A key such as telemetry.upload_url")],
        json: changed
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let key = invocation.command.argument("KEY") ?? ""
        try ConfigurationChange(key: key, value: nil).perform(in: context, invocation)
        return .success
    }

    private static let configCheck = Command(
        "check", summary: "List all that is wrong with the configuration, or with a file",
        discussion: ["Ends with status 1 if anything is wrong."],
        arguments: [
            Argument("FILE", .optional, .path, help: "A file to check in place of the own one")
        ],
        json: [
            .init("path", "The file"),
            .init("problems[].key", "The key at fault; null if the whole file is"),
            .init(
                "problems[].value",
                "Its value as JSON, of several entries the faulty one; null if the key itself is "
                    + "the fault"),
            .init("problems[].expected", "What was expected"),
        ]
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let file = invocation.command.argument("FILE").map(context.configurationFile(at:))
        if let file, !file.exists {
            throw CommandFailure("there is no file \(file.path)", hint: "check its name")
        }
        let verdict = try ConfigurationVerdict(on: file ?? context.configurationFile)
        invocation.output.render(verdict.report)
        return verdict.isSound ? .success : .findings
    }

    private static let configPath = Command(
        "path", summary: "Print where the configuration file stands, or would stand",
        json: [.init("path", "The file")]
    ) { invocation throws(CommandFailure) in
        let path = try ProgramContext(invocation).configurationFile.path
        invocation.output.render(
            Report(text: [.line(StyledText(path))], json: .one(["path": .string(path)])))
        return .success
    }
}
