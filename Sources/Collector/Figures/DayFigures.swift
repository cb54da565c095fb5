// SPDX-License-Identifier: Apache-2.0

public import Modules

/// The figures of one service on one day over all its installations. It tells of none of them, but
/// small groups are still in it: only `PublishedDay` may be shown.
public struct DayFigures: Sendable, Equatable {
    /// What one installation can add to one figure on one day.
    public static let contributionsMax = 1000

    /// One figure over all installations.
    public struct Cell: Sendable, Equatable {
        /// Installations that added to it.
        public var installations = 0
        /// The sum of what they added, each up to the limit.
        public var count = 0
        /// Installations that told durations.
        public var timedInstallations = 0
        /// The durations that were told.
        public var durations = DurationHistogram()

        /// Makes an empty cell.
        public init() {}

        /// Adds what one installation told, up to its share.
        fileprivate mutating func add(_ figure: DayCounters.Figure) {
            installations += 1
            count += min(figure.count, DayFigures.contributionsMax)
            guard !figure.durations.isEmpty else { return }
            timedInstallations += 1
            durations.merge(figure.durations.limited(to: DayFigures.contributionsMax))
        }
    }

    /// The day.
    public var day: Day
    /// The product, `service.name`.
    public var service: String
    /// Installations that reported anything of the day.
    public var installations = 0
    /// Each figure by its name (`Counter.description`).
    public var cells: [String: Cell] = [:]
    /// Whether the day is folded, so that nothing in it can be erased any more.
    public var isFolded = false

    /// Makes empty figures.
    public init(day: Day, service: String) {
        self.day = day
        self.service = service
    }

    /// Adds everything that one installation reported of the day; called once for each.
    public mutating func add(_ counters: DayCounters) {
        guard !counters.isEmpty else { return }
        installations += 1
        for (name, figure) in counters.figures { cells[name, default: Cell()].add(figure) }
    }

    /// Puts what one installation reports of the day now in the place of what it had reported.
    mutating func replace(_ before: DayCounters, with after: DayCounters) {
        takeAway(before)
        add(after)
    }

    private mutating func takeAway(_ counters: DayCounters) {
        guard !counters.isEmpty else { return }
        installations -= 1
        for (name, figure) in counters.figures {
            guard var cell = cells[name] else { continue }
            cell.installations -= 1
            cell.count -= min(figure.count, Self.contributionsMax)
            if !figure.durations.isEmpty {
                cell.timedInstallations -= 1
                cell.durations.subtract(figure.durations.limited(to: Self.contributionsMax))
            }
            cells[name] = cell.installations > 0 ? cell : nil
        }
    }
}

extension DayFigures {
    /// The figures without day and service, as bytes.
    public var encoded: [UInt8] {
        var writer = CompactWriter()
        writer.number(installations)
        // Earlier versions kept a number here that was shown nowhere.
        writer.number(0)
        for (name, cell) in cells.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.number(cell.installations)
            writer.number(cell.count)
            writer.number(cell.timedInstallations)
            writer.histogram(cell.durations)
        }
        return writer.bytes
    }

    /// Reads the form of `encoded`; nil for anything else.
    public init?(day: Day, service: String, encoded bytes: [UInt8]) {
        self.init(day: day, service: service)
        var reader = CompactReader(bytes)
        guard let installations = reader.number(), reader.number() != nil else { return nil }
        self.installations = installations
        while !reader.isAtEnd {
            var cell = Cell()
            guard let name = reader.text(), let installations = reader.number(),
                let count = reader.number(), let timed = reader.number(),
                let durations = reader.histogram()
            else { return nil }
            cell.installations = installations
            cell.count = count
            cell.timedInstallations = timed
            cell.durations = durations
            cells[name] = cell
        }
    }
}
