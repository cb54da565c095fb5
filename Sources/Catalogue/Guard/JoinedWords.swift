// SPDX-License-Identifier: Apache-2.0

/// The words of an identifier without what separates them: small letters and digits, and where
/// words begin.
///
/// A word begins behind a separator, where letters and digits meet, at a capital behind a small
/// letter, and on either side of the last of several capitals: `HTTPServer`, `ANNAscan`.
struct JoinedWords {
    private static let start: UInt8 = 0x80

    /// The characters; the highest bit marks the first one of a word.
    private var bytes: [UInt8] = []

    init(_ text: String) {
        bytes.reserveCapacity(text.utf8.count)
        var (before, capitals) = (Kind.separator, 0)
        for byte in text.utf8 {
            let kind = Kind(byte)
            if kind == .separator {
                (before, capitals) = (kind, 0)
                continue
            }
            if kind == .small, capitals > 1 { bytes[bytes.count - 1] |= Self.start }
            let begins = kind != before && !(kind == .small && capitals == 1)
            bytes.append(byte | (kind == .capital ? 0x20 : 0) | (begins ? Self.start : 0))
            capitals = kind == .capital ? capitals + 1 : 0
            before = kind
        }
    }

    private enum Kind {
        case separator, capital, small, digit

        init(_ byte: UInt8) {
            self =
                if byte.isLower { .small } else if byte.isUpper { .capital } else if byte.isDigit {
                    .digit
                } else { .separator }
        }
    }

    /// Each word in small letters.
    var words: [String] {
        let starts = bytes.indices.filter { bytes[$0] >= Self.start }
        return zip(starts, starts.dropFirst() + [bytes.count]).map { start, end in
            String(decoding: bytes[start..<end].map { $0 & ~Self.start }, as: UTF8.self)
        }
    }

    /// Whether a name is one word, or several that follow each other; or any part of them.
    func hold(_ name: [UInt8], alsoWithin isAnywhere: Bool) -> Bool {
        guard name.count <= bytes.count else { return false }
        return (0...bytes.count - name.count).contains { start in
            let end = start + name.count
            let isRow =
                bytes[start] >= Self.start && (end == bytes.count || bytes[end] >= Self.start)
            return (isRow || isAnywhere)
                && name.indices.allSatisfy { bytes[start + $0] & ~Self.start == name[$0] }
        }
    }
}
