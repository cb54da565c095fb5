// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    /// Ten times the mean length from which on words are words.
    private static let wordTenthsMin = 25
    /// The same for identifiers of less than twenty characters.
    private static let shortWordTenthsMin = 20

    /// Characters without the pattern of words.
    mutating func looksLikeToken() -> Bool {
        for index in 0..<pieceCount where pieces[index].count > 6 {
            if isIrregular(pieces[index]), !isInterface(pieces[index]) { return true }
        }
        return hasTokenPrefix() || hasPassword() || isProductKey() || isScattered()
    }

    /// The fewest characters of a password that is a word with a number.
    private static let passwordMin = 6

    /// `password_hunter2`, `pwSommer2024`; but not `password_sha256`.
    private mutating func hasPassword() -> Bool {
        guard longestDigits > 0, wordCount > 2 else { return false }
        return (0..<wordCount - 2).contains { index in
            let (word, number) = (words[index + 1], words[index + 2])
            return words[index].traits.contains(.password) && !word.isNumber && number.isNumber
                && word.end == number.start && word.count + number.count >= Self.passwordMin
                && !word.traits.contains(.numbered)
        }
    }

    /// Short words, if they are any, over the whole of a long identifier.
    private mutating func isScattered() -> Bool {
        guard hasUpper, longestDigits > 0, count > 11 else { return false }
        let least = count > 19 ? Self.wordTenthsMin : Self.shortWordTenthsMin
        return count * 10 < wordCount * least && !isShouted(0..<count)
    }

    /// `enp0s31f6`, as systemd calls network interfaces by their place (systemd.net-naming-scheme):
    /// two letters, then letters of its list with a number each.
    private mutating func isInterface(_ piece: Piece) -> Bool {
        guard piece.endWord - piece.firstWord > 2 else { return false }
        let kind = (lower[piece.start], lower[piece.start + 1])
        guard kind == (0x65, 0x6E) || kind == (0x77, 0x6C) || kind == (0x77, 0x77) else {
            return false
        }
        return (piece.firstWord..<piece.endWord).allSatisfy { index in
            let word = words[index]
            if word.isNumber { return word.count < 4 }
            let mark = lower[word.end - 1]
            return word.count == (index == piece.firstWord ? 3 : 1)
                && Self.isPlaceMark(mark)
        }
    }

    /// Bus, slot, function, device, onboard index.
    private static func isPlaceMark(_ letter: UInt8) -> Bool {
        letter == 0x70 || letter == 0x73 || letter == 0x66 || letter == 0x64 || letter == 0x6F
    }

    private mutating func isIrregular(_ piece: Piece) -> Bool {
        let words = piece.endWord - piece.firstWord
        let changes = digitChanges(piece)
        if changes > 3 || (changes > 2 && piece.count > 11) { return true }
        if piece.count > 6, changes > 2, isShouted(piece.start..<piece.end) { return true }
        if piece.count > 9, piece.count * 10 < words * Self.wordTenthsMin { return true }
        return hasUnusualPairs(piece)
    }

    /// How often digits and letters take turns.
    mutating func digitChanges(_ piece: Piece) -> Int {
        guard piece.digits > 0, piece.digits < piece.count else { return 0 }
        var changes = 0
        for index in piece.firstWord + 1..<piece.endWord
        where words[index].isNumber != words[index - 1].isNumber {
            changes += 1
        }
        return changes
    }

    /// Whether pairs of letters are rarer on average than in any row of words.
    private mutating func hasUnusualPairs(_ piece: Piece) -> Bool {
        var (sum, pairs) = (0, 0)
        let start = max(piece.start, prefixEnd(piece))
        for place in start + 1..<max(start + 1, piece.end)
        where lower[place].isLower && lower[place - 1].isLower {
            sum += LetterPairs.shared.rarity(lower[place - 1], lower[place])
            pairs += 1
        }
        if digitChanges(piece) > 1, pairs > 3, sum * 10 > pairs * 52 { return true }
        guard pairs >= LetterPairs.pairsMin else { return false }
        return sum * 10 > pairs * LetterPairs.rarityMax(pairs: pairs)
    }

    /// Where the letters of a library end that stand before its types: `WKWebView`.
    private mutating func prefixEnd(_ piece: Piece) -> Int {
        guard piece.endWord - piece.firstWord > 1 else { return 0 }
        let (prefix, next) = (words[piece.firstWord], words[piece.firstWord + 1])
        let isPrefix =
            (2...3).contains(prefix.count) && isShouted(prefix.start..<prefix.end)
            && !next.isNumber && next.count > 2
        return isPrefix ? prefix.end : 0
    }

    /// What the makers of tokens put before them.
    private mutating func hasTokenPrefix() -> Bool {
        if hasAmazonsPrefix() { return true }
        if count > 12, lower[0] == 0x65, lower[1] == 0x79, lower[2] == 0x6A, isUpper(2) {
            return true
        }
        for index in 1..<max(1, pieceCount) where pieces[index - 1].traits.contains(.serial) {
            if pieces[index].count > 6, pieces[index].digits > 0 { return true }
        }
        guard pieces[0].traits.contains(.tokenPrefix) else { return false }
        for index in 1..<pieceCount where pieces[index].count > 9 {
            if pieces[index].digits > 0 || pieces[index].endWord - pieces[index].firstWord > 4 {
                return true
            }
        }
        return false
    }

    /// `AKIA` or `ASIA` and sixteen capitals or digits.
    private mutating func hasAmazonsPrefix() -> Bool {
        count == 20 && pieceCount == 1 && isShouted(0..<20) && lower[0] == 0x61 && lower[2] == 0x69
            && lower[3] == 0x61 && (lower[1] == 0x6B || lower[1] == 0x73)
    }

    /// Three groups of equal length, of capitals with digits among them; a word may stand before.
    private mutating func isProductKey() -> Bool {
        hasKeyGroups(from: 0) || hasKeyGroups(from: 1)
    }

    private mutating func hasKeyGroups(from first: Int) -> Bool {
        guard pieceCount > first + 2, (4...6).contains(pieces[first].count),
            isShouted(pieces[first].start..<count)
        else { return false }
        var digits = 0
        for index in first..<pieceCount {
            guard pieces[index].count == pieces[first].count else { return false }
            if pieces[index].digits > 0, !pieces[index].isNumber { digits += 1 }
        }
        return digits > 1
    }
}
