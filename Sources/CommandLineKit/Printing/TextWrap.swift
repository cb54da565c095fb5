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
    /// the first is indented like it. A longer word stands alone on its line.
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
            let found = head[start...].lastIndex(of: " ") ?? rest[start...].firstIndex(of: " ")
            guard let blank = found else { break }
            let end = rest[..<blank].lastIndex { $0 != " " } ?? rest.startIndex
            lines.append(String(rest[...end]))
            let next = rest[blank...].drop { $0 == " " }
            if next.isEmpty { return lines }
            rest = margin + next
        }
        return lines + [String(rest)]
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
