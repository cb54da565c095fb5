// SPDX-License-Identifier: Apache-2.0

/// One command: a value from which parsing, help, reference and completion are derived.
public struct Command: Sendable {
    /// What a command does once its command line is known to be right.
    ///
    /// Data goes to the invocation's output, messages to its diagnostics; a failure is thrown.
    public typealias Action = @Sendable (Invocation) throws(CommandFailure) -> ExitStatus

    /// A command line worth copying.
    public struct Example: Sendable, Equatable {
        /// The whole line, as typed.
        public let line: String
        /// What it does, in one sentence without its full stop.
        public let meaning: String

        /// An example: the line as typed, and what it does.
        public init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// A member of what a command prints with `--format json`.
    public struct Member: Sendable, Equatable {
        /// Its place: names with dots between them, `[]` for each element of an array, `*` for
        /// each member of an object whose names are data; `**` at the end for all that another
        /// specification defines below.
        public let path: String
        /// What it holds, in one sentence without its full stop.
        public let meaning: String

        /// A member: its place, and what it holds.
        public init(_ path: String, _ meaning: String) {
            self.path = path
            self.meaning = meaning
        }
    }

    /// One lower-case word.
    public let name: String
    /// One sentence without its full stop, in the imperative.
    public let summary: String
    /// Paragraphs that the help screen wraps.
    public let discussion: [String]
    /// Flags of this command and of all below it.
    public let flags: [Flag]
    /// Positional arguments in order; only the last may take more than one word.
    public let arguments: [Argument]
    /// Command lines worth copying.
    public let examples: [Example]
    /// What `--format json` prints; empty where that is said nowhere or elsewhere.
    public let json: [Member]
    /// Whether help, manual and completion leave it out: it is for scripts of the package.
    public let isHidden: Bool
    /// Commands below this one.
    public let subcommands: [Command]
    /// What it does; nil for a command that only groups others.
    public let action: Action?

    /// A command that does something, alone or beside having subcommands.
    public init(
        _ name: String, summary: String, discussion: [String] = [], flags: [Flag] = [],
        arguments: [Argument] = [], examples: [Example] = [], json: [Member] = [],
        hidden isHidden: Bool = false, subcommands: [Command] = [], action: @escaping Action
    ) {
        self.init(
            name: name, summary: summary, discussion: discussion, flags: flags,
            arguments: arguments, examples: examples, json: json, isHidden: isHidden,
            subcommands: subcommands, action: action)
    }

    /// A command that only groups others.
    public init(
        group name: String, summary: String, discussion: [String] = [], flags: [Flag] = [],
        examples: [Example] = [], subcommands: [Command]
    ) {
        self.init(
            name: name, summary: summary, discussion: discussion, flags: flags, arguments: [],
            examples: examples, json: [], isHidden: false, subcommands: subcommands, action: nil)
    }

    private init(
        name: String, summary: String, discussion: [String], flags: [Flag],
        arguments: [Argument], examples: [Example], json: [Member], isHidden: Bool,
        subcommands: [Command], action: Action?
    ) {
        precondition(
            !arguments.dropLast().contains(where: \.takesRest),
            "only the last argument of '\(name)' may take more than one word")
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.flags = flags
        self.arguments = arguments
        self.examples = examples
        self.json = json
        self.isHidden = isHidden
        self.subcommands = subcommands
        self.action = action
    }

    /// The commands below this one that people are told about.
    var shownSubcommands: [Command] { subcommands.filter { !$0.isHidden } }
}
