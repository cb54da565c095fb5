// SPDX-License-Identifier: Apache-2.0

/// One flag of a command: parsed, explained and completed from this value alone.
public struct Flag: Sendable, Equatable {
    /// What may follow the flag's name.
    public enum Kind: Sendable, Equatable {
        /// Nothing: the flag is given or it is not.
        case bool
        /// Any text.
        case string
        /// A whole number within bounds, both included.
        case integer(ClosedRange<Int64>)
        /// One of the listed words.
        case choice([String])
        /// A file or folder; never empty.
        case path
        /// Any text; completion offers these words.
        case suggested([String])
        /// Any text; completion offers the names in this folder.
        case name(in: String)
    }

    /// The long name, without the two dashes.
    public let name: String
    /// The one-letter form, without its dash.
    public let short: Character?
    /// What the value may be.
    public let kind: Kind
    /// What help calls the value, in capitals; empty for a `bool`.
    public let valueName: String
    /// Whether the flag may be given more than once.
    public let isRepeatable: Bool
    /// What help says happens without the flag; for display only.
    public let defaultText: String?
    /// One sentence without its full stop.
    public let help: String

    /// A flag. `value` names the value in help; without it the kind chooses a name.
    public init(
        _ name: String, short: Character? = nil, _ kind: Kind = .bool, value: String? = nil,
        repeatable: Bool = false, default defaultText: String? = nil, help: String
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.valueName = value ?? kind.valueName
        self.isRepeatable = repeatable
        self.defaultText = defaultText
        self.help = help
    }

    /// Whether a value follows the name.
    public var takesValue: Bool { kind != .bool }

    /// `-q, --quiet` or `    --home DIR`: the left column of a help screen.
    var signature: String {
        let letter = short.map { "-\($0), " } ?? "    "
        return letter + "--" + name + (takesValue ? " " + valueName : "")
    }

    /// The help sentence with what can be derived from the other members.
    var explanation: String {
        var text = help
        if case .choice(let words) = kind { text += ": " + words.joined(separator: ", ") }
        if case .integer(let bounds) = kind {
            text += ", \(bounds.lowerBound) to \(bounds.upperBound)"
        }
        var notes = isRepeatable ? ["repeatable"] : []
        if let defaultText { notes.append("default: \(defaultText)") }
        return notes.isEmpty ? text : text + " (\(notes.joined(separator: "; ")))"
    }
}

extension Flag.Kind {
    /// The name of a value that the flag's author did not name.
    var valueName: String {
        switch self {
        case .bool: ""
        case .string, .suggested, .name: "TEXT"
        case .integer: "N"
        case .choice: "WORD"
        case .path: "PATH"
        }
    }

    /// Why `text` is not a value of this kind, or nil if it is one.
    func refusal(of text: String) -> Refusal? {
        switch self {
        case .bool, .string, .suggested, .name:
            return nil
        case .path:
            return text.isEmpty ? Refusal(reason: "is empty", hint: "name a file or folder") : nil
        case .integer(let bounds):
            return Self.refusal(of: text, outside: bounds)
        case .choice(let words):
            guard !words.contains(text) else { return nil }
            let nearest = Suggestion.nearest(to: text, among: words)
            return Refusal(
                reason: "is not one of \(words.joined(separator: ", "))",
                hint: nearest.map { "did you mean '\($0)'?" } ?? "write one of them")
        }
    }

    private static func refusal(of text: String, outside bounds: ClosedRange<Int64>) -> Refusal? {
        let allowed = "allowed is \(bounds.lowerBound) to \(bounds.upperBound)"
        guard let number = Int64(text) else {
            return Refusal(reason: "is not a whole number", hint: allowed)
        }
        return bounds.contains(number) ? nil : Refusal(reason: "is out of bounds", hint: allowed)
    }

    /// Why a value was refused, as the end of a sentence that names it.
    struct Refusal: Equatable {
        let reason: String
        let hint: String?
    }
}

extension Flag {
    /// `--format`: what every command that prints data accepts; read by ``Output``.
    public static let format = Flag(
        "format", .choice(OutputFormat.allCases.map(\.rawValue)), value: "FORMAT",
        default: OutputFormat.table.rawValue, help: "How to print data")
    /// `--quiet`: what every command that prints data accepts; read by ``Output``.
    public static let quiet = Flag(
        "quiet", short: "q", help: "Print errors only; the exit status tells the rest")
    /// `--help`: understood at every level; commands do not list it.
    static let help = Flag("help", short: "h", help: "Print this help")
    /// `--version`: understood at the first level; commands do not list it.
    static let version = Flag("version", help: "Print the version")
}
