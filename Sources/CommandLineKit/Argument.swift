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

    /// What help and errors call it, in capitals.
    public let name: String
    /// How often it stands there.
    public let count: Count
    /// One sentence without its full stop.
    public let help: String

    /// An argument that stands `count` times.
    public init(_ name: String, _ count: Count = .one, help: String) {
        self.name = name
        self.count = count
        self.help = help
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
