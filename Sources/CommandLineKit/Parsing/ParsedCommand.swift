// SPDX-License-Identifier: Apache-2.0

private import Modules

/// A command line that was understood: which command, with which checked values.
public struct ParsedCommand: Sendable {
    /// The commands from the first to the one to run; never empty.
    let commands: [Command]
    /// The command line as typed, without the program's name.
    public let words: [String]
    private let values: [String: [String]]
    private let positionals: [String]

    init(
        commands: [Command], words: [String], values: [String: [String]], positionals: [String]
    ) {
        self.commands = commands
        self.words = words
        self.values = values
        self.positionals = positionals
    }

    /// The names from the program's to the command's.
    public var path: [String] { commands.map(\.name) }

    /// The program's own command, with the whole tree below it.
    public var root: Command { commands[0] }

    /// The names in one line, as typed.
    public var pathText: String { path.joined(separator: " ") }

    /// Whether the flag stands on the command line.
    public func isOn(_ flag: Flag) -> Bool { !strings(flag).isEmpty }

    /// The flag's value, or nil where it was not given.
    public func string(_ flag: Flag) -> String? { strings(flag).last }

    /// All values of a repeatable flag, in order; for a `bool` one empty text per occurrence.
    public func strings(_ flag: Flag) -> [String] {
        precondition(
            commands.contains { $0.flags.contains(flag) },
            "'\(pathText)' does not declare --\(flag.name)")
        return values[flag.name] ?? []
    }

    /// The value of a flag of kind `integer`, or nil where it was not given.
    public func integer(_ flag: Flag) -> Int64? { string(flag).flatMap { Int64($0) } }

    /// The flags that were given, each as a shell reads it, but for some: for the same command on
    /// something else.
    public func typedFlags(but left: [Flag]) -> [String] {
        commands.flatMap(\.flags).filter { !left.contains($0) }.flatMap { flag in
            strings(flag).map { value in
                "--\(flag.name)" + (flag.takesValue ? "=\(ShellText.word(value))" : "")
            }
        }
    }

    /// The words that stand for one positional argument, by its name.
    public func arguments(_ name: String) -> [String] {
        let declared = commands.last?.arguments ?? []
        guard let index = declared.firstIndex(where: { $0.name == name }) else {
            preconditionFailure("'\(pathText)' does not declare the argument \(name)")
        }
        let words = positionals.dropFirst(index)
        return Array(declared[index].takesRest ? words : words.prefix(1))
    }

    /// The word that stands for one positional argument, or nil where it was left out.
    public func argument(_ name: String) -> String? { arguments(name).first }
}
