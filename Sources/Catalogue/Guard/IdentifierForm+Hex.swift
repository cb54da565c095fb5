// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    /// Hexadecimal digits in one run or in groups: an address, a UUID, a hash.
    mutating func hasHexForm() -> Bool { hasHexRun() || hasHexGroups() }

    private mutating func hasHexRun() -> Bool {
        for index in 0..<pieceCount {
            let piece = pieces[index]
            if isLinkLocal(piece) || (piece.isHex && isHexRun(whole: piece)) { return true }
            if !piece.isHex, piece.count > Self.hexRunMax - 1, !piece.traits.contains(.technical),
                hasHexRun(within: piece)
            {
                return true
            }
        }
        return false
    }

    /// No word has eight letters from a to f. Seven with digits are the start of a hash, six with
    /// digits between letters are half an address, as makers put it after their name. `fe80` begins
    /// IPv6 addresses only (RFC 4291).
    private mutating func isHexRun(whole piece: Piece) -> Bool {
        if piece.count > Self.hexRunMax { return true }
        guard piece.digits > 1, piece.hexLetters > 0, !piece.traits.contains(.technical) else {
            return false
        }
        return piece.count == Self.hexRunMax
            || (piece.count == Self.hexRunMax - 1
                && (digitChanges(piece) > 2 || lower[piece.start].isDigit))
    }

    private mutating func isLinkLocal(_ piece: Piece) -> Bool {
        let start = piece.end - 4
        return start >= piece.start && (pieceCount > 1 || endsOpen()) && lower[start] == 0x66
            && lower[start + 1] == 0x65 && lower[start + 2] == 0x38 && lower[start + 3] == 0x30
    }

    private mutating func hasHexRun(within piece: Piece) -> Bool {
        var (length, digits) = (0, 0)
        for place in piece.start...piece.end {
            if place < piece.end, lower[place].isLowerHex {
                length += 1
                if lower[place].isDigit { digits += 1 }
                continue
            }
            let isMixed = digits > 1 && length > digits
            if length >= 12 || (length > Self.hexRunMax && isMixed) { return true }
            let begin = place - length
            // A hash that a program writes with seven digits, after a letter of its own.
            if length == Self.hexRunMax, isMixed, place == piece.end, begin == piece.start + 1 {
                return true
            }
            if length >= Self.hexRunMax - 1, begin > piece.start + 1, lower[begin - 1] == 0x78,
                lower[begin - 2] == 0x30
            {
                return true
            }
            (length, digits) = (0, 0)
        }
        return false
    }

    /// Groups of hexadecimal digits that follow each other.
    private struct Groups {
        var count = 0
        var digits = 0
        var letters = 0
        var pairs = 0
        var fullPairs = 0
        var fours = 0
        var halves = 0
        var hasTellingHalf = false
        var sixes = 0

        var total: Int { digits + letters }

        mutating func add(_ length: Int, digits number: Int) {
            count += 1
            digits += number
            letters += length - number
            pairs = length <= 2 ? pairs + 1 : 0
            // The first may follow a letter at once, which is no digit then: `a10_b0_c0_d7`.
            fullPairs = length == 2 ? fullPairs + 1 : length == 3 ? 1 : 0
            fours = length == 4 ? fours + 1 : 0
            sixes = length == 6 ? sixes + 1 : 0
        }

        /// Counts a group that may be half an IPv4 address.
        mutating func add(half isHalf: Bool, isTelling: Bool) {
            halves = isHalf ? halves + 1 : 0
            hasTellingHalf = isHalf && (isTelling || hasTellingHalf)
        }

        var isAddress: Bool {
            if pairs >= 5, total >= 8, digits > 0 || total == 2 * count { return true }
            // `c0_a8_01_2a`, an IPv4 address.
            if fullPairs >= 4, digits > 1, letters > 0 { return true }
            // Also of letters alone, as Cisco writes an address: `dead.beef.cafe`.
            if fours >= 3 { return true }
            // `c0a8_012a`, an IPv4 address.
            if halves > 1, hasTellingHalf, digits > 2 { return true }
            if sixes >= 2, digits > 1, letters > 0 { return true }
            return count > 1 && total >= IdentifierForm.groupedHexMin && digits > 1 && letters > 0
        }
    }

    private mutating func hasHexGroups() -> Bool {
        var groups = Groups()
        for index in 0..<pieceCount {
            let piece = pieces[index]
            if piece.isHex, piece.count <= 12 {
                if piece.isSpaced, groups.digits > 0, groups.total >= 3, piece.count <= 4 {
                    return true
                }
                groups.add(piece.count, digits: piece.digits)
                groups.add(half: piece.count == 4, isTelling: isTelling(piece.start))
            } else if groups.count == 0 || !piece.traits.contains(.betweenNumbers) {
                groups = Groups()
                // A group may follow a word at once: `ip2001_db8_1`.
                if let tail = hexTail(piece) {
                    groups.add(tail.length, digits: tail.digits)
                    groups.add(
                        half: tail.length == 4 && piece.count == 5,
                        isTelling: isTelling(piece.start + 1))
                }
            }
            if groups.isAddress { return true }
        }
        return false
    }

    /// Whether four hexadecimal digits are no letters with a number behind them: a letter follows a
    /// digit, or they begin the addresses that containers have, 172.16 to 172.31.
    private mutating func isTelling(_ start: Int) -> Bool {
        guard start + 4 <= count else { return false }
        if lower[start] == 0x61, lower[start + 1] == 0x63, lower[start + 2] == 0x31 { return true }
        return (start..<start + 3).contains { lower[$0].isDigit && lower[$0 + 1].isLower }
    }

    /// The hexadecimal end of a piece, up to four with a digit among them.
    private mutating func hexTail(_ piece: Piece) -> (length: Int, digits: Int)? {
        var (length, digits) = (0, 0)
        for place in (piece.start..<piece.end).reversed() {
            guard lower[place].isLowerHex, length < 4 else { break }
            length += 1
            if lower[place].isDigit { digits += 1 }
        }
        return digits > 0 ? (length, digits) : nil
    }
}
