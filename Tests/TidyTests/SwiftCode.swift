// SPDX-License-Identifier: Apache-2.0

/// Swift text in which comments and the insides of string literals are blank, line for line and
/// byte for byte: what is left are words and braces that the compiler would see.
///
/// An interpolation is blanked with its string. A regular-expression literal is taken for code.
enum SwiftCode {
    static func lines(of lines: [Substring]) -> [Substring] {
        var blanker = Blanker(Array(lines.joined(separator: "\n").utf8))
        return String(decoding: blanker.run(), as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }
}

private struct Blanker {
    private var bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func run() -> [UInt8] {
        while position < bytes.count {
            if starts("//") {
                blank { $0.bytes[$0.position] == UInt8(ascii: "\n") }
            } else if starts("/*") {
                blockComment()
            } else if let hashes = openingHashes() {
                stringLiteral(hashes: hashes)
            } else {
                position += 1
            }
        }
        return bytes
    }

    private func starts(_ text: StaticString, at offset: Int = 0) -> Bool {
        let expected = "\(text)".utf8
        let from = position + offset
        return from + expected.count <= bytes.count
            && bytes[from..<(from + expected.count)].elementsEqual(expected)
    }

    private mutating func blankOne() {
        if bytes[position] != UInt8(ascii: "\n") { bytes[position] = UInt8(ascii: " ") }
        position += 1
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where position < bytes.count { blankOne() }
    }

    private mutating func blank(until end: (Blanker) -> Bool) {
        while position < bytes.count && !end(self) { blankOne() }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                blank(2)
            } else if starts("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && position < bytes.count
    }

    /// The number of `#` before an opening quote here, or nil where no string begins.
    private func openingHashes() -> Int? {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        return starts("\"", at: hashes) ? hashes : nil
    }

    private mutating func stringLiteral(hashes: Int) {
        position += hashes
        let quotes = starts("\"\"\"") ? 3 : 1
        position += quotes
        while position < bytes.count && !closes(quotes: quotes, hashes: hashes) {
            if starts("\\") && isEscape(hashes: hashes) {
                escape(hashes: hashes)
            } else {
                blank(1)
            }
        }
        position += quotes + hashes
    }

    private func closes(quotes: Int, hashes: Int) -> Bool {
        let end = position + quotes + hashes
        guard end <= bytes.count else { return false }
        return bytes[position..<(position + quotes)].allSatisfy { $0 == UInt8(ascii: "\"") }
            && bytes[(position + quotes)..<end].allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private func isEscape(hashes: Int) -> Bool {
        bytes[(position + 1)...].prefix(hashes).filter { $0 == UInt8(ascii: "#") }.count == hashes
    }

    /// One escaped character, or a whole interpolation with the strings inside it.
    private mutating func escape(hashes: Int) {
        blank(1 + hashes)
        guard starts("(") else { return blank(1) }
        var depth = 0
        repeat {
            if let inner = openingHashes() {
                let start = position
                stringLiteral(hashes: inner)
                for index in start..<min(position, bytes.count)
                where bytes[index] != UInt8(ascii: "\n") {
                    bytes[index] = UInt8(ascii: " ")
                }
            } else {
                if starts("(") { depth += 1 }
                if starts(")") { depth -= 1 }
                blank(1)
            }
        } while depth > 0 && position < bytes.count
    }
}
