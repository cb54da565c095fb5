// SPDX-License-Identifier: Apache-2.0

extension IdentifierForm {
    mutating func last() -> Piece { pieces[pieceCount - 1] }

    /// Whether the last piece is a label of its own, after a dot.
    mutating func hasLastLabel() -> Bool { pieceCount > 1 && last().separator == 0x2E }

    /// Whether a piece before the last is the name of a type: `DecodingError.internal`.
    mutating func namesAType() -> Bool {
        (0..<pieceCount - 1).contains { index in
            let piece = pieces[index]
            return piece.count > 2 && isUpper(piece.start)
                && !isShouted(piece.start..<piece.end)
                && words[piece.endWord - 1].traits.contains(.typeEnding)
        }
    }

    /// A host, a domain, a URL or a mail address.
    mutating func looksLikeHost() -> Bool {
        hasDomainEnding() || hasDomainWithin() || isNumberedHost() || hasNumberedHost()
            || isSpelledOut() || isHostWithDomain() || isAtMailHost() || namesCompany()
    }

    /// `MeierGmbh`, `meier_gmbh`.
    private mutating func namesCompany() -> Bool {
        wordCount > 1 && words[wordCount - 1].traits.contains(.legalForm)
    }

    /// `annaAtGmail`, and `annaATgmail`, whose words are `anna`, `A` and `Tgmail`.
    private mutating func isAtMailHost() -> Bool {
        guard wordCount > 2 else { return false }
        return (1..<wordCount - 1).contains { index in
            let (word, next) = (words[index], words[index + 1])
            if word.traits.contains(.at) { return next.traits.contains(.mailHost) }
            return word.count == 1 && lower[word.start] == 0x61 && isUpper(word.start)
                && next.start == word.end && lower[next.start] == 0x74 && isUpper(next.start)
                && traits(next.start + 1..<next.end).contains(.mailHost)
        }
    }

    /// `peer_srv12_failed`, `err_mail01`, `fileserver3`, `sqlnode02`.
    private mutating func hasNumberedHost() -> Bool {
        (0..<pieceCount).contains { index in
            let piece = pieces[index]
            guard piece.endWord - piece.firstWord > 1, (1...4).contains(piece.digits),
                words[piece.endWord - 1].count == piece.digits,
                words[piece.endWord - 1].isNumber
            else { return false }
            let isPadded = piece.digits > 1 && lower[piece.end - piece.digits] == 0x30
            return (piece.firstWord..<piece.endWord - 1).contains { place in
                isHost(words[place], isPadded: isPadded, digits: piece.digits)
            }
        }
    }

    /// Whether a word before a number is, begins with or ends in the kind of a machine. Numbers
    /// that begin with 0 number machines more often than anything else.
    private mutating func isHost(_ word: Word, isPadded: Bool, digits: Int) -> Bool {
        let kind = word.traits
        if isPadded, kind.contains(.hostKind) { return true }
        if digits > 1, kind.contains(.onlyHost) { return true }
        return (2..<min(7, max(2, word.count - 1))).contains { length in
            let end = traits(word.end - length..<word.end)
            if length > 2, end.contains(.onlyHost) || end.contains(.serving) { return true }
            guard isPadded, length > 1 else { return false }
            return end.contains(.hostKind)
                || traits(word.start..<word.start + length).contains(.hostKind)
        }
    }

    /// What a part of a word would be as a word.
    mutating func traits(_ part: Range<Int>) -> WordTraits {
        WordTable.shared.traits(
            part.reduce(Self.hashStart) { Self.hash($0, lower[$1]) })
    }

    private mutating func hasDomainEnding() -> Bool {
        guard hasLastLabel() else { return false }
        if last().traits.contains(.domain) { return !isTypeInNet() }
        if last().traits.contains(.rareDomain), isUnknownBeforeLast() { return true }
        guard last().traits.contains(.perhapsDomain), !isMember(last()) else { return false }
        if pieceCount == 2, pieces[0].traits.contains(.namespace) { return false }
        return !namesAType() && !isMixedCase(last())
    }

    /// What no host ends in behind what stands there: `ConnectionLost.host`, `logging.INFO`, and
    /// Python's `operator.is_`.
    private mutating func isMember(_ piece: Piece) -> Bool {
        let before = pieces[pieceCount - 2]
        if endsOpen() { return piece.count == 2 && lower[piece.start] == 0x69 }
        guard piece.traits.contains(.member), before.digits == 0 else { return false }
        if isShouted(piece.start..<piece.end) { return !isShouted(before.start..<before.end) }
        return isMixedCase(before) && before.endWord - before.firstWord > 1
    }

    /// `klaus.codes`, but not `error.codes`: small letters that are no word that the guard knows.
    private mutating func isUnknownBeforeLast() -> Bool {
        guard pieceCount < 4, !hasUpper else { return false }
        return (0..<pieceCount - 1).allSatisfy { index in
            let piece = pieces[index]
            return piece.traits == .nothing && piece.digits == 0 && piece.count > 2
        }
    }

