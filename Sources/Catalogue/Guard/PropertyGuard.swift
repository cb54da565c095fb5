// SPDX-License-Identifier: Apache-2.0

/// The guard of identifiers: refuses what has, or could be read as, a personal form.
///
/// It knows forms: addresses as people and programs write them, names of machines and files,
/// tokens, hashes. It catches mistakes, and is no proof: about a third of the addresses that are
/// packed into a few letters (a MAC address in base64, an IPv4 address in base36) look like words
/// and pass. Plain words can't be told from names of people or machines by any rule, nor can all
/// names of machines whose parts stand apart behind another word (`peer_srv_db_72`). That is why
/// the shipped catalogue has closed lists only, and why a host should use them wherever it can.
public enum PropertyGuard {
    /// The longest identifier, in bytes.
    public static let identifierBytesMax = 64

    /// What an identifier was refused for. The refused text is never part of it.
    public enum Suspicion: String, Sendable, CaseIterable {
        /// It is not `[A-Za-z][A-Za-z0-9_.]{0,63}`.
        case grammar
        /// A long run of digits, or groups that make one: a telephone number, a card.
        case digits
        /// An IPv4 address: four numbers, whatever stands between them.
        case ipv4
        /// Hexadecimal digits: an IPv6 or MAC address, a UUID, a hash.
        case hex
        /// A host, a domain, a URL or a mail address.
        case host
        /// A machine that is called after its owner, or by its maker.
        case device
        /// The name of a file.
        case file
        /// A path.
        case path
        /// Characters without the pattern of words: a token, a key, a password.
        case token
    }

    /// Whether an identifier may be recorded.
    public static func admits(_ text: String) -> Bool { suspicion(of: text) == nil }

    /// Why an identifier may not be recorded; nil if it may. Allocates nothing.
    public static func suspicion(of text: String) -> Suspicion? {
        var form = IdentifierForm()
        guard form.read(text) else { return .grammar }
        if form.hasIPv4Address() { return .ipv4 }
        if form.hasLongDigits() { return .digits }
        if form.hasHexForm() { return .hex }
        if form.looksLikeHost() { return .host }
        if form.looksLikeDevice() { return .device }
        if form.looksLikeFile() { return .file }
        if form.looksLikePath() { return .path }
        if form.looksLikeToken() { return .token }
        return nil
    }
}

extension UInt8 {
    /// `0` to `9`.
    var isDigit: Bool { self &- 0x30 < 10 }
    /// `a` to `z`.
    var isLower: Bool { self &- 0x61 < 26 }
    /// `A` to `Z`.
    var isUpper: Bool { self &- 0x41 < 26 }
    /// `0` to `9` and `a` to `f`.
    var isLowerHex: Bool { isDigit || self &- 0x61 < 6 }
}
