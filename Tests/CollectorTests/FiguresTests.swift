// SPDX-License-Identifier: Apache-2.0

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

    @Test func `quantiles are the nearest rank`() {
        var histogram = DurationHistogram()
        #expect(histogram.quantile(percent: 50) == nil)
        for value in 1...7 { histogram.add(milliseconds: value) }
        #expect(histogram.quantile(percent: 50) == 4)
        #expect(histogram.quantile(percent: 1) == 1)
        #expect(histogram.quantile(percent: 100) == 7)
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
            _ = counters.add(
                Contribution(Counter(.feature, "replay"), durationMilliseconds: milliseconds),
                max: 10)
        }
        _ = counters.add(Contribution(Counter(.loss, "retention"), amount: 4), max: 10)
        #expect(DayCounters(stored: counters.stored) == counters)
    }

    @Test(arguments: ["", "[]", "{\"event/a\":[]}", "{\"event/a\":[1,2]}", "{\"event/a\":\"1\"}"])
    func `a row of another form is not read`(text: String) {
        #expect(DayCounters(stored: text) == nil)
    }

    @Test func `the number of figures in a row is limited`() {
        var counters = DayCounters()
        for number in 0..<DayCounters.figuresMax {
            #expect(counters.add(Contribution(Counter(.version, "\(number)")), max: 10) == 0)
        }
        #expect(counters.add(Contribution(Counter(.version, "one more")), max: 10) == 1)
        #expect(counters.add(Contribution(Counter(.version, "0")), max: 10) == 0)
    }
}
