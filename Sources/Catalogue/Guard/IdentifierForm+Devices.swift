// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    /// A machine that is called after its owner, or by its maker: `annas_macbook`, `WIN_7GH2K1L`.
    mutating func looksLikeDevice() -> Bool {
        if hasMakersName() || hasMakersPieces() || hasMakersNameWithin() || isOwnedInOneWord() {
            return true
        }
        for index in 1..<max(1, wordCount) {
            if !words[index].traits.isDisjoint(with: [.device, .owned]) || isDevice(from: index),
                isOwner(words[index - 1])
            {
                return true
            }
        }
        for index in 0..<pieceCount
        where !pieces[index].traits.isDisjoint(with: [.device, .branded]) {
            if index > 0, isOwner(words[pieces[index].firstWord - 1]) { return true }
            if isOwned(after: index) || isOwned(before: index) { return true }
        }
        guard words[0].traits.contains(.device) || words[0].traits.contains(.maker) else {
            return false
        }
        if isMade() { return true }
        return words[0].traits.contains(.device) && pieceCount == 2 && pieces[0].endWord == 1
            && pieces[1].endWord == 2 && !words[1].isNumber && words[1].count > 2
            && !words[1].traits.contains(.technical)
    }

    /// Whether two words are a thing: `IPhone`.
    private mutating func isDevice(from index: Int) -> Bool {
        joined(from: index).contains(.device)
    }

    /// What a word that begins a device's name and the next one would be as a word.
    private mutating func joined(from index: Int) -> WordTraits {
        guard words[index].traits.contains(.deviceStart), index + 1 < wordCount,
            words[index + 1].start == words[index].end
        else { return .nothing }
        return traits(words[index].start..<words[index + 1].end)
    }

    /// `MacBookVonAnna`, `AnnaMacBookPro`.
    private mutating func isOwnedInOneWord() -> Bool {
        guard pieceCount == 1, wordCount > 2 else { return false }
        for index in 0..<wordCount - 1 where joined(from: index).contains(.branded) {
            if index == 1, words[0].traits == .nothing, words[0].count > 2 { return true }
            if index + 3 < wordCount, words[index + 2].traits.contains(.of) { return true }
        }
        return false
    }

    /// `macbook_pro_von_anna`; `thinkpad_t480_jan` with a model between thing and owner.
    private mutating func isOwned(after index: Int) -> Bool {
        let isBranded = pieces[index].traits.contains(.branded)
        var hasModel = false
        for place in index + 1..<max(index + 1, pieceCount) {
            let piece = pieces[place]
            if piece.traits.contains(.of), place + 1 < pieceCount { return true }
            if hasModel, isBranded, piece.digits == 0, piece.count > 2,
                place + 1 == pieceCount, !piece.traits.contains(.technical)
            {
                return true
            }
            hasModel = hasModel || piece.digits > 0
        }
        return false
    }

    /// `anna_macbook`.
    private mutating func isOwned(before index: Int) -> Bool {
        pieceCount == 2 && index == 1 && pieces[1].traits.contains(.branded)
            && pieces[1].separator == 0x5F && pieces[0].digits == 0 && pieces[0].count > 2
            && pieces[0].traits == .nothing
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

    /// The same anywhere, and in small letters: seven behind the maker's word with a digit that is
    /// not just their number.
    private mutating func hasMakersPieces() -> Bool {
        for index in 1..<max(1, pieceCount) where pieces[index - 1].traits.contains(.maker) {
            let piece = pieces[index]
            guard piece.count == 7 || piece.count == 11, piece.digits > 0,
                piece.digits < piece.count
            else { continue }
            if digitChanges(piece) > 1 || lower[piece.start].isDigit
                || isShouted(piece.start..<piece.end)
            {
                return true
            }
        }
        return false
    }

    /// The same within a piece, where the seven are nearly a number: `peerDesktop103624a`.
    private mutating func hasMakersNameWithin() -> Bool {
        guard longestDigits > 1 else { return false }
        for index in 0..<pieceCount where pieces[index].digits > 4 && pieces[index].count > 12 {
            let piece = pieces[index]
            for start in piece.start + 6...piece.end - 7 {
                let digits = (start..<start + 7).count { lower[$0].isDigit }
                if digits == 5 || digits == 6, endsInMaker(piece.start..<start) { return true }
            }
        }
        return false
    }

    /// `desktop`, `laptop` and `minint`; shorter ones end too many words.
    private mutating func endsInMaker(_ text: Range<Int>) -> Bool {
        (6...7).contains { length in
            length <= text.count
                && traits(text.upperBound - length..<text.upperBound).contains(.maker)
        }
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
        guard (7...11).contains(length), separators < 2, digits > 0, letters > 0 else {
            return false
        }
        return wordCount > 4 || isShouted(0..<start)
    }
}
