// SPDX-License-Identifier: Apache-2.0

import Modules
import Testing

@testable import Collector

/// Everything that so few installations may have reported, that all of it can be tried.
///
/// What is published of one event, or of one reason of losses, depends on no other: so one at a
/// time is enough.
struct SmallWorlds: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let k: Int
    let installations: ClosedRange<Int>
    /// The figures to which a record adds, for each kind of record.
    let records: [[String]]
    /// How many records an installation may make.
    let recordsMax: Int

    private init(
        _ description: String, k: Int, _ installations: ClosedRange<Int>, _ records: [[String]],
        upTo recordsMax: Int
    ) {
        testDescription = "\(description), k \(k)"
        (self.k, self.installations, self.recordsMax) = (k, installations, recordsMax)
        self.records = records
    }

    static let all = [
        SmallWorlds("an event without a table", k: 2, 2...7, [plain], upTo: 3),
        SmallWorlds("an event without a table", k: 3, 3...9, [plain], upTo: 2),
        SmallWorlds("an event without a table", k: 4, 4...11, [plain], upTo: 2),
        SmallWorlds("losses", k: 3, 3...9, [["loss/retention"]], upTo: 2),
        SmallWorlds("a table of two values", k: 2, 2...7, table(2), upTo: 2),
        SmallWorlds("a table of two values", k: 3, 3...8, table(2), upTo: 2),
        SmallWorlds("a table of two values", k: 4, 4...11, table(2), upTo: 1),
        SmallWorlds("a table of two values", k: 5, 5...14, table(2), upTo: 1),
        SmallWorlds("a table of three values", k: 2, 2...5, table(3), upTo: 2),
        SmallWorlds("a table of three values", k: 3, 3...9, table(3), upTo: 1),
        SmallWorlds("two tables", k: 2, 2...3, twoTables, upTo: 2),
        SmallWorlds("two tables", k: 3, 3...8, twoTables, upTo: 1),
        SmallWorlds("versions", k: 2, 2...6, [["version/1"], ["version/2"]], upTo: 1),
        SmallWorlds("versions", k: 3, 3...9, [["version/1"], ["version/2"]], upTo: 1),
    ]

    private static let plain = ["event/run"]
    private static func table(_ values: Int) -> [[String]] {
        (1...values).map { plain + ["property/run/a/\($0)"] }
    }
    private static let twoTables = table(2).flatMap { a in
        [a + ["property/run/b/1"], a + ["property/run/b/2"]]
    }

    /// What one installation may report of a day; each reports another event, too.
    private var days: [DayCounters] {
        var (days, longest) = ([DayCounters()], [DayCounters()])
        days[0].add("event/other")
        longest = days
        for _ in 1...recordsMax {
            longest = longest.flatMap { day in
                records.map { $0.reduce(into: day) { $0.add($1) } }
            }
            days += longest
        }
        return days.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Calls with each world of so many installations, in whatever order they are.
    func forEach(of number: Int, _ body: (World) -> Void) {
        let days = days
        func extend(_ world: World, from first: Int) {
            guard world.days.count < number else { return body(world) }
            for index in first..<days.count { extend(world.with(days[index]), from: index) }
        }
        extend(World(), from: 0)
    }

    /// What some installations reported of a day.
    struct World {
        private(set) var days: [DayCounters] = []
        private(set) var figures = DayFigures(day: today, service: "arpguard")

        func with(_ day: DayCounters) -> World {
            var world = self
            world.days.append(day)
            world.figures.add(day)
            return world
        }

        /// Everything that is told of the day, as one text.
        func published(k: Int) -> String {
            let day = PublishedDay(figures, k: k)
            let cells = day.cells.map { counter, cell in
                "\(counter) \(cell.installations) \(cell.count.map { "\($0)" } ?? "-")"
            }
            return "of \(day.installations): \(cells.sorted().joined(separator: ", "))"
        }

        /// Whether there is a group of fewer than `k`: with or without an event or losses, or with
        /// the values of a table that are not shown.
        func hasSmallGroup(k: Int) -> Bool {
            let few = 1..<k
            var hidden: [String: Set<String>] = [:]
            var shown: Set<String> = []
            var undivided: [Int] = []
            for (name, cell) in figures.cells {
                guard let counter = Counter(name) else { continue }
                if [.event, .loss].contains(counter.group) {
                    undivided.append(cell.installations)
                } else if cell.installations < k {
                    hidden[counter.family, default: []].insert(name)
                } else {
                    shown.insert(counter.family)
                }
            }
            let all = figures.installations
            // Where a table shows nothing its list tells how many have its event at most.
            let isListHidden = !Set(hidden.keys).isSubset(of: shown)
            return undivided.contains {
                few ~= $0 || (few ~= all - $0 && !isListHidden)
            }
                || hidden.values.contains { names in
                    few ~= days.count { day in names.contains { day.figures[$0] != nil } }
                }
        }
    }
}
