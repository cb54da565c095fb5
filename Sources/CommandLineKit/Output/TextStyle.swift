// SPDX-License-Identifier: Apache-2.0

private import Modules

/// How a piece of text looks on a terminal that shows colours; elsewhere it is plain.
public enum TextStyle: String, Sendable, CaseIterable {
    /// As it is.
    case plain = "0"
    /// Headings and names.
    case bold = "1"
    /// Less important than what is around it.
    case faint = "2"
    /// Something is wrong.
    case red = "31"
    /// All is well.
    case green = "32"
    /// Something needs a look.
    case yellow = "33"

    /// The text between this style's escape codes (ECMA-48, SGR).
    func applied(to text: String) -> String {
        self == .plain || text.isEmpty ? text : "\u{1B}[\(rawValue)m\(text)\u{1B}[0m"
    }
}

/// A piece of text with its look.
public struct StyledText: Sendable, Equatable, ExpressibleByStringInterpolation {
    /// The text; control characters in it are shown as escapes.
    public let text: String
    /// Its look where colours are shown.
    public let style: TextStyle

    /// Text in one style.
    public init(_ text: String, _ style: TextStyle = .plain) {
        self.text = Printable.line(text)
        self.style = style
    }

    /// Plain text.
    public init(stringLiteral text: String) { self.init(text) }

    /// The number of columns it takes, counting one per character.
    var width: Int { text.count }

    /// The text in lines of at most `columns`; nil leaves it in one.
    func folded(columns: Int?, keeping commands: ToldCommands? = nil) -> [StyledText] {
        guard let columns, width > columns else { return [self] }
        return TextWrap.folded(text, columns: columns, keeping: commands)
            .map { StyledText($0, style) }
    }

    func rendered(withColours: Bool) -> String {
        withColours ? style.applied(to: text) : text
    }
}

/// Whether a stream shows colours: a terminal, unless the person said no.
enum Colours {
    /// `NO_COLOR` set to anything but empty says no (no-color.org).
    static func areShown(on sink: any ByteSink, environment: Environment) -> Bool {
        areObeyed(on: sink, environment: environment) && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Whether a stream obeys escape codes: a terminal, unless `TERM=dumb` says that it can't.
    static func areObeyed(on sink: any ByteSink, environment: Environment) -> Bool {
        sink.columns != nil && environment["TERM"] != "dumb"
    }
}

/// Makes text from outside safe to show: a terminal obeys control characters.
enum Printable {
    /// The text with every control character, line breaks included, written as `\u{XX}`.
    static func line(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: ShellText.isControl) else { return text }
        return text.unicodeScalars.map { scalar in
            guard ShellText.isControl(scalar) else { return String(scalar) }
            return "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        }.joined()
    }
}
