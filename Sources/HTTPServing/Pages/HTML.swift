// SPDX-License-Identifier: Apache-2.0

/// A piece of HTML that is safe to send: literals are markup, and every interpolated value is
/// escaped unless it is `HTML` itself.
///
/// `"<p>\(name)</p>"` escapes `name`.
public struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The markup.
    public let markup: String

    private init(markup: String) {
        self.markup = markup
    }

    /// A literal is taken as markup.
    public init(stringLiteral value: String) {
        markup = value
    }

    /// Joins the literal and the escaped parts.
    public init(stringInterpolation: Interpolation) {
        markup = stringInterpolation.markup
    }

    /// A text with the five characters escaped that mean something in HTML and XML.
    public static func text(_ text: String) -> HTML {
        HTML(markup: escaped(text))
    }

    /// The parts one after the other, each on a line of its own.
    public static func join(_ parts: [HTML]) -> HTML {
        HTML(markup: parts.map(\.markup).joined(separator: "\n"))
    }

    /// Collects the parts of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        /// Starts with nothing.
        public init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity)
        }

        /// Adds markup.
        public mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        /// Adds markup.
        public mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        /// Adds the description of a value, escaped.
        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            markup += escaped(value.description)
        }
    }
}

private func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for character in text.unicodeScalars {
        switch character {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        default: result.unicodeScalars.append(character)
        }
    }
    return result
}
