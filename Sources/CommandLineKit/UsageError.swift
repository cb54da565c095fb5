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
        let nearest = Suggestion.nearest(to: word, among: command.subcommands.map(\.name))
        return UsageError(
            "unknown command '\(word)'", hint: suggestion(nearest, otherwise: path))
    }

    static func unknownFlag(_ word: String, among flags: [Flag], path: String) -> UsageError {
        let names = flags.map { "--" + $0.name }
        let nearest = Suggestion.nearest(to: word, among: names)
        return UsageError("unknown flag '\(word)'", hint: suggestion(nearest, otherwise: path))
    }

    static func incomplete(_ command: Command, path: String) -> UsageError {
        let names = command.subcommands.map(\.name).joined(separator: ", ")
        return UsageError("'\(path)' needs a command", hint: "one of \(names)")
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

    private static func suggestion(_ nearest: String?, otherwise path: String) -> String {
        nearest.map { "did you mean '\($0)'?" } ?? "see '\(path) --help'"
    }
}
