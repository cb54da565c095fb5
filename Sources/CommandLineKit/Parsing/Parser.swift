// SPDX-License-Identifier: Apache-2.0

/// Turns the words of a command line into a command with checked values.
///
/// Flags of a command are understood after its name at any depth, so flags of the first level may
/// stand anywhere. `--` ends the flags.
struct Parser {
    /// What a command line asks for.
    enum Request {
        case run(ParsedCommand)
        case help([Command])
        case version
    }

    private let words: [String]
    private var commands: [Command]
    private var rest: ArraySlice<String>
    private var values: [String: [String]] = [:]
    private var positionals: [String] = []
    private var flagsHaveEnded = false

    private init(_ root: Command, _ words: [String]) {
        self.words = words
        commands = [root]
        rest = words[...]
    }

    /// What `words`, the command line without the program's name, ask of `root`.
    static func parse(_ words: [String], with root: Command) throws(UsageError) -> Request {
        var parser = Parser(root, words)
        return try parser.request()
    }

    private var command: Command { commands[commands.count - 1] }
    private var path: String { commands.map(\.name).joined(separator: " ") }
    private var flags: [Flag] { commands.flatMap(\.flags) }
    private var builtIn: [Flag] { commands.count == 1 ? [.help, .version] : [.help] }

    private mutating func request() throws(UsageError) -> Request {
        while let word = rest.popFirst() {
            if flagsHaveEnded || word == "-" || !word.hasPrefix("-") {
                if try takeWord(word) { return .help(commands) }
            } else if word == "--" {
                flagsHaveEnded = true
            } else if word == "--help" || word == "-h" {
                return .help(commands)
            } else if word == "--version", commands.count == 1 {
                return .version
            } else if word.hasPrefix("--") {
                try takeLong(word)
            } else {
                try takeShort(word)
            }
        }
        return .run(try finished())
    }

    /// Takes a command's name or an argument. True for the word `help` in a command's place.
    private mutating func takeWord(_ word: String) throws(UsageError) -> Bool {
        guard command.arguments.isEmpty else {
            positionals.append(word)
            return false
        }
        if let next = command.subcommands.first(where: { $0.name == word }) {
            commands.append(next)
            return false
        }
        guard !command.subcommands.isEmpty else {
            throw .extraArgument(word, path: path)
        }
        guard word == "help" else {
            throw .unknownCommand(word, below: command, path: path)
        }
        while let word = rest.popFirst() { _ = try takeWord(word) }
        return true
    }

    private mutating func takeLong(_ word: String) throws(UsageError) {
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = flags.first(where: { $0.name == name }) else {
            if let flag = builtIn.first(where: { $0.name == name }) { throw .needlessValue(flag) }
            throw .unknownFlag(
                "--" + name, among: flags + builtIn, of: command, before: commandsBehind,
                path: path)
        }
        try take(flag, attached: parts.count > 1 ? String(parts[1]) : nil)
    }

    /// Takes `-q`, several letters in one word, or a letter with its value attached.
    private mutating func takeShort(_ word: String) throws(UsageError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.short == letter }) else {
                throw .unknownFlag(
                    "-\(letter)", among: flags + [.help], of: command, before: commandsBehind,
                    path: path)
            }
            guard flag.takesValue else {
                try take(flag, attached: nil)
                continue
            }
            return try take(flag, attached: letters.isEmpty ? nil : String(letters))
        }
    }

    /// The commands that are named by words which were not looked at yet.
    private var commandsBehind: [Command] {
        rest.reduce(into: []) { found, word in
            let next = (found.last ?? command).subcommands.first { $0.name == word }
            if let next { found.append(next) }
        }
    }

    private mutating func take(_ flag: Flag, attached: String?) throws(UsageError) {
        guard values[flag.name] == nil || flag.isRepeatable else { throw .repeated(flag) }
        values[flag.name, default: []].append(try value(of: flag, attached: attached))
    }

    private mutating func value(of flag: Flag, attached: String?) throws(UsageError) -> String {
        guard flag.takesValue else {
            if attached != nil { throw .needlessValue(flag) }
            return ""
        }
        guard let text = attached ?? detachedValue(of: flag) else { throw .missingValue(flag) }
        if let refusal = flag.kind.refusal(of: text) { throw .refused(flag, text, refusal) }
        return text
    }

    /// The next word, unless it looks like a flag; a negative number is not one.
    private mutating func detachedValue(of flag: Flag) -> String? {
        guard let next = rest.first else { return nil }
        guard next == "-" || !next.hasPrefix("-") || Int64(next) != nil else { return nil }
        return rest.popFirst()
    }

    private func finished() throws(UsageError) -> ParsedCommand {
        guard command.action != nil else { throw .incomplete(command, path: path) }
        let declared = command.arguments
        if positionals.count < declared.count {
            for argument in declared[positionals.count...] where argument.isRequired {
                throw .missingArgument(argument, path: path)
            }
        } else if positionals.count > declared.count, declared.last?.takesRest != true {
            throw .extraArgument(positionals[declared.count], path: path)
        }
        for (index, word) in positionals.enumerated() {
            let argument = declared[min(index, declared.count - 1)]
            if case .choice(let words) = argument.values, !words.contains(word) {
                throw .refused(argument, word, words)
            }
            if argument.values == .path, word.isEmpty { throw .empty(argument) }
        }
        return ParsedCommand(
            commands: commands, words: words, values: values, positionals: positionals)
    }
}