    /// `Foo.Net`, `DotNet.Net` and `ast.Lt`: a capital alone is no domain.
    private mutating func isTypeInNet() -> Bool {
        isMixedCase(last()) && (namesAType() || !hasUpper(before: last().start))
    }

    mutating func isMixedCase(_ piece: Piece) -> Bool {
        isUpper(piece.start) && isLower(piece.end - 1)
    }

    /// A domain before the end, after an underscore, or after `www` or a scheme.
    private mutating func hasDomainWithin() -> Bool {
        var isAddressed = pieces[0].traits.contains(.scheme)
        for index in 0..<pieceCount {
            let traits = pieces[index].traits
            if (traits.contains(.always) && !isLibrary(index))
                || begins(pieces[index], with: .always)
            {
                return true
            }
            let mailHost: WordTraits = index > 0 ? .mailHost : .onlyMailHost
            if traits.contains(mailHost), pieceCount > 1 { return true }
            guard index > 0 else { continue }
            if traits.contains(.surelyDomain), pieces[index].separator == 0x2E,
                !isMixedCase(pieces[index]), !isFollowedByType(index)
            {
                return true
            }
            if traits.contains(.company), !isFollowedByType(index) { return true }
            if isAddressed, index > 1, traits.contains(.domain) { return true }
            if isAddressed, index > 1, traits.contains(.perhapsDomain),
                !hasDot || pieces[index].separator == 0x2E
            {
                return true
            }
            if traits.contains(.at), index + 2 < pieceCount { isAddressed = true }
        }
        return false
    }

    /// `WWW.Mechanize`, as Perl calls what is about the web.
    private mutating func isLibrary(_ index: Int) -> Bool {
        index == 0 && pieceCount > 1 && isShouted(0..<pieces[0].end)
            && isMixedCase(pieces[1]) && isMixedCase(last()) && last().traits == .nothing
    }

    /// `raspberrypi4`.
    private mutating func begins(_ piece: Piece, with trait: WordTraits) -> Bool {
        piece.endWord - piece.firstWord == 2 && words[piece.firstWord].traits.contains(trait)
    }

    private mutating func isFollowedByType(_ index: Int) -> Bool {
        index + 1 < pieceCount && isUpper(pieces[index + 1].start) && !isUpper(0)
    }

    /// `example_org`, `mail_example_de`, `nas_lan`.
    private mutating func isHostWithDomain() -> Bool {
        guard pieceCount > 1, last().separator == 0x5F else { return false }
        if last().traits.contains(.onlyDomain) || isCountryDomain() { return true }
        return last().traits.contains(.domain) && words[0].traits.contains(.hostKind)
    }

    /// `shop_example_co_uk`.
    private mutating func isCountryDomain() -> Bool {
        guard pieceCount > 2, last().count == 2, last().traits.contains(.domain) else {
            return false
        }
        let second = pieces[pieceCount - 2]
        return second.count == 2 && second.traits.contains(.perhapsDomain)
    }

    /// `aliceAtExampleDotOrg`, `alice_at_example_dot_de`.
    private mutating func isSpelledOut() -> Bool {
        guard wordCount > 2 else { return false }
        for index in 1..<wordCount - 1 where words[index].traits.contains(.dot) {
            let next = words[index + 1].traits
            if next.contains(.domain) || next.contains(.company) { return true }
            if next.contains(.perhapsDomain), !isPoint(index) { return true }
        }
        return (1..<wordCount - 1).contains {
            words[$0].traits.contains(.mailHost) && words[$0 + 1].traits.contains(.company)
        }
    }

    /// A point that is no dot since nothing is at a host: `EC_R_POINT_IS_NOT_ON_CURVE`.
    private mutating func isPoint(_ index: Int) -> Bool {
        words[index].traits.contains(.point)
            && !(0..<index).contains { words[$0].traits.contains(.at) }
    }

    /// `host01.corp`, `ws_anna_01`, `dc01`.
    private mutating func isNumberedHost() -> Bool {
        let first = pieces[0]
        guard words[0].traits.contains(.hostKind), !hasUpper || isShouted(0..<count),
            !(hasUpper && words[0].traits.contains(.protocol))
        else { return false }
        let isNumbered =
            first.endWord == 2 && words[1].isNumber && first.digits <= 4 && first.endWord == 2
        if isNumbered, pieceCount == 1 {
            return first.digits > 2 || lower[words[1].start] == 0x30
        }
        if isNumbered, pieces[1].separator == 0x2E { return !pieces[1].isNumber }
        guard pieceCount > 1, pieceCount < 5, !hasDot || hasLastLabel() else { return false }
        let end = pieces[pieceCount - 1]
        guard !hasDot, end.isNumber, end.count < 5, pieceCount == 2 || isOfHosts(end) else {
            return false
        }
        return end.count > 1 || words[0].traits.contains(.device)
    }

    /// `srv_mail_01` and `db_prod_12`, but not `server_error_500`.
    private mutating func isOfHosts(_ end: Piece) -> Bool {
        lower[end.start] == 0x30 || pieces[1].traits.contains(.hostKind)
    }
}
