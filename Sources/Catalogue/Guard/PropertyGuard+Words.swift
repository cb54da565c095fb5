// SPDX-License-Identifier: Apache-2.0

extension PropertyGuard {
    /// Whether a word of a choice is an address (IPv4, IPv6, MAC) or a host with its domain: what a
    /// program finds on a machine, and nobody writes into a list.
    static func namesMachine(_ word: String) -> Bool {
        // None of them lacks both; most words do.
        guard word.utf8.contains(where: { $0.isDigit || $0 == 0x2E }) else { return false }
        var form = IdentifierForm()
        guard form.read(identifier(of: word)) else { return false }
        if form.hasIPv4Address() || form.hasHexForm() { return true }
        return form.hasDot && form.looksLikeHost() && !form.isKeyOfTwoParts(word)
    }

    /// A word as the guard reads it: hyphens are separators, and the first character is a letter.
    private static func identifier(of word: String) -> String {
        let isOne = word.utf8.first.map { $0.isLower || $0.isUpper } == true
        var text = isOne ? "" : "q_"
        for scalar in word.unicodeScalars where text.utf8.count < identifierBytesMax {
            text.unicodeScalars.append(scalar == "-" ? "_" : scalar)
        }
        return text
    }
}

extension IdentifierForm {
    /// `sign.in` and `user_settings.page`: words of programs with one dot, and neither a hyphen nor
    /// a number.
    fileprivate mutating func isKeyOfTwoParts(_ word: String) -> Bool {
        let ending = last().traits
        return ending.contains(.perhapsDomain) && !ending.contains(.local) && longestDigits == 0
            && word.utf8.count { $0 == 0x2E } == 1 && !word.utf8.contains(0x2D)
            && last().separator == 0x2E
    }
}
