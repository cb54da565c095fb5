// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import Collector

@Suite struct FiguresTests {
    @Test func `every duration lies in a bucket whose largest is at most a quarter more`() {
        var values = Array(0...2000)
        for exponent in 11..<40 { values += [1 << exponent, (1 << exponent) - 1, 3 << exponent] }
        for value in values {
            let bucket = DurationHistogram.bucket(of: value)
            let largest = DurationHistogram.largest(in: bucket)
            #expect(largest >= value && largest * 4 <= value * 5 + 3, "\(value) in \(bucket)")
            #expect(DurationHistogram.bucket(of: largest) == bucket)
            #expect(DurationHistogram.bucket(of: largest + 1) == bucket + 1)
        }
        #expect(DurationHistogram.bucket(of: -5) == 0)
        #expect(DurationHistogram.bucket(of: .max) == DurationHistogram.bucketsMax - 1)
    }

    /// The durations of one figure, of installations that told some each.
    private static func durations(_ told: [[Int]], k: Int) -> PublishedDurations {
        var figures = DayFigures(day: today, service: "arpguard")
        for milliseconds in told {
            var counters = DayCounters()
            for value in milliseconds {
                var one = DurationHistogram()
                one.add(milliseconds: value)
                counters.add("feature/replay", durations: one)
            }
            figures.add(counters)
        }
        return PublishedDurations(figures.cells["feature/replay"] ?? .init(), k: k)
    }

    @Test(arguments: [
        ([], [nil, nil, nil]), ([1, 2, 3, 4, 5, 6, 7], [1, 4, 7] as [Int?]),
    ])
    func `quantiles are the nearest rank`(values: [Int], quantiles: [Int?]) {
        let durations = Self.durations(values.map { [$0] }, k: 1)
        #expect([1, 50, 100].map { durations.quantile(percent: $0) } == quantiles)
    }

    @Test(
        arguments: [
            ([[1], [2], [3], [4], [5], [6], [7]], [nil, 4, nil]),
            ([[1], [1], [1], [5], [7], [7], [7]], [1, 5, 7]),
            // One installation has most of the runs, and the fastest and the slowest.
            ([[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 7], [4], [5], [5], [6]], [nil, nil, nil]),
            ([[1, 7], [1, 7], [1, 7]], [1, 1, 7]),
            ([[1, 7], [1, 7]], [nil, nil, nil]),
        ] as [([[Int]], [Int?])])
    func `a duration is told that k installations reach and k stay within`(
        told: [[Int]], quantiles: [Int?]
    ) {
        let durations = Self.durations(told, k: 3)
        #expect([1, 50, 100].map { durations.quantile(percent: $0) } == quantiles)
    }

    /// One day of a range: how many installations told how many durations of how many milliseconds.
    private static func day(_ told: [(Int, Int, Int)]) -> PublishedDurations {
        durations(
            told.flatMap { installations, count, value in
                [[Int]](repeating: .init(repeating: value, count: count), count: installations)
            }, k: 10)
    }

    @Test(
        arguments: [
            // 1,800 of 5 s are not told, and lie above all that the first day tells.
            ([[(10, 20, 1000)], [(9, 200, 5000), (10, 2, 6000)]], [nil, nil, nil]),
            ([[(10, 900, 1000)], [(9, 10, 5000), (10, 2, 6000)]], [1023, 1023, nil]),
            // 90 of 1 ms are not told, and lie below what either day tells.
            ([[(10, 100, 1000)], [(9, 10, 1), (10, 20, 1000)]], [1023, 1023, 1023]),
            ([[(10, 1, 1000)], [(9, 10, 1), (10, 1, 1000)]], [nil, 1023, 1023]),
            // One of a minute is not told, and lies above what either day tells.
            ([[(10, 11, 1000)], [(10, 10, 2000), (1, 1, 60_000)]], [1023, 2047, 2047]),
            // 180 of a second are not told, and lie above what either day tells, or below it.
            ([[(10, 10, 100), (9, 20, 1000)], [(10, 20, 10)]], [111, nil, nil]),
            ([[(10, 10, 100), (9, 20, 1000)], [(10, 20, 5000)]], [nil, nil, nil]),
        ] as [([[(Int, Int, Int)]], [Int?])])
    func `a range tells no quantile that depends on what a day does not tell`(
        days: [[(Int, Int, Int)]], quantiles: [Int?]
    ) {
        for order in [days, days.reversed()] {
            let range = order.reduce(into: PublishedDurations()) { $0.merge(Self.day($1)) }
            #expect([50, 90, 99].map { range.quantile(percent: $0) } == quantiles)
        }
    }

