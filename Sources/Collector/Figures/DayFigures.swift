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
        /// The durations that were told.
        public var durations = DurationHistogram()
        /// Installations by the shortest duration that each told.
        public var quickest = DurationHistogram()
        /// Installations by the longest duration that each told.
        public var slowest = DurationHistogram()

        /// Installations that told durations.
        public var timedInstallations: Int { slowest.total }

        /// Makes an empty cell.
        public init() {}

        /// Adds what one installation told, its count cut to a share.
        fileprivate mutating func add(_ figure: DayCounters.Figure, share: Int) {
            installations += 1
            count += share
            guard let first = figure.durations.bins.first, let last = figure.durations.bins.last
            else { return }
            quickest.add(1, to: first.bucket)
            slowest.add(1, to: last.bucket)
            durations.merge(figure.durations.limited(to: DayFigures.contributionsMax))
        }

        fileprivate mutating func takeAway(_ figure: DayCounters.Figure, share: Int) {
            installations -= 1
            count -= share
            guard let first = figure.durations.bins.first, let last = figure.durations.bins.last
            else { return }
            quickest.subtract(DurationHistogram(counts: [Int(first.bucket): 1]))
            slowest.subtract(DurationHistogram(counts: [Int(last.bucket): 1]))
            durations.subtract(figure.durations.limited(to: DayFigures.contributionsMax))
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
        let shares = EventShares(counters)
        for (name, figure) in counters.figures {
            cells[name, default: Cell()].add(figure, share: shares.share(of: name, figure))
        }
    }

    /// Puts what one installation reports of the day now in the place of what it had reported.
    mutating func replace(_ before: DayCounters, with after: DayCounters) {
        takeAway(before)
        add(after)
    }

    private mutating func takeAway(_ counters: DayCounters) {
        guard !counters.isEmpty else { return }
        installations -= 1
        let shares = EventShares(counters)
        for (name, figure) in counters.figures {
            guard var cell = cells[name] else { continue }
            cell.takeAway(figure, share: shares.share(of: name, figure))
            cells[name] = cell.installations > 0 ? cell : nil
        }
    }
}

extension DayFigures {
    /// The number of the form that `encoded` has now. In form 0 a figure told how many
    /// installations told durations, not how these are spread, and shares were cut one by one.
    private static let form = 1

    /// Whether bytes are of the form that `encoded` has now, so that they can be carried on.
    static func areCurrent(_ bytes: [UInt8]) -> Bool {
        var reader = CompactReader(bytes)
        return reader.number() != nil && reader.number() == form
    }

    /// The figures without day and service, as bytes.
    public var encoded: [UInt8] {
        var writer = CompactWriter()
        writer.number(installations)
        writer.number(Self.form)
        for (name, cell) in cells.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.number(cell.installations)
            writer.number(cell.count)
            writer.histogram(cell.quickest)
            writer.histogram(cell.slowest)
            writer.histogram(cell.durations)
        }
        return writer.bytes
    }

    /// Reads the form of `encoded`, and form 0; nil for anything else.
    public init?(day: Day, service: String, encoded bytes: [UInt8]) {
        self.init(day: day, service: service)
        var reader = CompactReader(bytes)
        guard let installations = reader.number(), let form = reader.number(), form <= Self.form
        else { return nil }
        self.installations = installations
        while !reader.isAtEnd {
            guard let name = reader.text(), let cell = Cell(&reader, form: form) else {
                return nil
            }
            cells[name] = cell
        }
    }
}

extension DayFigures.Cell {
    fileprivate init?(_ reader: inout CompactReader, form: Int) {
        self.init()
        guard let installations = reader.number(), let count = reader.number() else { return nil }
        self.installations = installations
        self.count = count
        if form == 0 {
            guard reader.number() != nil, reader.histogram() != nil else { return nil }
            return
        }
        guard let quickest = reader.histogram(), let slowest = reader.histogram(),
            let durations = reader.histogram()
        else { return nil }
        (self.quickest, self.slowest, self.durations) = (quickest, slowest, durations)
    }
}
