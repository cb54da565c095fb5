// SPDX-License-Identifier: Apache-2.0

/// Breaks text between words.
enum TextWrap {
    /// Lines of at most `columns` characters; a longer word stands alone on its line, and so does
    /// what quotes make one word.
    static func lines(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in ShellWord.words(of: text[...]) {
            if !line.isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// The text as it is, broken at blanks into lines of at most `columns` characters; what follows
    /// the first is indented like it. What is longer stands alone on its line: a word, what quotes
    /// make one word of a shell, and a command of `commands`, so that it can be pasted.
    static func folded(
        _ text: String, columns: Int, keeping commands: ToldCommands? = nil
    ) -> [String] {
        guard text.count > columns else { return [text] }
        let blanks = text.prefix { $0 == " " }
        let margin = String(blanks.prefix(max(0, columns / 2)))
        let pieces = commands?.pieces(of: text[...]) ?? ShellWord.words(of: text[...])
        var lines: [String] = []
        var line = String(blanks)
        var end = blanks.endIndex
        for piece in pieces {
            let gap = text[end..<piece.startIndex]
            if end > blanks.endIndex, line.count + gap.count + piece.count > columns {
                lines.append(line)
                line = margin + piece
            } else {
                line += gap + piece
            }
            end = piece.endIndex
        }
        return lines + [line]
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
