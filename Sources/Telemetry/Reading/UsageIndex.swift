// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite

/// Counts over all stored events, kept from one look to the next: a million events are read once,
/// after that only what is new.
///
/// Holds numbers alone, no event. After a deletion of any kind all is counted again.
package struct UsageIndex {
    /// The choice properties of an event that tell its rows apart: the first so many.
    private static let labelsMax = 3
    private static let labelBits: UInt64 = 21
    private static let labelMask: UInt64 = 1 << labelBits - 1

    private struct Key: Hashable {
        let event: UInt64
        let day: Int32
        /// The numbers of the words, one beside the other; 0 where there is none.
        var labels: UInt64
    }

    private struct Tally {
        var count: Int64 = 0
        var durations = Histogram()
    }

    /// What an event's properties are to the counts, by the number of their names.
    private struct Plan {
        var labels: [UInt64: Int] = [:]
        var duration: UInt64?
    }

    private var tallies: [Key: Tally] = [:]
    private var state = StoreState()

    /// An index that has seen nothing.
    package init() {}

    /// Takes in what is new in the store, or counts again what is left of it.
    mutating func update(_ store: Store, _ catalogue: Catalogue) throws {
        // A snapshot: what is counted and what is noted as seen are the same.
        try store.database.execute("BEGIN")
        defer { try? store.database.execute("COMMIT") }
        let now = try StoreState(store)
        guard now != state else { return }
        if !now.goesOn(from: state) {
            tallies = [:]
            state = StoreState()
        }
        try count(store, catalogue, after: state.newest)
        state = now
    }

    private mutating func count(
        _ store: Store, _ catalogue: Catalogue, after row: Int64
    ) throws {
        let plans = try plans(store, catalogue)
        let statement = try store.database.prepare(
            "SELECT time, name, properties FROM events WHERE id > ? ORDER BY id")
        try statement.bind([.integer(row)])
        while try statement.step() {
            let event = UInt64(bitPattern: statement.integer(1))
            guard let plan = plans[event] else { continue }
            let day = Timestamp(nanoseconds: statement.integer(0)).day.number
            add(statement.blob(2), plan, Key(event: event, day: day, labels: 0))
        }
    }

    private mutating func add(_ properties: [UInt8], _ plan: Plan, _ key: Key) {
        var key = key
        var duration: Int64?
        StoredProperties.forEachNumber(properties) { name, isWord, value in
            if isWord, let slot = plan.labels[name] {
                key.labels |= (value & Self.labelMask) << (UInt64(slot) * Self.labelBits)
            } else if !isWord, name == plan.duration {
                duration = Int64(clamping: value)
            }
        }
        tallies[key, default: Tally()].count += 1
        if let duration { tallies[key, default: Tally()].durations.add(duration) }
    }

    private func plans(_ store: Store, _ catalogue: Catalogue) throws -> [UInt64: Plan] {
        let numbers = try store.numbersByName()
        var plans: [UInt64: Plan] = [:]
        for event in catalogue.events {
            guard let number = numbers[event.name] else { continue }
            var plan = Plan()
            for (slot, name) in Self.labelNames(event).enumerated() {
                if let number = numbers[name] { plan.labels[number] = slot }
            }
            plan.duration = Self.duration(event).flatMap { numbers[$0.name] }
            plans[number] = plan
        }
        return plans
    }

    private static func labelNames(_ event: EventDefinition) -> [String] {
        let choices = event.properties.filter { property in
            if case .choice = property.kind { true } else { false }
        }
        return choices.prefix(labelsMax).map(\.name)
    }

    private static func duration(_ event: EventDefinition) -> (name: String, unit: DurationUnit)? {
        for property in event.properties {
            if case .duration(let unit, _) = property.kind { return (property.name, unit) }
        }
        return nil
    }
}

