// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The figures of one installation on one day.
public struct DayCounters: Sendable, Equatable {
    /// One figure.
    public struct Figure: Sendable, Equatable {
        /// How often.
        public var count = 0
        /// How long it took, where that was told.
        public var durations = DurationHistogram()
    }

    /// Figures that one installation can have on one day.
    public static let figuresMax = 512

    /// All figures that are not zero.
    public private(set) var figures: [Counter: Figure]

    /// Makes empty figures.
    public init() {
        figures = [:]
    }

    /// Adds a contribution, up to `max` in all for its figure, so that no single installation can
    /// move a published number far. Returns how much was left out.
    public mutating func add(_ contribution: Contribution, max: Int) -> Int {
        let known = figures[contribution.counter]
        guard known != nil || figures.count < Self.figuresMax else { return contribution.amount }
        var figure = known ?? Figure()
        let room = Swift.max(0, max - figure.count)
        let admitted = min(contribution.amount, room)
        guard admitted > 0 else { return contribution.amount }
        figure.count += admitted
        if let duration = contribution.durationMilliseconds {
            figure.durations.add(milliseconds: duration)
        }
        figures[contribution.counter] = figure
        return contribution.amount - admitted
    }

    /// The figures as one JSON text: `{"feature/arp_scan":[3,12,2,13,1]}` is three uses, two of
    /// them in duration bucket 12 and one in 13.
    var stored: String {
        var object = JSONObject()
        for (counter, figure) in figures.sorted(by: { $0.key < $1.key }) {
            let buckets = figure.durations.counts.sorted { $0.key < $1.key }
            let numbers = [figure.count] + buckets.flatMap { [$0.key, $0.value] }
            object[counter.description] = .array(numbers.map { .integer(Int64($0)) })
        }
        return JSONValue.object(object).serialized(.compact)
    }

    /// Reads the form of `stored`; nil for anything else. Figures of a group that is not known here
    /// are passed over.
    init?(stored: String) {
        guard let members = try? JSONValue.parse(stored).objectValue?.members else { return nil }
        figures = [:]
        for member in members {
            let numbers = member.value.arrayValue?.compactMap { $0.integerValue.map { Int($0) } }
            guard let numbers, !numbers.isEmpty, numbers.count % 2 == 1 else { return nil }
            guard let counter = Counter(member.name) else { continue }
            var counts: [Int: Int] = [:]
            for index in stride(from: 1, to: numbers.count, by: 2) {
                counts[numbers[index]] = numbers[index + 1]
            }
            figures[counter] = Figure(
                count: numbers[0], durations: DurationHistogram(counts: counts))
        }
    }
}
