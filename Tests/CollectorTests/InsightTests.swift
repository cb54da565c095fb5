// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import TestKit
import Testing

@testable import Collector

@Suite struct InsightTests {
    /// The figures of a day on which installations added to figures: a list of them per figure.
    private static func day(
        _ users: [String: [Int]], day: Day = today, service: String = "arpguard"
    ) -> DayFigures {
        var figures = DayFigures(day: day, service: service)
        for installation in Set(users.values.joined()) {
            var counters = DayCounters()
            for (name, users) in users where users.contains(installation) {
                counters.add(name, amount: 2)
            }
            figures.add(counters)
        }
        return figures
    }

    private static func insight(_ days: [DayFigures], k: Int) -> Insight {
        let range = (days.map(\.day).min() ?? today)...(days.map(\.day).max() ?? today)
        return Insight(days, service: "arpguard", days: range, k: k, tallies: [])
    }

    private static func table(_ group: CounterGroup, _ insight: Insight) -> InsightTable? {
        insight.tables.first { $0.group == group }
    }

    @Test func `a sum of which one day is told in steps says that it is at least so much`() throws {
        let exact = Self.day(["feature/a": Array(1...4)])
        let stepped = Self.day(["feature/a": Array(1...3)], day: Day(number: today.number + 1))
        for (days, count, isAtLeast) in [([exact], 8, false), ([exact, stepped], 14, true)] {
            let row = try #require(Self.table(.feature, Self.insight(days, k: 3))?.rows.first)
            #expect(row.count == count && row.isAtLeast == isAtLeast)
            #expect(row.json["count_at_least"]?.boolValue == isAtLeast)
            #expect(row.daily.first?.isAtLeast == false)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let users: [String: [Int]]
        let shown: [String]
    }

    @Test(arguments: [
        Case(
            testDescription: "every group is large: installations are told in steps of k",
            users: ["feature/a": Array(1...30), "feature/b": Array(1...10)],
            shown: ["a 20 60", "b 10 20"]),
        Case(
            testDescription: "some groups are small: the others are shown as without them",
            users: [
                "feature/a": Array(1...30), "feature/b": Array(1...10), "feature/c": [1, 2],
                "feature/d": [1],
            ], shown: ["a 20 60", "b 10 20"]),
        Case(
            testDescription: "records that do not tell are a group like others",
            users: ["feature/a": Array(1...30), "feature/not_told": [31]], shown: ["a 20 60"]),
        Case(
            testDescription: "only one group, and it is small",
            users: ["feature/a": Array(1...9), "event/app_start": Array(1...10)], shown: []),
        Case(
            testDescription: "a day of fewer than k",
            users: ["feature/a": Array(1...9), "feature/b": [1]], shown: []),
    ])
    func `groups of fewer than k are not shown, and hide no other`(_ row: Case) throws {
        let table = try #require(Self.table(.feature, Self.insight([Self.day(row.users)], k: 10)))
        let shown = table.rows.map {
            "\($0.counter.labels[0]) \($0.installations) \($0.count ?? -1)"
        }
        #expect(shown == row.shown)
    }

    @Test(arguments: [
        (["event/run"], ["event/run 24"]),
        (["event/run", "property/run/a/1"], ["event/run -", "property/run/a/1 24"]),
        (
            ["event/run", "property/run/a/1", "property/run/a/2"],
            ["event/run -", "property/run/a/1 24", "property/run/a/2 24"]
        ),
        (
            ["event/run", "property/run/a/1", "property/run/b/1"],
            ["event/run 24", "property/run/a/1 -", "property/run/b/1 -"]
        ),
        (["event/error", "error/replay/other"], ["error/replay/other 24", "event/error -"]),
        (["loss/retention", "version/1.0"], ["loss/retention 24", "version/1.0 -"]),
    ])
    func `of an event and what divides it one alone is counted`(
        names: [String], counted: [String]
    ) {
        // A small group in each table, which a second count would give away.
        let small = names.filter { $0.contains("/run/") }.map { $0.dropLast() + "9" }
        var users = Dictionary(uniqueKeysWithValues: names.map { ($0, Array(1...12)) })
        for name in small { users[String(name)] = [12] }
        let cells = PublishedDay(Self.day(users), k: 10).cells
        let told = cells.map { counter, cell in
            "\(counter) \(cell.count.map { String($0) } ?? "-")"
        }
        #expect(told.sorted() == counted)
    }

    @Test(arguments: [
        (11, 12, 10), (11, 19, 10), (11, 20, 20), (11, 27, 27), (15, 15, 10), (20, 29, 20),
        (20, 30, 30), (29, 29, 20), (29, 31, 31),
    ])
    func `a count that bounds the installations is told in steps`(
        installations: Int, count: Int, told: Int
    ) {
        var figures = DayFigures(day: today, service: "arpguard")
        for number in 0..<installations {
            var counters = DayCounters()
            counters.add("version/1.0")
            let rest = count - installations + 1
            let amount = number > 0 ? 1 : rest
            for name in ["event/run", "loss/retention"] { counters.add(name, amount: amount) }
            figures.add(counters)
        }
        let cells = PublishedDay(figures, k: 10).cells
        #expect(cells[Counter(.event, "run")]?.count == told)
        #expect(cells[Counter(.loss, "retention")]?.count == told)
    }

    @Test(arguments: [0, 9])
    func `an event is not told of more installations than its table counts`(hidden: Int) {
        var figures = DayFigures(day: today, service: "arpguard")
        for number in 0..<150 {
            var counters = DayCounters()
            counters.add("event/app_stop")
            if number < 95 + hidden {
                counters.add("event/feature_usage")
                counters.add(number < 95 ? "feature/replay" : "feature/dashboard")
            }
            figures.add(counters)
        }
        let cells = PublishedDay(figures, k: 10).cells.map {
            "\($0.key) \($0.value.installations) \($0.value.count ?? -1)"
        }
        #expect(
            cells.sorted() == [
                "event/app_stop 140 150", "event/feature_usage 90 -1", "feature/replay 80 90",
            ])
    }

