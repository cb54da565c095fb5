// SPDX-License-Identifier: Apache-2.0

extension DayFigures {
    /// Figures of one family, such as versions, that are named on a day. No closed list of the
    /// catalogue has more; whoever invents versions or identifiers gains nothing beyond.
    static let familyMax = 1000
    /// Figures of a day from which on those that are too many are left out while it is summed.
    static let summedCellsMax = 50_000

    /// The day with no more than `familyMax` figures in a family, those of most installations. What
    /// the others come to is one figure of no installation, which is never shown.
    var limited: DayFigures {
        guard cells.count > Self.familyMax else { return self }
        var families: [String: [(counter: Counter, name: String)]] = [:]
        for name in cells.keys {
            guard let counter = Counter(name) else { continue }
            families[counter.family, default: []].append((counter, name))
        }
        var limited = self
        for members in families.values where members.count > Self.familyMax {
            limited.leaveOut(members)
        }
        return limited
    }

    /// Whether figures were left out, so that the day can't be carried on.
    var isLimited: Bool { cells.values.contains { $0.installations == 0 } }

    private mutating func leaveOut(_ members: [(counter: Counter, name: String)]) {
        let ranked = members.map { (cells[$0.name]?.installations ?? 0, $0.counter, $0.name) }
            .sorted { ($1.0, $0.2) < ($0.0, $1.2) }
        var rest = Cell()
        for (_, _, name) in ranked.dropFirst(Self.familyMax) {
            rest.count += cells.removeValue(forKey: name)?.count ?? 0
        }
        guard let counter = members.first?.counter.rest else { return }
        rest.count += cells[counter.description]?.count ?? 0
        cells[counter.description] = rest
    }
}
