// SPDX-License-Identifier: Apache-2.0

/// Finds the word that a mistyped one was meant to be.
public enum Suggestion {
    /// Words longer than this are not compared: the cost is the product of both lengths.
    static let charactersMax = 64
    /// More edits than this are another word, not a slip.
    static let editsMax = 2

    /// Shorter words begin too many others to tell what was meant.
    static let beginningMin = 3

    /// The closest candidate within the allowed edits, the first of equals; else the first that the
    /// word begins; nil if there is none.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        guard word.count <= charactersMax else { return nil }
        let edits = min(editsMax, max(1, word.count / 3))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates where candidate.count <= charactersMax {
            let distance = distance(Array(word), Array(candidate))
            if distance <= edits, distance < best?.distance ?? Int.max {
                best = (candidate, distance)
            }
        }
        guard best == nil, word.count >= beginningMin else { return best?.candidate }
        return candidates.first { $0.hasPrefix(word) }
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between two words
    /// (optimal string alignment distance).
    static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var older = [Int](repeating: 0, count: right.count + 1)
        var old = Array(0...right.count)
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                let cost = left[i] == right[j] ? 0 : 1
                var best = min(old[j + 1] + 1, row[j] + 1, old[j] + cost)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, older[j - 1] + 1)
                }
                row.append(best)
            }
            (older, old) = (old, row)
        }
        return old[right.count]
    }
}
