// SPDX-License-Identifier: Apache-2.0

/// Bytes as base 64 (RFC 4648 sections 4 and 5).
public enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The standard alphabet with padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let piece = bytes[start..<min(start + 3, bytes.count)]
            var group = piece.reduce(0) { $0 << 8 | UInt32($1) }
            group <<= UInt32(3 - piece.count) * 8
            for index in 0..<4 {
                let digit = alphabet[Int(group >> UInt32(18 - index * 6) & 0x3F)]
                text.append(index <= piece.count ? digit : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that a text of either alphabet, standard or URL-safe, with or without padding,
    /// stands for; nil for any other character, a wrong length or bits left over.
    public static func decode(_ text: String) -> [UInt8]? {
        guard let characters = withoutPadding(Array(text.utf8)) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var bits: UInt32 = 0
        var bitCount: UInt32 = 0
        for character in characters {
            guard let digit = value(of: character) else { return nil }
            bits = bits << 6 | digit
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
                bits &= 1 << bitCount - 1
            }
        }
        return bits == 0 && bitCount < 6 ? bytes : nil
    }

    /// The characters before the padding; nil where padding does not fill a group of four.
    private static func withoutPadding(_ text: [UInt8]) -> ArraySlice<UInt8>? {
        let count = text.suffix(2).count { $0 == padding }
        guard count > 0 else { return text[...] }
        return text.count.isMultiple(of: 4) ? text.dropLast(count) : nil
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
