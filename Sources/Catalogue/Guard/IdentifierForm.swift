// SPDX-License-Identifier: Apache-2.0

/// An identifier taken apart once: pieces between dots and underscores, and words within them.
///
/// Its questions are `mutating` though they change nothing: so the form is handed on by its
/// address, where the compiler would copy more than a kilobyte for each. It makes the guard three
/// times as fast.
struct IdentifierForm: ~Copyable {
    /// What stands between two separators; it is never empty.
    struct Piece {
        fileprivate var bounds: (UInt8, UInt8) = (0, 0)
        fileprivate var wordBounds: (UInt8, UInt8) = (0, 0)
        /// The separator before it, the last one of several; 0 for the first piece.
        var separator: UInt8 = 0
        /// Whether several separators stand before it.
        var isSpaced = false
        fileprivate var digitCount: UInt8 = 0
        var isHex = true
        var traits = WordTraits.nothing

        var start: Int { Int(bounds.0) }
        var end: Int { Int(bounds.1) }
        /// Its first word.
        var firstWord: Int { Int(wordBounds.0) }
        /// One past its last word.
        var endWord: Int { Int(wordBounds.1) }
        /// How many of its characters are digits.
        var digits: Int { Int(digitCount) }
        var count: Int { end - start }
        var isNumber: Bool { digits == count && digits > 0 }
        var hexLetters: Int { count - digits }
    }

    /// A word within a piece: `HTTPServer2` has three.
    struct Word {
        fileprivate var bounds: (UInt8, UInt8) = (0, 0)
        var isNumber = false
        var traits = WordTraits.nothing

        var start: Int { Int(bounds.0) }
        var end: Int { Int(bounds.1) }
        var count: Int { end - start }
    }

    static let hashStart: UInt64 = 0xCBF2_9CE4_8422_2325

    /// One step of the hash of a lower-case word (FNV-1a over 64 bits).
    @inline(__always)
    static func hash(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }

    private(set) var count = 0
    /// A bit for each capital.
    private var capitals: UInt64 = 0
    /// The characters in lower case.
    private(set) var lower = [64 of UInt8](repeating: 0)
    private(set) var pieces = [64 of Piece](repeating: Piece())
    private(set) var pieceCount = 0
    private(set) var words = [64 of Word](repeating: Word())
    private(set) var wordCount = 0
    private(set) var longestDigits = 0
    private(set) var hasDot = false

    /// Takes a text apart; false if it does not obey the grammar. Used once.
    mutating func read(_ text: String) -> Bool {
        let length = text.utf8.count
        guard (1...PropertyGuard.identifierBytesMax).contains(length) else { return false }
        for byte in text.utf8 {
            if byte.isLower || byte.isDigit || byte == 0x5F || byte == 0x2E {
                lower[count] = byte
            } else if byte.isUpper {
                lower[count] = byte | 0x20
                capitals |= 1 << UInt64(count)
            } else {
                return false
            }
            count += 1
        }
        guard lower[0].isLower else { return false }
        takeApart(WordTable.shared)
        return true
    }

    /// Whether the character at `index` is a capital.
    mutating func isUpper(_ index: Int) -> Bool { capitals >> UInt64(index) & 1 == 1 }

    /// Whether the character at `index` is a small letter.
    mutating func isLower(_ index: Int) -> Bool { lower[index].isLower && !isUpper(index) }

    /// Whether all letters in a range are capitals.
    mutating func isShouted(_ range: Range<Int>) -> Bool { range.allSatisfy { !isLower($0) } }

    var hasUpper: Bool { capitals != 0 }

    /// Whether the character at `index` stands between pieces.
    mutating func isSeparator(_ index: Int) -> Bool {
        lower[index] == 0x5F || lower[index] == 0x2E
    }

    /// Whether nothing stands behind the last separator.
    mutating func endsOpen() -> Bool { isSeparator(count - 1) }

    /// Whether a capital stands before `end`.
    func hasUpper(before end: Int) -> Bool { capitals & (1 << UInt64(end) &- 1) != 0 }

    private mutating func takeApart(_ table: WordTable) {
        var piece = Piece()
        var (pieceHash, wordHash) = (Self.hashStart, Self.hashStart)
        var (wordStart, digits) = (0, 0)
        for index in 0..<count {
            let byte = lower[index]
            if byte == 0x5F || byte == 0x2E {
                closeWord(wordStart, index, table.traits(wordHash))
                close(piece, at: index, table.traits(pieceHash))
                piece = Piece()
                piece.bounds.0 = UInt8(index + 1)
                piece.wordBounds.0 = UInt8(wordCount)
                piece.separator = byte
                piece.isSpaced = lower[index - 1] == 0x5F || lower[index - 1] == 0x2E
                (pieceHash, wordHash) = (Self.hashStart, Self.hashStart)
                (wordStart, digits) = (index + 1, 0)
                hasDot = hasDot || byte == 0x2E
                continue
            }
            if index > wordStart, beginsWord(at: index) {
                closeWord(wordStart, index, table.traits(wordHash))
                (wordStart, wordHash) = (index, Self.hashStart)
            }
            wordHash = Self.hash(wordHash, byte)
            pieceHash = Self.hash(pieceHash, byte)
            if byte.isDigit {
                digits += 1
                piece.digitCount += 1
                longestDigits = max(longestDigits, digits)
            } else {
                digits = 0
                piece.isHex = piece.isHex && byte.isLowerHex
            }
        }
        closeWord(wordStart, count, table.traits(wordHash))
        close(piece, at: count, table.traits(pieceHash))
    }

    /// A digit after a letter or the other way round, a capital after a small letter, and the last
    /// of several capitals before a small letter.
    private mutating func beginsWord(at index: Int) -> Bool {
        if lower[index - 1].isDigit != lower[index].isDigit { return true }
        if !isUpper(index) { return false }
        return !isUpper(index - 1) || (index + 1 < count && isLower(index + 1))
    }

    private mutating func closeWord(_ start: Int, _ end: Int, _ traits: WordTraits) {
        guard end > start else { return }
        words[wordCount] = Word(
            bounds: (UInt8(start), UInt8(end)), isNumber: lower[start].isDigit, traits: traits)
        wordCount += 1
    }

    private mutating func close(_ piece: Piece, at end: Int, _ traits: WordTraits) {
        guard end > piece.start else { return }
        var piece = piece
        piece.bounds.1 = UInt8(end)
        piece.wordBounds.1 = UInt8(wordCount)
        piece.traits = traits
        pieces[pieceCount] = piece
        pieceCount += 1
    }
}
