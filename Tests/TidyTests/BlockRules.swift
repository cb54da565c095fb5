// SPDX-License-Identifier: Apache-2.0

/// The length of functions, accessors and closures: every pair of braces but those of a type.
enum BlockRules {
    static let functionLinesMax = 60

    static func functionLength(_ file: TextFile) -> [Finding] {
        guard file.isSwift, !file.path.hasPrefix("Package.swift") else { return [] }
        return blocks(of: file.code)
            .filter { !$0.isType && $0.lineCount > functionLinesMax }
            .map {
                file.finding(
                    $0.firstLine,
                    "this function has \($0.lineCount) lines, \(functionLinesMax) are allowed")
            }
    }

    struct Block: Equatable {
        let isType: Bool
        let firstLine: Int
        let lastLine: Int
        var lineCount: Int { lastLine - firstLine + 1 }
    }

    private static let typeWords: Set<Substring> = [
        "actor", "class", "enum", "extension", "protocol", "struct",
    ]
    private static let functionWords: Set<Substring> = ["deinit", "func", "init", "subscript"]
    private static let otherWords: Set<Substring> = ["case", "for", "if", "let", "switch", "var"]

    /// What was said since the last brace: the last declaring word tells what a brace opens.
    private struct Header {
        var isType = false
        var line: Int?

        mutating func see(_ word: Word, line: Int) {
            guard word.before != "." else { return }
            if typeWords.contains(word.text) && word.after == " " {
                self = Header(isType: true, line: line)
            } else if functionWords.contains(word.text) {
                self = Header(isType: false, line: line)
            } else if otherWords.contains(word.text) {
                self = Header()
            }
        }
    }

    /// All blocks, inner before outer. An unbalanced brace ends the search.
    static func blocks(of code: [Substring]) -> [Block] {
        var found: [Block] = []
        var open: [(header: Header, line: Int)] = []
        var header = Header()
        for (index, line) in code.enumerated() {
            for piece in line.pieces {
                switch piece {
                case .word(let word):
                    header.see(word, line: index)
                case .open:
                    open.append((header, index))
                    header = Header()
                case .close:
                    guard let block = open.popLast() else { return found }
                    found.append(
                        Block(
                            isType: block.header.isType,
                            firstLine: block.header.line ?? block.line, lastLine: index))
                    header = Header()
                }
            }
        }
        return found
    }
}

private enum Piece {
    case word(Word)
    case open
    case close
}

extension Substring {
    fileprivate var pieces: [Piece] {
        var pieces: [Piece] = []
        var rest = self
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            pieces += rest[..<brace].words.map(Piece.word)
            pieces.append(rest[brace] == "{" ? .open : .close)
            rest = rest[index(after: brace)...]
        }
        return pieces + rest.words.map(Piece.word)
    }
}
