// SPDX-License-Identifier: Apache-2.0

/// What one batch, or one installation, adds to the figures of one day, by the figure's name
/// (`Counter.description`).
public struct DayCounters: Sendable, Equatable {
    /// One figure.
    public struct Figure: Sendable, Equatable {
        /// How often.
        public var count: Int
        /// How long it took, where that was told.
        public var durations: DurationHistogram

        /// Describes a figure.
        public init(count: Int = 0, durations: DurationHistogram = DurationHistogram()) {
            self.count = count
            self.durations = durations
        }

        fileprivate mutating func add(_ amount: Int, _ durations: DurationHistogram) {
            let sum = count.addingReportingOverflow(amount)
            count = sum.overflow ? .max : sum.partialValue
            if !durations.isEmpty { self.durations.merge(durations) }
        }
    }

    /// Figures that one batch, and one installation on one day, can have.
    public static let figuresMax = 512
    /// Bytes of a figure's name.
    public static let nameBytesMax = 255

    /// All figures that are not zero.
    public private(set) var figures: [String: Figure]

    /// Makes empty figures.
    public init() {
        figures = [:]
    }

    /// Makes empty figures with room for some.
    init(capacity: Int) {
        figures = Dictionary(minimumCapacity: capacity)
    }

    /// Puts in a figure that is not there yet. False when it is one too many.
    mutating func insert(_ name: String, _ figure: Figure) -> Bool {
        guard figures.count < Self.figuresMax else { return false }
        figures[name] = figure
        return true
    }

    /// Whether there is no figure.
    public var isEmpty: Bool { figures.isEmpty }

    /// Records that were counted: each adds one to the figure of its event.
    var recordCount: Int {
        let events = "\(CounterGroup.event.rawValue)/"
        return figures.reduce(0) { $0 + ($1.key.hasPrefix(events) ? $1.value.count : 0) }
    }

    /// Adds to a figure. False when it is one too many and was left out.
    @discardableResult
    public mutating func add(
        _ name: String, amount: Int = 1, durations: DurationHistogram = DurationHistogram()
    ) -> Bool {
        guard amount > 0, figures[name] != nil || figures.count < Self.figuresMax else {
            return false
        }
        figures[name, default: Figure()].add(amount, durations)
        return true
    }

    /// Adds durations to a figure that is there.
    public mutating func time(_ name: String, _ durations: DurationHistogram) {
        figures[name]?.durations.merge(durations)
    }

    /// Adds all figures of other counters. Of too many the last by name are left out, but for
    /// versions, so that batches come to the same in whatever order they are merged.
    ///
    /// Returns how much was left out.
    @discardableResult
    public mutating func merge(_ other: DayCounters) -> Int {
        guard !isEmpty else {
            figures = other.figures
            return 0
        }
        for (name, figure) in other.figures {
            figures[name, default: Figure()].add(figure.count, figure.durations)
        }
        guard figures.count > Self.figuresMax else { return 0 }
        let versions = "\(CounterGroup.version.rawValue)/"
        let names = figures.keys.sorted {
            ($0.hasPrefix(versions) ? 0 : 1, $0) < ($1.hasPrefix(versions) ? 0 : 1, $1)
        }
        return names.dropFirst(Self.figuresMax).reduce(0) { sum, name in
            sum + (figures.removeValue(forKey: name)?.count ?? 0)
        }
    }
}

extension DayCounters {
    /// The figures as bytes, in the order of their names: length and bytes of the name, the count,
    /// how many duration buckets, and each of those with its count. Numbers are varints.
    public var encoded: [UInt8] {
        var writer = CompactWriter()
        for (name, figure) in figures.sorted(by: { $0.key < $1.key }) {
            writer.text(name)
            writer.number(figure.count)
            writer.histogram(figure.durations)
        }
        return writer.bytes
    }

    /// Reads the form of `encoded`; nil for anything else.
    public init?(encoded bytes: [UInt8]) {
        self.init()
        var reader = CompactReader(bytes)
        while !reader.isAtEnd {
            guard let name = reader.text(), let count = reader.number(), count > 0,
                let durations = reader.histogram()
            else { return nil }
            add(name, amount: count, durations: durations)
        }
    }
}