    @Test func `rows beyond the most of a table are counted, each of k or more`() throws {
        let count = Insight.rowsMax + 3
        var users = Dictionary(
            uniqueKeysWithValues: (0..<count).map { ("version/1.\($0)", [1, 2]) })
        for number in 0..<7 { users["version/2.\(number)"] = [1] }
        let table = try #require(Self.table(.version, Self.insight([Self.day(users)], k: 2)))
        #expect(table.rows.count == Insight.rowsMax && table.furtherRows == 3)
    }

    @Test func `a range tells no more than its days, so that ranges can't be subtracted`() {
        let random = SeededRandom(seed: 6)
        let days = (0..<6).map { distance in
            var users: [String: [Int]] = [:]
            for label in ["a", "b", "c"] {
                users["feature/\(label)"] = (0..<30).filter { _ in random.uniform(below: 3) == 0 }
            }
            return Self.day(users, day: Day(number: today.number + Int32(distance)))
        }
        func counts(_ days: ArraySlice<DayFigures>) -> [String: Int] {
            let rows = Self.table(.feature, Self.insight(Array(days), k: 10))?.rows ?? []
            return Dictionary(
                uniqueKeysWithValues: rows.map { ($0.counter.description, $0.count ?? 0) })
        }
        for first in days.indices {
            for last in first..<days.count {
                let sum = days[first...last].map { counts([$0]) }
                    .reduce(into: [String: Int]()) { $0.merge($1, uniquingKeysWith: +) }
                #expect(counts(days[first...last]) == sum)
            }
        }
    }

