// SPDX-License-Identifier: Apache-2.0

/// A command line that can't be understood: what is wrong with it, and what to type instead.
public struct UsageError: Error, Equatable, CustomStringConvertible {
    /// Lower-case, without a full stop.
    public let message: String
    /// What to do, in the same form.
    public let hint: String

    /// What is wrong.
    public var description: String { message }

    init(_ message: String, hint: String) {
        self.message = message
        self.hint = hint
    }
}

extension UsageError {
    static func unknownCommand(_ word: String, below command: Command, path: String) -> UsageError {
        let nearest = Suggestion.nearest(to: word, among: command.shownSubcommands.map(\.name))
        let meant =
            nearest ?? deeperCommand(word, below: command, path: path)
            ?? fileCommand(word, below: command, path: path)
        return UsageError(
            "unknown command '\(word)'",
            hint: meant.map { "did you mean '\($0)'?" } ?? choice(of: command))
    }

    /// The whole name of a command further down: people leave out the word in between.
    private static func deeperCommand(_ word: String, below command: Command, path: String)
        -> String?
    {
        let deeper = CommandNode.all(of: command).dropFirst()
        let name = Suggestion.nearest(to: word, among: deeper.map(\.command.name))
        guard let name, let node = deeper.first(where: { $0.command.name == name }) else {
            return nil
        }
        return ([path] + node.commands.dropFirst().map(\.name)).joined(separator: " ")
    }

    /// The command that takes files, for a word that is written like one: it was left out.
    private static func fileCommand(_ word: String, below command: Command, path: String)
        -> String?
    {
        guard word.contains(where: { "./".contains($0) }) else { return nil }
        for command in command.shownSubcommands {
            guard let files = command.arguments.first, files.values == .path, files.takesRest
            else { continue }
            return "\(path) \(command.name) \(files.name)"
        }
        return nil
    }

    /// - Parameter named: the commands that the command line names behind the flag.
    static func unknownFlag(
        _ word: String, among flags: [Flag], of command: Command, before named: [Command],
        path: String
    ) -> UsageError {
        if named.contains(where: { $0.flags.contains { $0.isWritten(word) } }) {
            let names = ([path] + named.map(\.name)).joined(separator: " ")
            return UsageError(
                "unknown flag '\(word)' before the command that it belongs to",
                hint: "write it behind '\(names)'")
        }
        let owner = CommandNode.all(of: command).dropFirst().first { node in
            node.command.flags.contains { $0.isWritten(word) }
        }
        if let owner {
            let names = [path] + owner.commands.dropFirst().map(\.name)
            return UsageError(
                "unknown flag '\(word)'",
                hint: "it belongs to '\(names.joined(separator: " "))'")
        }
        // Compared without the dashes, which would make any two short names alike.
        let nearest =
            word.hasPrefix("--")
            ? Suggestion.nearest(to: String(word.dropFirst(2)), among: flags.map(\.name)) : nil
        return UsageError(
            "unknown flag '\(word)'",
            hint: nearest.map { "did you mean '--\($0)'?" } ?? "see '\(path) --help'")
    }

    static func incomplete(_ command: Command, path: String) -> UsageError {
        UsageError("'\(path)' needs a command", hint: choice(of: command))
    }

    private static func choice(of command: Command) -> String {
        "one of \(command.shownSubcommands.map(\.name).joined(separator: ", "))"
    }

    static func missingArgument(_ argument: Argument, path: String) -> UsageError {
        UsageError("missing argument \(argument.name)", hint: "see '\(path) --help'")
    }

    static func extraArgument(_ word: String, path: String) -> UsageError {
        UsageError("unexpected argument '\(word)'", hint: "see '\(path) --help'")
    }

    static func missingValue(_ flag: Flag) -> UsageError {
        UsageError(
            "--\(flag.name) needs a value",
            hint: "write --\(flag.name)=\(flag.valueName)")
    }

    static func needlessValue(_ flag: Flag) -> UsageError {
        UsageError("--\(flag.name) takes no value", hint: "write --\(flag.name) alone")
    }

    static func repeated(_ flag: Flag) -> UsageError {
        UsageError("--\(flag.name) is given twice", hint: "give it once")
    }

    static func refused(_ flag: Flag, _ text: String, _ refusal: Flag.Kind.Refusal) -> UsageError {
        UsageError(
            "--\(flag.name) '\(text)' \(refusal.reason)",
            hint: refusal.hint ?? "write --\(flag.name)=\(flag.valueName)")
    }

    static func empty(_ argument: Argument) -> UsageError {
        UsageError("\(argument.name) is empty", hint: "name a file or folder")
    }

    static func refused(_ argument: Argument, _ text: String, _ words: [String]) -> UsageError {
        let nearest = Suggestion.nearest(to: text, among: words)
        return UsageError(
            "\(argument.name) '\(text)' is not one of \(words.joined(separator: ", "))",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "write one of them")
    }
}

extension Flag {
    /// Whether a word is the flag, long or short.
    fileprivate func isWritten(_ word: String) -> Bool {
        word == "--" + name || short.map { word == "-\($0)" } ?? false
    }
}
