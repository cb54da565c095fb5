// SPDX-License-Identifier: Apache-2.0

/// What an event and its properties may be called, and what a list of choices may be: one rule for
/// the program that declares them and for the collector that reads them.
///
/// Terms are told apart by `event.property`, lists by `a|b`, and both stand in files and figures.
package enum DeclarationRules {
    /// The longest name or word, in bytes.
    package static let nameBytesMax = 64
    /// The most words of one choice, `other` included.
    package static let wordsMax = 512

    /// Whether an event or a property may be called so: `[a-z][a-z0-9_]{0,63}`.
    package static func isName(_ text: String) -> Bool {
        text.utf8.count <= nameBytesMax && text.utf8.first?.isLower == true
            && text.utf8.allSatisfy { $0.isLower || $0.isDigit || $0 == 0x5F }
    }

    /// Whether a choice may have the word: `[A-Za-z0-9._-]{1,64}`.
    package static func isWord(_ text: String) -> Bool {
        (1...nameBytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte.isLower || byte.isUpper || byte.isDigit
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }

    /// Whether a property may be of the kind: no bound below 0, no list with other words or more
    /// of them.
    package static func isSound(_ kind: PropertyKind) -> Bool {
        switch kind {
        case .choice(let words): words.count <= wordsMax && words.allSatisfy(isWord)
        case .count(let max), .duration(_, let max): max >= 0
        case .identifier, .version, .bool: true
        }
    }

    /// Whether no two properties of an event answer to one name.
    package static func areDistinct(_ properties: [PropertyDefinition]) -> Bool {
        let names = properties.flatMap { [$0.name] + $0.aliases }
        return Set(names).count == names.count
    }
}
