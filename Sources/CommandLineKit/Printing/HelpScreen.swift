// SPDX-License-Identifier: Apache-2.0

/// The usage screen of one command, made from its value and those above it.
struct HelpScreen {
    /// Wider terminals get no longer lines.
    static let columnsMax = 80
    /// Narrower terminals break the lines themselves.
    static let columnsMin = 40
    /// Longer terms push their explanation to the next line.
    private static let termColumnsMax = 26

    private let commands: [Command]
    private let columns: Int

    /// The screen of the last of `commands`, which begin with the program's.
    init(of commands: [Command], columns: Int) {
        self.commands = commands
        self.columns = min(Self.columnsMax, max(Self.columnsMin, columns))
    }

    private var command: Command { commands[commands.count - 1] }

    /// The whole screen, with a line break at its end.
    var text: String {
        let sections = [
            TextWrap.lines(command.summary, columns: columns),
            usage,
            discussion,
            section("commands", command.shownSubcommands.map { ($0.name, $0.summary) }),
            section("arguments", command.arguments.map { ($0.signature, $0.explanation) }),
            section("flags", ownFlags.map { ($0.signature, $0.explanation) }),
            section("global flags", inheritedFlags.map { ($0.signature, $0.explanation) }),
            examples,
            closing,
        ]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
            .joined(separator: "\n")
    }

    private var ownFlags: [Flag] {
        command.flags + (commands.count == 1 ? [.version] : []) + [.help]
    }

    private var inheritedFlags: [Flag] { commands.dropLast().flatMap(\.flags) }

    private var usage: [String] {
        let label = "usage: "
        let margin = String(repeating: " ", count: label.count)
        return CommandUsage.lines(of: commands).flatMap { line in
            let lines = TextWrap.lines(line, columns: columns - label.count)
            return lines.enumerated().map { ($0.offset == 0 ? label : margin) + $0.element }
        }
    }

    private var discussion: [String] {
        let paragraphs = command.discussion.map { TextWrap.lines($0, columns: columns) }
        return Array(paragraphs.joined(separator: [""]))
    }

    private var examples: [String] {
        guard !command.examples.isEmpty else { return [] }
        return command.examples.reduce(into: ["examples:"]) { lines, example in
            lines.append("  " + example.line)
            for line in TextWrap.lines(example.meaning, columns: columns - 6) {
                lines.append("      " + line)
            }
        }
    }

    private var closing: [String] {
        guard !command.shownSubcommands.isEmpty else { return [] }
        let path = commands.map(\.name).joined(separator: " ")
        return TextWrap.lines("'\(path) COMMAND --help' tells about one command", columns: columns)
    }

    private func section(_ title: String, _ entries: [(term: String, text: String)]) -> [String] {
        guard !entries.isEmpty else { return [] }
        let width = min(Self.termColumnsMax, entries.map(\.term.count).max() ?? 0)
        return ["\(title):"]
            + entries.flatMap { entry in
                TextWrap.entry(
                    entry.term, entry.text, indent: 2, width: width, columns: columns)
            }
    }
}

/// The usage lines of a command.
enum CommandUsage {
    /// One line to run the command itself, one to run a command below it.
    static func lines(of commands: [Command]) -> [String] {
        guard let command = commands.last else { return [] }
        let path = commands.map(\.name).joined(separator: " ") + " [FLAGS]"
        let own = ([path] + command.arguments.map(\.signature)).joined(separator: " ")
        let below = command.shownSubcommands.isEmpty ? [] : [path + " COMMAND"]
        return (command.action == nil ? [] : [own]) + below
    }
}
