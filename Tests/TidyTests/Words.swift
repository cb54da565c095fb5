// SPDX-License-Identifier: Apache-2.0

/// A word of a line of code with what stands right before and right after it.
struct Word {
    let text: Substring
    let before: Character?
    let after: Character?
}

extension Substring {
    /// The words of a line: letters, digits and underscores, and all that is not ASCII.
    var words: [Word] {
        var words: [Word] = []
        var index = startIndex
        while let start = utf8[index...].firstIndex(where: \.isWordPart) {
            let end = utf8[start...].firstIndex { !$0.isWordPart } ?? endIndex
            words.append(
                Word(
                    text: self[start..<end],
                    before: start > startIndex ? self[self.index(before: start)] : nil,
                    after: end < endIndex ? self[end] : nil))
            index = end
        }
        return words
    }
}

extension UInt8 {
    fileprivate var isWordPart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...: true
        default: false
        }
    }
}
