// SPDX-License-Identifier: Apache-2.0

/// What a manual tells of a program beside its commands.
public struct ManualNotes: Sendable {
    /// A name and what it is for.
    public typealias Entry = (name: String, meaning: String)

    /// The variables that the program reads.
    public let environment: [Entry]
    /// The keys of its configuration file.
    public let settings: [Entry]
    /// The files that it reads or writes.
    public let files: [Entry]
    /// Other pages worth reading, such as `arpguard-collector(1)`.
    public let seeAlso: [String]

    /// Notes for a manual.
    public init(
        environment: [Entry] = [], settings: [Entry] = [], files: [Entry] = [],
        seeAlso: [String] = []
    ) {
        self.environment = environment
        self.settings = settings
        self.files = files
        self.seeAlso = seeAlso
    }
}

/// The manual of a whole program as one page for man(1), printed from its commands.
public struct ManualPage {
    private let nodes: [CommandNode]
    private let version: String
    private let notes: ManualNotes

    /// The page of `root` and of all below it.
    public init(of root: Command, version: String, notes: ManualNotes) {
        nodes = CommandNode.all(of: root)
        self.version = version
        self.notes = notes
    }

    private var root: Command { nodes[0].command }

    /// The page in the language of man(7); the same bytes at every call.
    public var text: String {
        let title = root.name.uppercased().roff
        let commands = nodes.dropFirst().filter { $0.command.action != nil }
        var lines = [".TH \(title) 1 \"\" \"\(root.name.roff) \(version.roff)\" \"User Commands\""]
        // What is to be typed is not to be taken apart at the end of a line.
        lines += [".nh", ".ad l"]
        lines += [".SH NAME", "\(root.name.roff) \\- \(root.summary.startingLower.roff)"]
        lines += [".SH SYNOPSIS"] + synopsis(nodes[0])
        lines += [".SH DESCRIPTION"] + paragraphs(root.discussion)
        lines += section("FLAGS", nodes[0].flags.map { ($0.manualName, $0.explanation) })
        lines += commands.isEmpty ? [] : [".SH COMMANDS"] + commands.flatMap(chapter)
        lines += section(
            "EXIT STATUS", ExitStatus.allCases.map { (bold(String($0.rawValue)), $0.meaning) })
        lines += section("ENVIRONMENT", notes.environment.map { (bold($0.name), $0.meaning) })
        lines += section("CONFIGURATION", notes.settings.map { (bold($0.name), $0.meaning) })
        lines += section("FILES", notes.files.map { (italic($0.name), $0.meaning) })
        lines += examples
        if !notes.seeAlso.isEmpty {
            lines += [".SH SEE ALSO", notes.seeAlso.map(\.roff).joined(separator: ", ")]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func synopsis(_ node: CommandNode) -> [String] {
        CommandUsage.lines(of: node.commands).flatMap { line -> [String] in
            let rest = line.dropFirst(node.path.count)
            return [".PP", bold(node.path) + String(rest).roff]
        }
    }

    private func chapter(_ node: CommandNode) -> [String] {
        let command = node.command
        let usage = CommandUsage.lines(of: node.commands).first ?? node.path
        return [
            ".SS \(node.path.roff)",
            bold(node.path) + String(usage.dropFirst(node.path.count)).roff,
        ]
            + [".PP", command.summary.roff + "."] + paragraphs(command.discussion)
            + entries(command.arguments.map { (italic($0.signature), $0.explanation) })
            + entries(command.flags.map { ($0.manualName, $0.explanation) })
    }

    private var examples: [String] {
        let all = nodes.flatMap(\.command.examples)
        guard !all.isEmpty else { return [] }
        return [".SH EXAMPLES"]
            + all.flatMap { [".TP", bold($0.line), $0.meaning.roff + "."] }
    }

    private func section(_ title: String, _ list: [(String, String)]) -> [String] {
        list.isEmpty ? [] : [".SH \(title)"] + entries(list)
    }

    private func entries(_ list: [(String, String)]) -> [String] {
        list.flatMap { [".TP", $0.0, $0.1.roff + "."] }
    }

    private func paragraphs(_ texts: [String]) -> [String] {
        texts.flatMap { [".PP", $0.roff] }
    }

    private func bold(_ text: String) -> String { "\\fB\(text.roff)\\fR" }
    private func italic(_ text: String) -> String { "\\fI\(text.roff)\\fR" }
}

extension Flag {
    fileprivate var manualName: String {
        let names = spellings.reversed().map { "\\fB\($0.roff)\\fR" }.joined(separator: ", ")
        return takesValue ? "\(names) \\fI\(valueName.roff)\\fR" : names
    }
}

extension String {
    /// The text with what man(7) would take for a command or a hyphen written out.
    fileprivate var roff: String {
        let text = reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\e"
            case "-": text += "\\-"
            case "~": text += "\\(ti"
            case "^": text += "\\(ha"
            default: text.append(character)
            }
        }
        return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
    }

    /// The sentence without its capital.
    fileprivate var startingLower: String { prefix(1).lowercased() + dropFirst() }
}