    @Test func `a quantile of a range, where it is told, is the one of all durations`() {
        let random = SeededRandom(seed: 12)
        for _ in 0..<300 {
            let days = (1...3).map { _ in
                (0..<12).map { _ in
                    random.bytes(4).map { [1, 2, 3, 5, 8, 13, 21, 34][Int($0) % 8] }
                }
            }
            let range = days.reduce(into: PublishedDurations()) {
                $0.merge(Self.durations($1, k: 4))
            }
            let all = Self.durations(Array(days.joined()), k: 1)
            for percent in [1, 25, 50, 75, 90, 99] {
                guard let told = range.quantile(percent: percent) else { continue }
                #expect(told == all.quantile(percent: percent))
            }
        }
    }

    @Test(arguments: [
        "event/app_start", "alert/arp_spoofing/high", "error/replay/other", "version/0.1.0-rc.1",
    ])
    func `a figure's name is read as it is written`(text: String) {
        #expect(Counter(text)?.description == text)
    }

    @Test(arguments: ["", "event", "event/a/b", "alert/a", "fashion/a"])
    func `any other name is no figure`(text: String) {
        #expect(Counter(text) == nil)
    }

    @Test func `a stored row is read back the same`() {
        var counters = DayCounters()
        for milliseconds in [1, 5, 5, 90_000] {
            var durations = DurationHistogram()
            durations.add(milliseconds: milliseconds)
            counters.add("feature/replay", durations: durations)
        }
        counters.add("loss/retention", amount: 1 << 40)
        #expect(DayCounters(encoded: counters.encoded) == counters)
        var figures = DayFigures(day: today, service: "arpguard")
        figures.add(counters)
        #expect(DayFigures(day: today, service: "arpguard", encoded: figures.encoded) == figures)
    }

    @Test func `bytes of another form are no row`() {
        var counters = DayCounters()
        counters.add("event/app_start", amount: 300)
        let whole = counters.encoded
        for count in 1..<whole.count {
            #expect(DayCounters(encoded: Array(whole.prefix(count))) == nil)
        }
        #expect(DayCounters(encoded: whole + [0]) == nil)
        #expect(DayCounters(encoded: []) == DayCounters())
    }

    @Test func `the number of figures in a row is limited`() {
        var counters = DayCounters()
        for number in 0..<DayCounters.figuresMax {
            let isTaken = counters.add("version/\(number)")
            #expect(isTaken)
        }
        let more = ["version/one.more", "version/0"].map { counters.add($0) }
        #expect(more == [false, true])
    }

    @Test func `batches come to the same in whatever order they are merged`() {
        let batches = (0..<6).map { batch in
            var counters = DayCounters()
            for number in 0..<200 { counters.add("version/\((batch * 97 + number * 7) % 1000)") }
            return counters
        }
        func sum(_ batches: some Sequence<DayCounters>) -> DayCounters {
            batches.reduce(into: DayCounters()) { $0.merge($1) }
        }
        let all = sum(batches)
        #expect(all.figures.count == DayCounters.figuresMax)
        #expect(sum(batches.reversed()) == all)
        #expect(sum([sum(batches[3...]), sum(batches[..<3])]) == all)
    }

    @Test func `sums do not leave 64 bits`() {
        var counters = DayCounters()
        for _ in 1...3 {
            counters.add("loss/retention", amount: .max, durations: .init(counts: [3: .max]))
        }
        var figures = DayFigures(day: today, service: "arpguard")
        for _ in 1...3 { figures.add(counters) }
        let cell = figures.cells["loss/retention"]
        #expect(cell?.count == 3 * DayFigures.contributionsMax)
        #expect(cell?.durations.total == 3 * DayFigures.contributionsMax)
    }
}
