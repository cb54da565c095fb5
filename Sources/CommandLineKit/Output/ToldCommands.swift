// SPDX-License-Identifier: Apache-2.0

/// Finds the commands of a program in texts for people: what is pasted has to stay whole.
///
/// A command begins with the program's name and a word that it knows. It goes on with further
/// words that it knows, and with all that is no plain word; behind a flag or an argument one more
/// word belongs to it, so that at times one of the text does too. A comma, semicolon, colon,
/// parenthesis or full stop ends it. What quotes make one word of a shell holds none.
public struct ToldCommands: Sendable, Equatable {
    /// The name that a person types.
    public let program: String
    /// What can stand behind the name, each with what can stand behind that.
    public let words: [String: [String]]

    /// The commands of a program.
    public init(program: String, words: [String: [String]]) {
        self.program = program
        self.words = words
    }

    /// All that `root` shows.
    init(of root: Command) {
        program = root.name
        let words = root.shownSubcommands.map { ($0.name, $0.shownSubcommands.map(\.name)) }
        self.words = Dictionary(words) { first, _ in first }
    }

    /// Where in a text the program's name ends, in each command that names no home or such.
    public func endsOfName(in text: String) -> [String.Index] {
        let parts = ShellWord.words(of: text[...])
        return parts.indices.filter { isName($0, in: parts) && isKnown(parts[$0 + 1]) }
            .map { parts[$0].endIndex }
    }

    /// The text in pieces without blanks around them: the commands, and the words beside them.
    func pieces(of text: Substring) -> [Substring] {
        let parts = ShellWord.words(of: text)
        var pieces: [Substring] = []
        var index = 0
        for name in parts.indices where name >= index && isCommand(name, in: parts) {
            let start = start(of: name, in: parts, from: index)
            pieces += parts[index..<start]
            index = end(of: name, in: parts)
            pieces.append(text[parts[start].startIndex..<parts[index - 1].endIndex])
        }
        return pieces + parts[index...]
    }

    private func isCommand(_ index: Int, in parts: [Substring]) -> Bool {
        isName(index, in: parts) && (isKnown(parts[index + 1]) || parts[index + 1].hasPrefix("-"))
    }

    private func isName(_ index: Int, in parts: [Substring]) -> Bool {
        index + 1 < parts.count && parts[index].drop { "(\"".contains($0) } == program
    }

    private func isKnown(_ part: Substring) -> Bool { words[Self.bare(part)] != nil }

    /// Where the command of a name begins: with what raises its rights, or what it reads from.
    private func start(of name: Int, in parts: [Substring], from first: Int) -> Int {
        var start = name
        if start > first, parts[start - 1] == "sudo" { start -= 1 }
        guard start > first, parts[start - 1] == "|" else { return start }
        while start > first, !Self.endsClause(parts[start - 1]) { start -= 1 }
        return start
    }

    private func end(of name: Int, in parts: [Substring]) -> Int {
        var known = Array(words.keys)
        var takesOne = false
        for index in (name + 1)..<parts.count {
            let word = Self.bare(parts[index])
            if word == program { known = Array(words.keys) }
            let isKnown = known.contains(word)
            let isSign = !word.allSatisfy { $0.isLowercase }
            guard isKnown || isSign || takesOne else { return index }
            if Self.endsClause(parts[index]) { return index + 1 }
            if isKnown { known = words[word] ?? [] }
            takesOne = isSign && !isKnown
        }
        return parts.count
    }

    private static func bare(_ part: Substring) -> String {
        var part = part
        while let last = part.last, ",;:.)\"".contains(last) { part.removeLast() }
        return String(part)
    }

    private static func endsClause(_ part: Substring) -> Bool {
        part.last.map { ",;:.)".contains($0) } ?? false
    }
}
