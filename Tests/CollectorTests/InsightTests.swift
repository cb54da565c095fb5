// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Testing

@testable import Collector

@Suite struct InsightTests {
    /// An insight of installations that used features: one list of installations per feature.
    private static func features(_ users: [String: [Int]], k: Int) -> InsightTable? {
        var accumulator = InsightAccumulator(k: k)
        let all = Set(users.values.joined()).sorted()
        for (index, installation) in all.enumerated() {
            var counters = DayCounters()
            for (feature, users) in users where users.contains(installation) {
                _ = counters.add(Contribution(Counter(.feature, feature), amount: 2), max: 1000)
            }
            accumulator.add(installation: index, day: today, counters: counters)
        }
        let insight = accumulator.insight(days: today...today, tally: Tally())
        return insight.tables.first { $0.group == .feature }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let users: [String: [Int]]
        let shown: [String]
        let suppressed: Int
        let total: Int?
    }

    @Test(arguments: [
        Case(
            testDescription: "every group is large",
            users: ["a": Array(1...12), "b": Array(1...10)],
            shown: ["a 12 24", "b 10 20"], suppressed: 0, total: 44),
        Case(
            testDescription: "one group is small: the next smallest goes too",
            users: ["a": Array(1...30), "b": Array(1...20), "c": Array(1...9)],
            shown: ["a 30 60"], suppressed: 2, total: 118),
        Case(
            testDescription: "two small groups of the same few give each other no cover",
            users: ["a": Array(1...30), "b": Array(1...20), "c": [1, 2], "d": [1, 2]],
            shown: ["a 30 60"], suppressed: 3, total: 108),
        Case(
            testDescription: "small groups that are k together need no further one",
            users: ["a": Array(1...30), "b": Array(1...5), "c": Array(6...10)],
            shown: ["a 30 60"], suppressed: 2, total: 80),
        Case(
            testDescription: "only one group, and it is small",
            users: ["a": Array(1...9)], shown: [], suppressed: 1, total: nil),
        Case(
            testDescription: "only small groups, but many installations",
            users: ["a": Array(1...9), "b": Array(11...19)],
            shown: [], suppressed: 2, total: 36),
    ])
    func `groups of fewer than k are suppressed and can't be computed`(_ row: Case) throws {
        let table = try #require(Self.features(row.users, k: 10))
        let shown = table.rows.map { "\($0.counter.labels[0]) \($0.installations) \($0.count)" }
        #expect(shown == row.shown)
        #expect(table.suppressedRows == row.suppressed)
        #expect(table.total == row.total)
    }

    @Test func `active installations are shown from k on, in all and by day`() {
        let yesterday = Day(number: today.number - 1)
        var accumulator = InsightAccumulator(k: 3)
        for number in 0..<4 {
            if number < 2 {
                accumulator.add(installation: number, day: yesterday, counters: DayCounters())
            }
            accumulator.add(installation: number, day: today, counters: DayCounters())
        }
        let insight = accumulator.insight(days: yesterday...today, tally: Tally())
        #expect(insight.activeInstallations == 4)
        #expect(
            insight.daily == [
                .init(day: yesterday, installations: nil), .init(day: today, installations: 4),
            ])
        let few = InsightAccumulator(k: 3).insight(days: today...today, tally: Tally())
        #expect(few.activeInstallations == nil)
    }

    @Test func `no other table gives away an event that few sent`() throws {
        var accumulator = InsightAccumulator(k: 10)
        for number in 0..<40 {
            var counters = DayCounters()
            _ = counters.add(Contribution(Counter(.event, "app_start")), max: 10)
            if number < 12 {
                _ = counters.add(Contribution(Counter(.event, "feature_usage")), max: 10)
                _ = counters.add(Contribution(Counter(.feature, "arp_scan")), max: 10)
            }
            if number < 3 {
                _ = counters.add(
                    Contribution(Counter(.event, "alert_generated"), amount: 7), max: 10)
            }
            accumulator.add(installation: number, day: today, counters: counters)
        }
        let tables = accumulator.insight(days: today...today, tally: Tally()).tables
        let events = try #require(tables.first { $0.group == .event })
        let features = try #require(tables.first { $0.group == .feature })
        #expect(features.total == 12)
        #expect(events.rows.map(\.counter.labels) == [["app_start"], ["feature_usage"]])
        #expect(events.suppressedRows == 1)
        #expect(events.total == nil)
    }

    @Test func `durations are shown where k installations told them`() throws {
        var accumulator = InsightAccumulator(k: 3)
        let scan = Counter(.feature, "arp_scan")
        let start = Counter(.feature, "replay")
        for number in 0..<4 {
            var counters = DayCounters()
            let rare = number < 2 ? 4321 : nil
            _ = counters.add(Contribution(scan, durationMilliseconds: rare), max: 10)
            let common = number < 3 ? 5 : nil
            _ = counters.add(Contribution(start, durationMilliseconds: common), max: 10)
            // A second day of an installation is no second installation.
            for distance in 0...1 {
                let day = Day(number: today.number + Int32(distance))
                accumulator.add(installation: number, day: day, counters: counters)
            }
        }
        let tables = accumulator.insight(days: today...today, tally: Tally()).tables
        let rows = try #require(tables.first { $0.group == .feature }).rows
        #expect(rows.map(\.counter) == [scan, start])
        #expect(rows.map { $0.durations?.p50 } == [nil, 5])
    }

    @Test func `k is never below two`() throws {
        let store = try SampleStore()
        _ = try store.storage.store(
            [batch("A", of: 1, [today: [Contribution(Counter(.event, "app_start"))]])],
            tally: Tally(), on: today)
        let insight = try store.storage.insight(in: today...today, k: 1)
        #expect(insight.k == 2)
        #expect(insight.activeInstallations == nil)
    }

    @Test func `the JSON form names labels and leaves suppressed figures null`() throws {
        var accumulator = InsightAccumulator(k: 2)
        for number in 0..<2 {
            var counters = DayCounters()
            _ = counters.add(
                Contribution(Counter(.run, "replay"), durationMilliseconds: 100), max: 10)
            _ = counters.add(Contribution(Counter(.alert, "arp_spoofing", "high")), max: 10)
            accumulator.add(installation: number, day: today, counters: counters)
        }
        var tally = Tally()
        tally.add(.event, 2)
        let json = accumulator.insight(days: today...today, tally: tally).json
        #expect(json["active_installations"] == 2)
        #expect(
            json["detection_runs"] == [
                "rows": [
                    [
                        "mode": "replay", "installations": 2, "count": 2,
                        "duration_ms": ["p50": 111, "p90": 111, "p99": 111],
                    ]
                ],
                "suppressed": 0, "total": 2,
            ])
        #expect(json["alerts"]?["rows"]?.arrayValue?[0]["severity"] == "high")
        #expect(json["errors"] == ["rows": [], "suppressed": 0, "total": nil])
        #expect(json["left_out"] == ["record.event": 2])
    }
}
