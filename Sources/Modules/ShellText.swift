// SPDX-License-Identifier: Apache-2.0

/// What a person pastes into a POSIX shell, which reads it as one word (POSIX.1-2024, Shell Command
/// Language, section 2.2).
///
/// A shell sees a quote also where a mark follows that makes it another character.
package enum ShellText {
    /// A text as one word in single quotes. One with control characters, which no terminal shows
    /// as they are, stands in dollar-single-quotes, and has no blank then either.
    package static func quoted(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else {
            let escaped = text.unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }
            return "'\(escaped.joined())'"
        }
        let escaped = text.unicodeScalars.map { scalar in
            guard isControl(scalar) || #"'\ "#.unicodeScalars.contains(scalar) else {
                return String(scalar)
            }
            return String(scalar).utf8.map(octal).joined()
        }
        return "$'\(escaped.joined())'"
    }

    /// The same, without quotes where a shell reads it as it is.
    package static func word(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "-")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "_")
        }
        return isPlain && !text.isEmpty ? text : quoted(text)
    }

    /// The same for the name of a file, which no program takes for a flag.
    package static func file(_ name: String) -> String {
        word(name.hasPrefix("-") ? "./\(name)" : name)
    }

    private static func octal(_ byte: UInt8) -> String {
        "\\\(byte >> 6)\(byte >> 3 & 7)\(byte & 7)"
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