    @Test func `active installations are shown from k on, by day and on the busiest day`() {
        let yesterday = Day(number: today.number - 1)
        let insight = Self.insight(
            [
                Self.day(["event/app_start": [1, 2]], day: yesterday),
                Self.day(["event/app_start": [1, 2, 3, 4]]),
            ], k: 3)
        #expect(insight.activeInstallations == 4)
        #expect(insight.daily.map(\.installations) == [4])
        #expect(insight.daily.map(\.day) == [today])
        #expect(
            Self.insight([Self.day(["event/app_start": [1, 2]])], k: 3).activeInstallations == nil)
    }

    @Test func `a version tells no exact number of installations`() throws {
        let users = ["version/1.0": Array(1...14), "event/app_start": Array(1...14)]
        let row = try #require(
            Self.table(.version, Self.insight([Self.day(users)], k: 10))?.rows.first)
        #expect(row.installations == 10)
        #expect(row.count == nil)
        #expect(row.daily.map(\.count) == [nil])
    }

    @Test func `durations are shown where k installations told them`() throws {
        var figures = DayFigures(day: today, service: "arpguard")
        for number in 0..<4 {
            var counters = DayCounters()
            counters.add("feature/arp_scan")
            counters.add("feature/replay")
            if number < 2 { counters.time("feature/arp_scan", .init(counts: [40: 1])) }
            if number < 3 { counters.time("feature/replay", .init(counts: [5: 1])) }
            figures.add(counters)
        }
        let rows = try #require(Self.table(.feature, Self.insight([figures], k: 3))).rows
        #expect(rows.map(\.counter.labels) == [["arp_scan"], ["replay"]])
        #expect(rows.map { $0.durations?.p50 } == [nil, 5])
    }

    @Test(arguments: [(0, "0 ms"), (1, "<= 1 ms"), (5_000, "<= 5000 ms")])
    func `what took at most nothing is not said to be less`(bound: Int, words: String) {
        #expect(DurationQuantiles.words(bound, atMost: "<=") == words)
    }

    @Test func `k is never below two`() throws {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["event/app_start": 1]]))
        let insight = try store.storage.insight(in: today...today, k: 1)
        #expect(insight.k == 2)
        #expect(insight.activeInstallations == nil)
    }

    @Test func `without a service the largest is shown, and all are named`() throws {
        let store = try SampleStore()
        for number in 1...3 {
            var sent = batch("\(number)", of: number, [today: ["event/rule_run": 1]])
            sent.service = number == 1 ? "arpguard" : "swiftlinter"
            try store.storage.commit(sent)
        }
        let insight = try store.storage.insight(in: today...today, k: 2)
        #expect(insight.service == "swiftlinter")
        #expect(insight.services == ["swiftlinter"], "one installation is no k")
        #expect(try store.storage.insight(of: "none", in: today...today, k: 2).daily.isEmpty)
    }

    @Test func `the JSON form names labels and leaves figures null that are not told`() throws {
        var figures = DayFigures(day: today, service: "arpguard")
        for _ in 0..<2 {
            var counters = DayCounters()
            counters.add(
                "run/replay",
                durations: .init(counts: [DurationHistogram.bucket(of: 100): 1]))
            counters.add("alert/arp_spoofing/high")
            figures.add(counters)
        }
        let json = Self.insight([figures], k: 2).json
        #expect(json["active_installations"] == 2)
        #expect(
            json["detection_runs"] == [
                "rows": [
                    [
                        "mode": "replay", "installations": 2, "count": 2,
                        "count_at_least": true,
                        "duration_ms": ["p50": 111, "p90": 111, "p99": 111],
                        "days": [
                            [
                                "day": .string(today.description), "installations": 2,
                                "count": 2, "count_at_least": true,
                                "duration_ms": ["p50": 111, "p90": 111, "p99": 111],
                            ]
                        ],
                    ]
                ],
                "further_rows": 0,
            ])
        #expect(json["alerts"]?["rows"]?.arrayValue?[0]["severity"] == "high")
        #expect(json["errors"] == ["rows": [], "further_rows": 0])
        #expect(json["left_out"] == [:])
    }

    @Test func `what is left out does not tell of one installation's erasure or share`() {
        let figures = DayFigures(day: today, service: "arpguard")
        var tally = Tally()
        tally.add(.erased, 3)
        tally.add(.share, 5)
        tally.add(.event, 7)
        var day = DayTally()
        for _ in 1...10 { day.add(tally, isFirst: true) }
        let insight = Insight(
            [figures], service: "arpguard", days: today...today, k: 10, tallies: [day])
        #expect(insight.tally.counts == [.event: 70])
    }

    @Test func `what fewer than k installations left out on a day is told in no range of days`() {
        func insight(_ days: ClosedRange<Int>) -> Tally {
            // k installations bring each day's, but on the third, which lacks one.
            let tallies = days.map { number in
                var day = DayTally()
                day.add(.event, 20, of: number == 3 ? 9 : 10)
                return day
            }
            return Insight(
                [], service: "arpguard", days: today...today, k: 10, tallies: tallies
            ).tally
        }
        #expect(insight(1...2).counts == [.event: 40])
        #expect(insight(1...3).counts == [.event: 40])
        #expect(insight(3...3).counts == [:])
        #expect(insight(1...4).counts == [.event: 60])
    }

    @Test(arguments: [0, 3, 20])
    func `a table that is hidden decides nothing of what is counted`(others: Int) {
        var figures = DayFigures(day: today, service: "arpguard")
        for installation in 0..<20 {
            var counters = DayCounters()
            counters.add("event/app_start")
            counters.add("property/app_start/mode/watch")
            if installation < others { counters.add("property/app_start/os/linux") }
            figures.add(counters)
        }
        let cells = PublishedDay(figures, k: 10).cells.map { ($0.key.description, $0.value.count) }
        let counts = Dictionary(uniqueKeysWithValues: cells)
        #expect(counts["event/app_start"] == (others < 10 ? .some(nil) : 20))
        #expect(counts["property/app_start/mode/watch"] == (others < 10 ? 20 : .some(nil)))
    }

    @Test func `names that somebody invents are not kept, and hide nobody else's`() {
        var figures = DayFigures(day: today, service: "arpguard")
        for installation in 0..<12 {
            var counters = DayCounters()
            counters.add("event/app_start")
            counters.add("version/\(installation < 11 ? "1.0" : "1.1").0")
            for number in 0..<200 { counters.add("version/\(installation).9.\(number)") }
            counters.add("version/other")
            figures.add(counters)
        }
        let limited = figures.limited
        #expect(figures.cells.count == 2404)
        #expect(limited.cells.count == DayFigures.familyMax + 2)
        #expect(limited.cells["version/1.0.0"] == figures.cells["version/1.0.0"])
        #expect(limited.cells["version/other"] == figures.cells["version/other"])
        #expect(limited.cells["version/~"]?.count == 2403 - DayFigures.familyMax)
        #expect(limited.isLimited && !figures.isLimited)
        #expect(limited.limited == limited)
        let shown = PublishedDay(limited, k: 10).cells.keys.map(\.description)
        #expect(shown.sorted() == ["event/app_start", "version/1.0.0", "version/other"])
    }
}
