// SPDX-License-Identifier: Apache-2.0

import Modules
import TelemetryUpload
import Testing

struct RetryAfterTests {
    /// 1994-11-06T08:49:37Z, the date of RFC 9110's examples.
    private static let example = Timestamp(seconds: 784_111_777)
    private static let day = Duration.seconds(86_400)

    @Test(arguments: [
        ("7", Duration.seconds(7)), ("0", .zero), (" 7 ", .seconds(7)), ("0007", .seconds(7)),
        ("86400", day), ("86401", day), ("99999999999999999999999999", day),
    ])
    func `a number is a delay in seconds, a day at most`(value: String, delay: Duration) {
        #expect(RetryAfter.parse(value, now: Self.example) == delay)
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ])
    func `a date in each of the three forms is the delay until then`(value: String) {
        let earlier = Self.example.advanced(bySeconds: -90)
        #expect(RetryAfter.parse(value, now: earlier) == .seconds(90))
        #expect(RetryAfter.parse(value, now: Self.example) == .zero)
        #expect(RetryAfter.parse(value, now: Self.example.advanced(bySeconds: 1)) == .zero)
        let muchEarlier = Self.example.advanced(bySeconds: -100_000)
        #expect(RetryAfter.parse(value, now: muchEarlier) == Self.day)
    }

    @Test(arguments: [
        ("Tue, 24 Nov 2026 00:00:30 GMT", 30), ("Tuesday, 24-Nov-26 00:00:30 GMT", 30),
        ("Tue Nov 24 00:00:30 2026", 30), ("Mon, 23 Nov 2026 23:59:60 GMT", 0),
        // A form with two digits for the year means the past when it seems more than 50 years off.
        ("Tuesday, 24-Nov-76 00:00:30 GMT", 86_400), ("Tuesday, 24-Nov-77 00:00:30 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Wed, 01 Jan 1000 00:00:00 GMT", 0),
    ])
    func `dates count from now`(value: String, seconds: Int) {
        let now = Timestamp(seconds: 1_795_478_400)  // 2026-11-24T00:00:00Z
        #expect(RetryAfter.parse(value, now: now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-1", "+7", "7.5", "7s", "0x7", "٧", "soon", "7, 8",
        "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 gmt", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun 06 Nov 1994 08:49:37 GMT", "Sol, 06 Nov 1994 08:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun,  06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun Nov  06 08:49:37 1994", "1994-11-06T08:49:37Z",
    ])
    func `anything else is no delay at all`(value: String) {
        #expect(RetryAfter.parse(value, now: Self.example) == nil)
    }
}
