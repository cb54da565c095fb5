// SPDX-License-Identifier: Apache-2.0

/// One command with those above it: what the printers of manual and completion walk over.
struct CommandNode {
    /// The commands from the program's to this one; never empty.
    let commands: [Command]

    var command: Command { commands[commands.count - 1] }

    /// The names as typed: `arpguard config get`.
    var path: String { commands.map(\.name).joined(separator: " ") }

    /// Every flag that is understood after this command's name, its own first.
    var flags: [Flag] {
        commands.reversed().flatMap(\.flags) + (commands.count == 1 ? [.version] : []) + [.help]
    }

    /// Every shown command of a tree, each before those below it.
    static func all(of root: Command) -> [CommandNode] { below([root]) }

    private static func below(_ commands: [Command]) -> [CommandNode] {
        let node = CommandNode(commands: commands)
        return [node] + node.command.shownSubcommands.flatMap { below(commands + [$0]) }
    }
}

/// What completion offers in one place.
enum Candidates: Hashable {
    case none
    case files
    case words([String])
    /// The names in a folder.
    case names(in: String)

    init(_ kind: Flag.Kind) {
        switch kind {
        case .bool, .string, .integer: self = .none
        case .path: self = .files
        case .choice(let words), .suggested(let words): self = .words(words)
        case .name(let folder): self = .names(in: folder)
        }
    }

    init(_ values: Argument.Values) {
        switch values {
        case .text: self = .none
        case .path: self = .files
        case .choice(let words), .suggested(let words): self = .words(words)
        }
    }
}
