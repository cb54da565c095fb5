// SPDX-License-Identifier: Apache-2.0

/// Breaks text between words.
enum TextWrap {
    /// Lines of at most `columns` characters; a longer word stands alone on its line.
    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The text as it is, broken at blanks into lines of at most `columns` characters; what follows
    /// the first is indented like it. A longer word stands alone on its line; what quotes make one
    /// word of a shell is one here, so that it can be pasted.
    static func folded(_ text: String, columns: Int) -> [String] {
        guard text.count > columns else { return [text] }
        let end = text.lastIndex { $0 != " " } ?? text.startIndex
        let text = text[...end]
        let margin = String(text.prefix { $0 == " " }.prefix(max(0, columns / 2)))
        var lines: [String] = []
        var rest = text
        while rest.count > columns {
            let head = rest.prefix(columns + 1)
            let start = head.firstIndex { $0 != " " } ?? head.startIndex
            guard let blank = blank(in: rest[start...], before: head.endIndex) else { break }
            let end = rest[..<blank].lastIndex { $0 != " " } ?? rest.startIndex
            lines.append(String(rest[...end]))
            let next = rest[blank...].drop { $0 == " " }
            if next.isEmpty { return lines }
            rest = margin + next
        }
        return lines + [String(rest)]
    }

    /// The last blank between words that stands before `limit`, or else the first one behind it.
    private static func blank(in text: Substring, before limit: String.Index) -> String.Index? {
        var found: String.Index?
        var beginsWord = true
        var index = text.startIndex
        while index < text.endIndex, found == nil || index < limit {
            if beginsWord, let end = ShellWord.endOfQuoted(text[index...]) {
                beginsWord = false
                index = end
                continue
            }
            if text[index] == " " { found = index }
            beginsWord = " (".contains(text[index])
            index = text.index(after: index)
        }
        return found
    }

    /// A term with its explanation beside it in a hanging column, or below it where it is too long.
    static func entry(_ term: String, _ text: String, indent: Int, width: Int, columns: Int)
        -> [String]
    {
        let margin = String(repeating: " ", count: indent)
        let hang = indent + width + 2
        let hanging = String(repeating: " ", count: hang)
        let body = lines(text, columns: columns - hang)
        guard term.count <= width, let first = body.first else {
            return [margin + term] + body.map { hanging + $0 }
        }
        let blanks = String(repeating: " ", count: width - term.count + 2)
        return [margin + term + blanks + first] + body.dropFirst().map { hanging + $0 }
    }
}
