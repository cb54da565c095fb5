// SPDX-License-Identifier: Apache-2.0

/// The guard of identifiers: refuses what has, or could be read as, a personal form.
///
/// Plain words can't be told from names of people or machines by any rule; that is why the shipped
/// catalogue has closed lists only, and why a host program should use them wherever it can.
public enum PropertyGuard {
    /// The longest identifier, in bytes.
    public static let identifierBytesMax = 64
    /// The longest run of digits that an identifier may have.
    static let digitRunMax = 6
    /// The longest piece that may consist of hexadecimal digits with a digit among them.
    static let hexPieceMax = 7

    /// Endings that make a dotted name look like a host, a domain or a file.
    private static let suspiciousEndings: Set<String> = [
        "arpa", "biz", "ch", "cloud", "com", "de", "dev", "edu", "eu", "example", "fr", "gov",
        "home", "info", "internal", "invalid", "io", "lan", "local", "localdomain", "localhost",
        "net", "org", "test", "uk", "us",
        "bak", "bin", "cfg", "conf", "csv", "db", "doc", "docx", "gz", "ini", "jpg", "json", "key",
        "log", "pcap", "pcapng", "pdf", "pem", "png", "sh", "sql", "swift", "tar", "txt", "xml",
        "yaml", "yml", "zip",
    ]

    /// Whether an identifier may be recorded.
    public static func admits(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard obeysGrammar(bytes) else { return false }
        let lower = text.lowercased()
        let pieces = lower.split { $0 == "." || $0 == "_" }.map(String.init)
        return longestDigitRun(bytes) <= digitRunMax
            && !pieces.contains(where: looksLikeHex)
            && !hasNumberChain(pieces)
            && !hasPairChain(pieces)
            && !looksLikeHostOrFile(lower)
            && !looksLikeToken(pieces)
    }

    /// `[A-Za-z][A-Za-z0-9_.]{0,63}`
    static func obeysGrammar(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, isLetter(first), bytes.count <= identifierBytesMax else {
            return false
        }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x5F || $0 == 0x2E }
    }

    /// Up to four numbers of up to four digits, and an optional `-alpha`, `-beta` or `-rc` with
    /// up to three digits.
    public static func isVersion(_ text: String) -> Bool {
        guard text.utf8.count <= 32 else { return false }
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count <= 4, numbers.allSatisfy({ isNumber($0, digitsMax: 4) }) else {
            return false
        }
        guard halves.count == 2 else { return true }
        let tail = halves[1].split(separator: ".", omittingEmptySubsequences: false)
        return ["alpha", "beta", "rc"].contains(tail[0])
            && (tail.count == 1 || (tail.count == 2 && isNumber(tail[1], digitsMax: 3)))
    }

    private static func isNumber(_ text: Substring, digitsMax: Int) -> Bool {
        (1...digitsMax).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit)
    }

    private static func longestDigitRun(_ bytes: [UInt8]) -> Int {
        var longest = 0
        var run = 0
        for byte in bytes {
            run = isDigit(byte) ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }

    /// A piece such as `deadbeef01`: an address, a hash or a part of a UUID. English has no word
    /// of twelve letters from a to f.
    private static func looksLikeHex(_ piece: String) -> Bool {
        let bytes = piece.utf8
        return bytes.count > hexPieceMax && bytes.allSatisfy(isHexDigit)
            && (bytes.contains(where: isDigit) || bytes.count >= 12)
    }

    /// Four numbers in a row: an IPv4 address, with any separator that the grammar lets through.
    private static func hasNumberChain(_ pieces: [String]) -> Bool {
        hasRun(of: 4, in: pieces) { piece in
            let digits = piece.utf8.drop { isLetter($0) }
            return !digits.isEmpty && digits.count <= 3 && digits.allSatisfy(isDigit)
        }
    }

    /// Five pairs of hexadecimal digits in a row: a MAC address.
    private static func hasPairChain(_ pieces: [String]) -> Bool {
        hasRun(of: 5, in: pieces) { $0.utf8.count <= 2 && $0.utf8.allSatisfy(isHexDigit) }
    }

    private static func hasRun(
        of length: Int, in pieces: [String], _ matches: (String) -> Bool
    ) -> Bool {
        var run = 0
        for piece in pieces {
            run = matches(piece) ? run + 1 : 0
            if run == length { return true }
        }
        return false
    }

    private static func looksLikeHostOrFile(_ lower: String) -> Bool {
        guard let dot = lower.lastIndex(of: ".") else { return false }
        return suspiciousEndings.contains(String(lower[lower.index(after: dot)...]))
    }

    /// A long piece that mixes letters and digits back and forth, as tokens and keys do.
    private static func looksLikeToken(_ pieces: [String]) -> Bool {
        pieces.contains { piece in
            let kinds = piece.utf8.map(isDigit)
            let changes = zip(kinds, kinds.dropFirst()).count { $0 != $1 }
            return changes >= 4 || (piece.utf8.count >= 20 && changes >= 2)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    }
}
