// SPDX-License-Identifier: Apache-2.0

/// One positional argument of a command.
public struct Argument: Sendable, Equatable {
    /// How often the argument stands on the command line.
    public enum Count: Sendable, Equatable {
        /// Exactly once.
        case one
        /// Once or not at all.
        case optional
        /// Once or more; must be the last argument.
        case oneOrMore
        /// Any number of times; must be the last argument.
        case any
    }

    /// What may stand there.
    public enum Values: Sendable, Equatable {
        /// Any text.
        case text
        /// A file or folder, never empty; completion offers those that are there.
        case path
        /// One of the listed words, and nothing else.
        case choice([String])
        /// Any text; completion offers these words.
        case suggested([String])
    }

    /// What help and errors call it, in capitals.
    public let name: String
    /// How often it stands there.
    public let count: Count
    /// What may stand there.
    public let values: Values
    /// One sentence without its full stop.
    public let help: String

    /// An argument that stands `count` times.
    public init(_ name: String, _ count: Count = .one, _ values: Values = .text, help: String) {
        self.name = name
        self.count = count
        self.values = values
        self.help = help
    }

    /// The help sentence with the words that are allowed.
    var explanation: String {
        guard case .choice(let words) = values else { return help }
        return "\(help): \(words.joined(separator: ", "))"
    }

    /// `FILE`, `[FILE]`, `FILE...` or `[FILE...]`.
    var signature: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .oneOrMore: "\(name)..."
        case .any: "[\(name)...]"
        }
    }

    /// Whether the command line is incomplete without it.
    var isRequired: Bool { count == .one || count == .oneOrMore }

    /// Whether it takes all that is left.
    var takesRest: Bool { count == .oneOrMore || count == .any }
}
