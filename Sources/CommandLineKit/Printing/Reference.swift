// SPDX-License-Identifier: Apache-2.0

/// The manual of a whole program as Markdown, printed from its commands.
public struct Reference {
    private let root: Command

    /// The manual of `root` and of all below it.
    public init(of root: Command) { self.root = root }

    /// The whole document, with a line break at its end.
    public var markdown: String {
        let blocks = ["# \(root.name)", statuses] + chapter([root])
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private var statuses: String {
        let rows = ExitStatus.allCases.map { "| \($0.rawValue) | \($0.meaning) |" }
        return (["| exit status | meaning |", "|---|---|"] + rows).joined(separator: "\n")
    }

    /// The blocks of one command and of those below it, in depth-first order.
    private func chapter(_ commands: [Command]) -> [String] {
        guard let command = commands.last else { return [] }
        let path = commands.map(\.name).joined(separator: " ")
        let usage = CommandUsage.lines(of: commands).joined(separator: "\n")
        var blocks = ["## \(path)", command.summary + ".", "```\n\(usage)\n```"]
        blocks += command.discussion
        blocks += list(command.arguments.map { ($0.signature, $0.explanation) })
        blocks += list(
            command.flags.map { ($0.signature.trimmingBlanks, $0.explanation) })
        blocks += command.examples.map { "Example: \($0.meaning).\n\n```\n\($0.line)\n```" }
        if !command.json.isEmpty {
            blocks.append("With `--format json`:")
            blocks += list(command.json.map { ($0.path, $0.meaning) })
        }
        return blocks + command.shownSubcommands.flatMap { chapter(commands + [$0]) }
    }

    private func list(_ entries: [(term: String, text: String)]) -> [String] {
        guard !entries.isEmpty else { return [] }
        return [entries.map { "- `\($0.term)`: \($0.text)." }.joined(separator: "\n")]
    }
}

extension String {
    /// The text without blanks at its start.
    fileprivate var trimmingBlanks: String { String(drop { $0 == " " }) }
}
