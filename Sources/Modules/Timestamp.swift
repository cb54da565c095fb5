// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A point in time: nanoseconds since 1970-01-01 00:00:00 UTC, without leap seconds.
///
/// Spans the years 1677 to 2262.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Nanoseconds since the Unix epoch; negative before it.
    public var nanoseconds: Int64

    /// Makes the point in time that lies `nanoseconds` after the Unix epoch.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Makes the point in time that lies `seconds` after the Unix epoch, saturating at the bounds.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// The UTC day that holds this point in time.
    public var day: Day {
        Day(number: Int32(flooredQuotient(nanoseconds, Day.nanoseconds)))
    }

    /// Reads `YYYY-MM-DDTHH:MM:SSZ`, or a day alone, which is its start; nil for anything else.
    public init?(_ text: String) {
        guard let day = Day(String(text.prefix(10))) else { return nil }
        self = day.start
        if text.utf8.count == 10 { return }
        let time = text.utf8.dropFirst(11).dropLast().split(
            separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let numbers = time.compactMap { $0.count == 2 ? Int64(Substring($0)) : nil }
        guard text.utf8.count == 20, text.utf8.last == UInt8(ascii: "Z"),
            text.utf8.dropFirst(10).first == UInt8(ascii: "T"), numbers.count == 3,
            (0..<24).contains(numbers[0]), (0..<60).contains(numbers[1]),
            (0..<60).contains(numbers[2])
        else { return nil }
        self = advanced(bySeconds: numbers[0] * 3600 + numbers[1] * 60 + numbers[2])
    }

    /// The point in time in the form of RFC 3339 in UTC with whole seconds: `2026-11-23T22:16:00Z`.
    public var rfc3339: String {
        let civil = CivilTime(seconds: flooredQuotient(nanoseconds, 1_000_000_000))
        return "\(civil.date)T\(civil.time)Z"
    }

    /// The same with microseconds and a numeric zone, as EVE JSON writes it:
    /// `2026-11-23T22:16:00.123456+0000`.
    public var eve: String {
        let seconds = flooredQuotient(nanoseconds, 1_000_000_000)
        let civil = CivilTime(seconds: seconds)
        let microseconds = (nanoseconds - seconds * 1_000_000_000) / 1000
        return "\(civil.date)T\(civil.time).\(padded(Int(microseconds), to: 6))+0000"
    }

    /// The earlier of two points in time comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// This point in time moved by `nanoseconds`, saturating at the bounds.
    public func advanced(byNanoseconds nanoseconds: Int64) -> Timestamp {
        let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
        return Timestamp(nanoseconds: overflow ? (nanoseconds < 0 ? .min : .max) : sum)
    }

    /// This point in time moved by whole seconds, saturating at the bounds.
    public func advanced(bySeconds seconds: Int64) -> Timestamp {
        advanced(byNanoseconds: Timestamp(seconds: seconds).nanoseconds)
    }
}

/// A UTC calendar day.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Nanoseconds of one day.
    public static let nanoseconds: Int64 = 86_400_000_000_000

    /// Days since 1970-01-01.
    public var number: Int32

    /// Makes the day that lies `number` days after 1970-01-01.
    public init(number: Int32) {
        self.number = number
    }

    /// Reads `YYYY-MM-DD`; nil for anything else and for days that no calendar has.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, parts[0].utf8.count == 4,
            parts[1].utf8.count == 2,
            let year = Int32(parts[0]), let month = Int32(parts[1]), let day = Int32(parts[2])
        else { return nil }
        var fields = unsafe tm()
        unsafe fields.tm_year = year - 1900
        unsafe fields.tm_mon = month - 1
        unsafe fields.tm_mday = day
        let seconds = unsafe timegm(&fields)
        self.init(number: Int32(flooredQuotient(Int64(seconds), 86_400)))
        // timegm moves the 30th of February into March: such a text names no day.
        guard description == text else { return nil }
    }

    /// The first nanosecond of the day, saturating at the bounds.
    public var start: Timestamp { Timestamp(seconds: Int64(number) * 86_400) }

    /// The day as `YYYY-MM-DD`.
    public var description: String {
        CivilTime(seconds: Int64(number) * 86_400).date
    }

    /// The earlier day comes first.
    public static func < (left: Day, right: Day) -> Bool {
        left.number < right.number
    }
}

/// The calendar's view of a second, by the C library.
private struct CivilTime {
    let date: String
    let time: String

    init(seconds: Int64) {
        var time = time_t(seconds)
        var fields = unsafe tm()
        _ = unsafe gmtime_r(&time, &fields)
        self.date = unsafe joined(
            [Int(fields.tm_year) + 1900, Int(fields.tm_mon) + 1, Int(fields.tm_mday)], by: "-")
        self.time = unsafe joined(
            [Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec)], by: ":")
    }
}

private func joined(_ numbers: [Int], by separator: String) -> String {
    numbers.map { padded($0, to: 2) }.joined(separator: separator)
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

/// Division that rounds towards minus infinity, as calendars need it before 1970.
private func flooredQuotient(_ dividend: Int64, _ divisor: Int64) -> Int64 {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}
