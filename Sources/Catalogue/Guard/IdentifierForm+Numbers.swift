// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    /// The longest run of digits that an identifier may have.
    static let digitRunMax = 6
    /// The most digits in groups that follow each other; a date has eight.
    static let groupedDigitsMax = 8
    /// From here on, hexadecimal digits with some of both kinds are no word.
    static let hexRunMax = 7
    /// The fewest hexadecimal digits in groups that make an address.
    static let groupedHexMin = 10

    /// The most digits of a degree, and of one with its fraction: a kilometre or so.
    private static let (degreeDigitsMax, positionDigitsMax) = (3, 3)

    /// A run of digits, or groups of digits that follow each other, as of a telephone number.
    mutating func hasLongDigits() -> Bool {
        if longestDigits > Self.digitRunMax || hasPosition() { return true }
        let isTelephone = namesTelephone()
        let digitsMax = isTelephone ? Self.digitRunMax : Self.groupedDigitsMax
        var (sum, groups) = (0, 0)
        for index in 0..<pieceCount {
            let piece = pieces[index]
            if sum > 0, piece.traits.contains(.betweenNumbers) { continue }
            // A number may begin within a word: `tel49_151_23456`, `DE89_3704`.
            (sum, groups) =
                piece.isNumber ? (sum + piece.count, groups + 1) : (trailingDigits(piece), 1)
            if sum > digitsMax, groups > 1, isTelephone || !isBuild(upTo: index) { return true }
        }
        return false
    }

    /// `lat52.520008`, `gps_52_5200_13_4050`: a degree and its fraction after a word for a place.
    private mutating func hasPosition() -> Bool {
        guard longestDigits > 0, wordCount > 2 else { return false }
        return (0..<wordCount - 2).contains { index in
            let (degree, fraction) = (words[index + 1], words[index + 2])
            return words[index].traits.contains(.position) && degree.isNumber
                && fraction.isNumber && degree.count <= Self.degreeDigitsMax
                && degree.count + fraction.count > Self.positionDigitsMax
        }
    }

    private mutating func namesTelephone() -> Bool {
        (0..<wordCount).contains { words[$0].traits.contains(.telephone) }
    }

    /// `chrome_120.0.6099.109`, `v10.0.19045.3803`: the last or the one before of four numbers with
    /// dots between them, the second of them 0.
    private mutating func isBuild(upTo index: Int) -> Bool {
        let major = index - (index + 1 < pieceCount && pieces[index + 1].isNumber ? 2 : 3)
        guard major >= 0, major + 3 < pieceCount, pieces[major + 1].count == 1,
            lower[pieces[major + 1].start] == 0x30, pieces[major].digits < 4
        else { return false }
        return (major + 1...major + 3).allSatisfy { place in
            let piece = pieces[place]
            return piece.separator == 0x2E && piece.isNumber && piece.count < 6
                && (piece.count == 1 || lower[piece.start] != 0x30)
        }
    }

    private mutating func trailingDigits(_ piece: Piece) -> Int {
        guard piece.digits > 0, piece.endWord > piece.firstWord else { return 0 }
        let word = words[piece.endWord - 1]
        return word.isNumber ? word.count : 0
    }

    /// Four numbers up to 255 with the same thing between each two: a dot, an underscore, a word.
    mutating func hasIPv4Address() -> Bool {
        guard wordCount >= 4 else { return false }
        var run = 0
        var (first, second, end) = (0, 0, 0)
        var gap: UInt64 = 0
        for index in 0..<wordCount {
            let word = words[index]
            if run > 0, word.start < end { continue }
            guard let length = octetLength(at: index) else {
                if !word.isNumber, !word.traits.contains(.betweenNumbers) { run = 0 }
                continue
            }
            let between = run > 0 ? gapHash(end, word.start) : 0
            if run == 2, between != 0, between != gap, isPrivate(first, second) { return true }
            run = run > 0 && between != 0 && (run == 1 || between == gap) ? run + 1 : 1
            if run == 1 { first = index }
            if run == 2 { second = index }
            (gap, end) = (between, word.start + length)
            if run == 3, isPartOfAddress(first, second) { return true }
            if run == 4, !isVersion() { return true }
        }
        return false
    }

    /// Whether three numbers, the first of them a word of its own, tell a network: after a word for
    /// an address, as in `addr_10.0.3`, or those of private networks.
    private mutating func isPartOfAddress(_ first: Int, _ second: Int) -> Bool {
        (first > 0 && words[first - 1].traits.contains(.address)) || isPrivate(first, second)
    }

    /// Whether two numbers begin addresses of private networks (RFC 1918, RFC 3927), which are
    /// found also with different things between them: `192_168_x_17`. Those that begin with 10 are
    /// left to the word before them: versions do too.
    private mutating func isPrivate(_ first: Int, _ second: Int) -> Bool {
        let octets = (decimal(words[first]), decimal(words[second]))
        return switch octets.0 {
        case 192: octets.1 == 168
        case 172: (16...31).contains(octets.1)
        case 169: octets.1 == 254
        default: false
        }
    }

    /// The number that a word of digits is.
    private mutating func decimal(_ word: Word) -> Int {
        (word.start..<word.end).reduce(0) { $0 * 10 + Int(lower[$1] & 0xF) }
    }

    /// How long the octet is that begins with a word: up to 255, with zeros before it, octal, or
    /// hexadecimal after `0x`. Nil for what is none.
    private mutating func octetLength(at index: Int) -> Int? {
        let word = words[index]
        guard word.isNumber else { return nil }
        if word.count == 1, lower[word.start] == 0x30, index + 1 < wordCount,
            lower[word.end] == 0x78, words[index + 1].start == word.end
        {
            var end = word.end + 1
            while end < count, lower[end].isLowerHex { end += 1 }
            return (1...2).contains(end - word.end - 1) ? end - word.start : nil
        }
        if word.count == 4 { return lower[word.start] == 0x30 ? 4 : nil }
        guard word.count <= 3 else { return nil }
        return decimal(word) <= 255 || lower[word.start] == 0x30 ? word.count : nil
    }

    /// What stands between two numbers: one hash for dots and underscores, else that of the word.
    /// 0 for what can't stand there.
    private mutating func gapHash(_ start: Int, _ end: Int) -> UInt64 {
        guard end > start else { return 0 }
        var hash = Self.hashStart
        var isWord = false
        for place in start..<end where lower[place] != 0x5F && lower[place] != 0x2E {
            hash = Self.hash(hash, lower[place])
            isWord = true
        }
        guard isWord else { return 1 }
        return WordTable.shared.traits(hash).contains(.betweenNumbers) ? hash : 0
    }

    /// `v2.23.3.116`: the program's own version, unless it could be a private address.
    private mutating func isVersion() -> Bool {
        guard pieceCount == 4, count <= 12, lower[0] == 0x76, pieces[0].count == 2 else {
            return false
        }
        return pieces[0].digits == 1 && (1..<4).allSatisfy { pieces[$0].separator == 0x2E }
    }
}
