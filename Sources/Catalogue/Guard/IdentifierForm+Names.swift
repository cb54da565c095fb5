// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    private mutating func last() -> Piece { pieces[pieceCount - 1] }

    /// Whether the last() piece is a label of its own, after a dot.
    private mutating func hasLastLabel() -> Bool { pieceCount > 1 && last().separator == 0x2E }

    /// Whether a piece before the last() is the name of a type: `DecodingError.internal`.
    private mutating func namesAType() -> Bool {
        (0..<pieceCount - 1).contains { index in
            let piece = pieces[index]
            return piece.count > 2 && isUpper(piece.start)
                && !isShouted(piece.start..<piece.end)
                && words[piece.endWord - 1].traits.contains(.typeEnding)
        }
    }

    /// A host, a domain, a URL or a mail address.
    mutating func looksLikeHost() -> Bool {
        hasDomainEnding() || hasDomainWithin() || isNumberedHost() || isSpelledOut()
            || isHostWithDomain()
    }

    private mutating func hasDomainEnding() -> Bool {
        guard hasLastLabel() else { return false }
        if last().traits.contains(.domain) { return !isTypeInNet() }
        guard last().traits.contains(.perhapsDomain) else { return false }
        return !namesAType() && !isMixedCase(last())
    }

    /// `Foo.Net` and `DotNet.Net`: a capital alone is no domain.
    private mutating func isTypeInNet() -> Bool { isMixedCase(last()) && namesAType() }

    private mutating func isMixedCase(_ piece: Piece) -> Bool {
        isUpper(piece.start) && isLower(piece.end - 1)
    }

    /// A domain before the end, after an underscore, or after `www` or a scheme.
    private mutating func hasDomainWithin() -> Bool {
        var isAddressed = pieces[0].traits.contains(.scheme)
        for index in 0..<pieceCount {
            let traits = pieces[index].traits
            if traits.contains(.always) { return true }
            if traits.contains(.mailHost), pieceCount > 1, index > 0 { return true }
            guard index > 0 else { continue }
            if traits.contains(.company), !isFollowedByType(index) { return true }
            if isAddressed, index > 1, traits.contains(.domain) || traits.contains(.perhapsDomain) {
                return true
            }
            if traits.contains(.at), index + 2 < pieceCount { isAddressed = true }
        }
        return false
    }

    private mutating func isFollowedByType(_ index: Int) -> Bool {
        index + 1 < pieceCount && isUpper(pieces[index + 1].start) && !isUpper(0)
    }

    /// `example_org`, `mail_example_de`.
    private mutating func isHostWithDomain() -> Bool {
        guard pieceCount > 1, last().separator == 0x5F else { return false }
        if last().traits.contains(.onlyDomain) { return true }
        return pieceCount > 2 && last().traits.contains(.domain)
            && words[0].traits.contains(.hostKind)
    }

    /// `aliceAtExampleDotOrg`, `alice_at_example_dot_de`.
    private mutating func isSpelledOut() -> Bool {
        guard wordCount > 2 else { return false }
        for index in 1..<wordCount - 1 where words[index].traits.contains(.dot) {
            let next = words[index + 1].traits
            if next.contains(.domain) || next.contains(.perhapsDomain) || next.contains(.company) {
                return true
            }
        }
        return (1..<wordCount - 1).contains {
            words[$0].traits.contains(.mailHost) && words[$0 + 1].traits.contains(.company)
        }
    }

    /// `host01.corp`, `ws_anna_01`, `dc01`.
    private mutating func isNumberedHost() -> Bool {
        let first = pieces[0]
        guard words[0].traits.contains(.hostKind), !hasUpper || isShouted(0..<count) else {
            return false
        }
        let isNumbered =
            first.endWord == 2 && words[1].isNumber && first.digits <= 4 && first.endWord == 2
        if isNumbered, pieceCount == 1 {
            return first.digits > 2 || lower[words[1].start] == 0x30
        }
        if isNumbered, pieces[1].separator == 0x2E { return !pieces[1].isNumber }
        guard pieceCount > 1, pieceCount < 5, !hasDot || hasLastLabel() else { return false }
        let end = pieces[pieceCount - 1]
        return !hasDot && end.isNumber && end.count < 5
            && (end.count > 1 || words[0].traits.contains(.device))
    }

    /// A machine that is called after its owner, or by its maker: `annas_macbook`, `WIN_7GH2K1L`.
    mutating func looksLikeDevice() -> Bool {
        if hasMakersName() { return true }
        for index in 1..<max(1, wordCount)
        where !words[index].traits.isDisjoint(with: [.device, .owned]) {
            if isOwner(words[index - 1]) { return true }
        }
        for index in 0..<pieceCount where pieces[index].traits.contains(.device) {
            if index > 0, isOwner(words[pieces[index].firstWord - 1]) { return true }
            if index + 2 < pieceCount, pieces[index + 1].traits.contains(.of) { return true }
        }
        guard words[0].traits.contains(.device) || words[0].traits.contains(.maker) else {
            return false
        }
        if isMade() { return true }
        return words[0].traits.contains(.device) && pieceCount == 2 && pieces[0].endWord == 1
            && pieces[1].endWord == 2 && !words[1].isNumber && words[1].count > 2
            && !words[1].traits.contains(.technical)
    }

    private mutating func isOwner(_ word: Word) -> Bool {
        word.count > 3 && lower[word.end - 1] == 0x73 && !word.isNumber
            && !word.traits.contains(.technical)
    }

    /// `DESKTOP-4F7K2LQ` as installers make it: capitals, and seven that mean nothing.
    private mutating func hasMakersName() -> Bool {
        guard count == 14 || count == 15 || count == 13, isShouted(0..<count) else { return false }
        var hash = Self.hashStart
        for place in 0..<count - 7 where lower[place] != 0x5F {
            hash = Self.hash(hash, lower[place])
        }
        guard WordTable.shared.traits(hash).contains(.maker) else { return false }
        return (count - 7..<count).allSatisfy { lower[$0].isDigit || lower[$0].isLower }
    }

    /// Windows' own names end in seven letters and digits.
    private mutating func isMade() -> Bool {
        let start = words[0].end
        var (digits, letters, separators) = (0, 0, 0)
        for place in start..<count {
            if lower[place].isDigit {
                digits += 1
            } else if lower[place].isLower {
                letters += 1
            } else {
                separators += 1
            }
        }
        let length = digits + letters
        guard (6...11).contains(length), separators < 2, digits > 0, letters > 0 else {
            return false
        }
        return wordCount > 4 || isShouted(0..<start)
    }

    /// Names that cameras give: `IMG_4021`.
    private mutating func isPicture() -> Bool {
        pieceCount > 1 && pieces[0].traits.contains(.camera) && pieces[1].isNumber
            && pieces[1].count > 2
    }

    /// The name of a file: an ending after the last() dot, or before the number of a rotated one.
    mutating func looksLikeFile() -> Bool {
        guard hasLastLabel() else { return isPicture() }
        var index = pieceCount - 1
        while index > 1, pieces[index].isNumber, pieces[index].separator == 0x2E { index -= 1 }
        let piece = pieces[index]
        guard piece.separator == 0x2E else { return false }
        if piece.traits.contains(.file) { return true }
        return piece.traits.contains(.perhapsFile) && !namesAType() && !isMixedCase(piece)
            && !(piece.count == 1 && isUpper(piece.start))
    }

    /// A path with separators that the grammar lets through.
    mutating func looksLikePath() -> Bool {
        for index in 0..<pieceCount {
            let piece = pieces[index]
            if piece.count == 0 {
                // A file that is hidden, or two steps up.
                if index + 1 < pieceCount, pieces[index + 1].separator == 0x2E { return true }
                continue
            }
            guard index + 1 < pieceCount else { break }
            let next = pieces[index + 1].traits
            if piece.traits.contains(.home), hasFolder(after: index) { return true }
            if index == 0, piece.traits.contains(.onlySystemFolder) { return true }
            if piece.traits.contains(.systemFolder), index < 2, next.contains(.inSystemFolder) {
                return true
            }
            if index < 2, piece.count == 1, piece.hexLetters == 1, next.contains(.inDrive) {
                return true
            }
            if piece.traits.contains(.key), next.contains(.keyKind) { return true }
        }
        return false
    }

    private mutating func hasFolder(after index: Int) -> Bool {
        (index + 1..<pieceCount).contains { pieces[$0].traits.contains(.folder) }
    }
}
