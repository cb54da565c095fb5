// SPDX-License-Identifier: Apache-2.0

/// A word of a line of code with what stands right before and right after it.
struct Word {
    let text: Substring
    let before: Character?
    let after: Character?
}

extension Substring {
    /// The words of a line: letters, digits and underscores.
    var words: [Word] {
        var words: [Word] = []
        var index = startIndex
        while index < endIndex {
            guard self[index].isWordPart else {
                index = self.index(after: index)
                continue
            }
            let end = self[index...].firstIndex { !$0.isWordPart } ?? endIndex
            let before = index == startIndex ? nil : self[self.index(before: index)]
            words.append(
                Word(
                    text: self[index..<end], before: before, after: end < endIndex ? self[end] : nil
                ))
            index = end
        }
        return words
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