extension UsageIndex {
    /// What the days of a span amount to.
    func usage(_ span: ClosedRange<Day>, _ store: Store, _ catalogue: Catalogue) throws -> Usage {
        let words = try store.namesByNumber()
        let chosen = tallies.filter {
            span.lowerBound.number...span.upperBound.number ~= $0.key.day
        }
        let groups = catalogue.events.compactMap { event in
            group(event, chosen.filter { words[$0.key.event] == event.name }, words)
        }
        let counts = Dictionary(chosen.map { ($0.key.day, $0.value.count) }, uniquingKeysWith: +)
        let days = (span.lowerBound.number...span.upperBound.number).map {
            Usage.DayCount(day: Day(number: $0), events: counts[$0] ?? 0)
        }
        return Usage(span: span, groups: groups, days: days)
    }

    private func group(
        _ event: EventDefinition, _ tallies: [Key: Tally], _ words: [UInt64: String]
    ) -> Usage.Group? {
        guard !tallies.isEmpty else { return nil }
        let merged = Dictionary(tallies.map { ($0.key.labels, $0.value) }) { left, right in
            var sum = left
            sum.count += right.count
            sum.durations.add(right.durations)
            return sum
        }
        let names = Self.labelNames(event)
        let unit = Self.duration(event)?.unit
        let rows = merged.map { labels, tally in
            row(labels, tally, names.count, unit, words)
        }
        return Usage.Group(
            event: event, labelNames: names,
            rows: rows.sorted {
                ($1.count, $0.labels.joined(separator: " "))
                    < ($0.count, $1.labels.joined(separator: " "))
            })
    }

    private func row(
        _ labels: UInt64, _ tally: Tally, _ names: Int, _ unit: DurationUnit?,
        _ words: [UInt64: String]
    ) -> Usage.Row {
        let texts = (0..<names).map { slot in
            words[labels >> (UInt64(slot) * Self.labelBits) & Self.labelMask] ?? "-"
        }
        let durations = unit.flatMap { unit in
            tally.durations.isEmpty
                ? nil
                : Usage.Durations(
                    unit: unit, median: tally.durations.quantile(percent: 50),
                    ninetieth: tally.durations.quantile(percent: 90))
        }
        return Usage.Row(labels: texts, count: tally.count, durations: durations)
    }
}

/// What tells whether the store only grew since an earlier look, read at the cost of a few rows.
struct StoreState: Equatable {
    private(set) var newest: Int64 = 0
    private var oldest: Int64 = 0
    private var oldestTime: Int64 = 0
    private var newestTime: Int64 = 0
    private var losses: Int64 = 0
    private var oldestBatch: Int64 = 0
    private var deletions: Int64 = 0

    init() {}

    init(_ store: Store) throws {
        let database = store.database
        newest = try database.integer("SELECT max(id) FROM events") ?? 0
        oldest = try database.integer("SELECT min(id) FROM events") ?? 0
        oldestTime = try time(oldest, database)
        newestTime = try time(newest, database)
        // Whatever removes events counts them, or removes a sent batch, or is in the ledger.
        losses = try database.integer("SELECT coalesce(sum(count), 0) FROM losses") ?? 0
        oldestBatch = try database.integer("SELECT min(id) FROM batches") ?? 0
        deletions =
            try database.integer(
                "SELECT max(number) FROM ledger WHERE kind IN ('data_deleted', 'batch_reviewed')")
            ?? 0
    }

    private func time(_ row: Int64, _ database: Connection) throws -> Int64 {
        try database.integer("SELECT time FROM events WHERE id = ?", [.integer(row)]) ?? 0
    }

    /// Whether nothing was removed since `earlier`.
    func goesOn(from earlier: StoreState) -> Bool {
        earlier.newest > 0 && newest >= earlier.newest && oldest == earlier.oldest
            && oldestTime == earlier.oldestTime && losses == earlier.losses
            && deletions == earlier.deletions
            && (newest > earlier.newest || newestTime == earlier.newestTime)
            && (earlier.oldestBatch == 0 || oldestBatch == earlier.oldestBatch)
    }
}
