// SPDX-License-Identifier: Apache-2.0

public import JSON

/// What a command has to say, for people and for programs; ``Output`` picks one.
public struct Report: Sendable {
    /// A part of what people read.
    public enum Block: Sendable {
        /// One line.
        case line(StyledText)
        /// An empty line.
        case blank
        /// Aligned columns.
        case table(Table)
    }

    /// What programs read.
    public enum Machine: Sendable {
        /// One value, printed over several lines.
        case one(JSONValue)
        /// Any number of values, one a line.
        case lines([JSONValue])
    }

    /// The parts for people, from top to bottom.
    public let text: [Block]
    /// The same facts for programs.
    public let json: Machine

    /// The same facts in both forms.
    public init(text: [Block], json: Machine) {
        self.text = text
        self.json = json
    }
}

/// The forms in which data is printed.
public enum OutputFormat: String, Sendable, CaseIterable {
    /// For people: lines and aligned columns.
    case table
    /// For programs: one object, or one a line.
    case json
}
