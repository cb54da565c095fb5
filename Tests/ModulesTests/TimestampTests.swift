// SPDX-License-Identifier: Apache-2.0

import Modules
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (1_767_225_599, "2025-12-31T23:59:59Z"),
        (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
    ])
    func `a second is written as RFC 3339 writes it`(seconds: Int64, text: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == text)
    }

    @Test func `EVE's form has microseconds and a numeric zone`() {
        let time = Timestamp(nanoseconds: 1_000_000_123_456_789)
        #expect(time.eve == "1970-01-12T13:46:40.123456+0000")
    }

    @Test(arguments: ["1970-01-01", "2026-11-23", "2000-02-29", "1969-12-31"])
    func `a day that is written and read again is the same day`(text: String) throws {
        let day = try #require(Day(text))
        #expect(day.description == text)
        #expect(day.start.day == day)
        #expect(day.start.advanced(byNanoseconds: -1).day < day)
    }

    @Test(arguments: [
        "2026-02-30", "2026-13-01", "26-1-1", "2026-11-23 ", "", "2026/11/23", "+026-01-01",
    ])
    func `what names no day is no day`(text: String) {
        #expect(Day(text) == nil)
    }

    @Test func `arithmetic stops at the bounds`() {
        #expect(Timestamp(seconds: .max).nanoseconds == .max)
        #expect(Timestamp(seconds: -1).advanced(bySeconds: .min).nanoseconds == .min)
    }
}
