// SPDX-License-Identifier: Apache-2.0

/// What a POSIX shell reads as one word (POSIX.1-2024, Shell Command Language, section 2.2).
///
/// A shell sees a quote also where a mark follows that makes it another character.
public enum ShellWord {
    /// The words between blanks; what quotes make one word is one, also behind a parenthesis.
    static func words(of text: Substring) -> [Substring] {
        var words: [Substring] = []
        var rest = text.drop { $0 == " " }
        while !rest.isEmpty {
            let end =
                endOfQuoted(rest.drop { $0 == "(" }) ?? rest.firstIndex(of: " ") ?? rest.endIndex
            words.append(rest[..<end])
            rest = rest[end...].drop { $0 == " " }
        }
        return words
    }

    /// Where the word in single quotes ends with which a text begins; nil if it begins with none.
    static func endOfQuoted(_ text: Substring) -> String.Index? {
        let text = text.unicodeScalars
        guard text.first == "'" else { return nil }
        var isQuoted = false
        var index = text.startIndex
        while index < text.endIndex, isQuoted || text[index] != " " {
            if text[index] == "'" { isQuoted.toggle() }
            let isEscape = text[index] == "\\" && !isQuoted
            let next = text.index(index, offsetBy: isEscape ? 2 : 1, limitedBy: text.endIndex)
            index = next ?? text.endIndex
        }
        return isQuoted ? nil : index
    }
}
