// SPDX-License-Identifier: Apache-2.0

extension Catalogue {
    /// `event.property` with what the property may hold, in the words that the digest covers.
    package var kindsByTerm: [String: String] {
        let pairs = events.flatMap { event in
            event.properties.map { ("\(event.name).\($0.name)", $0.kind.canonical) }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension PropertyKind {
    /// Whether all that a kind admits was admitted by another one, both in the words of the digest.
    ///
    /// A shorter list is covered by a longer one, a lower bound by a higher one, and all else by
    /// itself alone.
    package static func isCovered(_ kind: String, by other: String) -> Bool {
        if kind == other { return true }
        let (new, old) = (Parts(kind), Parts(other))
        guard new.head == old.head else { return false }
        if new.head == "choice" { return Set(new.words).isSubset(of: old.words) }
        guard let newMax = new.max, let oldMax = old.max else { return false }
        return newMax <= oldMax
    }

    /// `choice a|b`, `count 10`, `duration seconds 10`.
    private struct Parts {
        let head: Substring
        let words: [Substring]
        let max: Int64?

        init(_ canonical: String) {
            let last = canonical.lastIndex(of: " ") ?? canonical.startIndex
            let tail = canonical[last...].dropFirst()
            head = canonical[..<last]
            words = tail.split(separator: "|")
            max = Int64(tail)
        }
    }
}
