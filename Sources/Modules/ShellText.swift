// SPDX-License-Identifier: Apache-2.0

/// What a person pastes into a POSIX shell, which reads it as one word (POSIX.1-2024, Shell Command
/// Language, section 2.2).
///
/// A shell sees a quote also where a mark follows that makes it another character.
package enum ShellText {
    /// A text as one word in single quotes. One with control characters, which no terminal shows
    /// as they are, is what `printf %b` makes of its bytes: every shell knows that. A shell leaves
    /// out line breaks at the end of it, so that `/.` follows them: of a folder that is the same,
    /// and of a file nothing.
    package static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else {
            let escaped = text.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }
            return "'\(escaped.joined())'"
        }
        let escaped = (text + (text.utf8.last == UInt8(ascii: "\n") ? "/." : "")).unicodeScalars
            .map { scalar in
                let isShown = scalar.isASCII ? isPlain(scalar) : !isControl(scalar)
                return isShown ? String(scalar) : String(scalar).utf8.map(octal).joined()
            }
        return "\"$(printf %b '\(escaped.joined())')\""
    }

    /// The same, without quotes where a shell reads it as it is, and a person too: a full stop at
    /// the end would be taken for that of a sentence.
    package static func word(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy(isPlain) && !text.hasSuffix(".")
        return isPlain && !text.isEmpty ? text : quoted(text)
    }

    /// The same for the name of a file, which no program takes for a flag.
    package static func file(_ name: String) -> String {
        word(name.hasPrefix("-") ? "./\(name)" : name)
    }

    /// Letters, digits, and what stands in most names and paths.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "-"..."9", "_": true
        default: false
        }
    }

    private static func octal(_ byte: UInt8) -> String {
        "\\0\(byte >> 6)\(byte >> 3 & 7)\(byte & 7)"
    }

    /// C0, DEL, C1, and the marks that reorder what is read.
    package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x2029, 0x202A...0x202E,
            0x2066...0x2069:
            true
        default: false
        }
    }
}
