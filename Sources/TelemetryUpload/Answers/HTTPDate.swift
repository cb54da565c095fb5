// SPDX-License-Identifier: Apache-2.0

#if Upload
import Modules

/// Dates as HTTP headers write them: the three forms of RFC 9110 section 5.6.7.
enum HTTPDate {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let longDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The point in time that `text` names; nil when it has none of the three forms.
    ///
    /// The day of the week must be one, but is not compared with the date. `now` decides the
    /// century of the form with two digits for the year.
    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(
            String.init)
        switch words.count {
        case 6 where words[5] == "GMT": return fixed(words)
        case 4 where words[3] == "GMT": return obsolete(words, now: now)
        case 5, 6: return asctime(text, words)
        default: return nil
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`
    private static func fixed(_ words: [String]) -> Timestamp? {
        guard words[0].hasSuffix(","), days.contains(String(words[0].dropLast())),
            let day = number(words[1], digits: 2), let year = number(words[3], digits: 4)
        else { return nil }
        return timestamp(year: year, month: words[2], day: day, time: words[4])
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`; a year that seems more than 50 years ahead is past.
    private static func obsolete(_ words: [String], now: Timestamp) -> Timestamp? {
        let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
        guard words[0].hasSuffix(","), longDays.contains(String(words[0].dropLast())),
            date.count == 3, let day = number(String(date[0]), digits: 2),
            let shortYear = number(String(date[2]), digits: 2),
            let thisYear = Int(now.rfc3339.prefix(4))
        else { return nil }
        let sameCentury = thisYear - thisYear % 100 + shortYear
        let year = sameCentury > thisYear + 50 ? sameCentury - 100 : sameCentury
        return timestamp(year: year, month: String(date[1]), day: day, time: words[2])
    }

    /// `Sun Nov  6 08:49:37 1994`; a day of one digit has a space before it.
    private static func asctime(_ text: String, _ words: [String]) -> Timestamp? {
        let hasShortDay = words.count == 6 && words[2].isEmpty
        let parts = hasShortDay ? Array(words[..<2] + words[3...]) : words
        guard parts.count == 5, days.contains(parts[0]),
            let day = number(parts[2], digits: hasShortDay ? 1 : 2),
            let year = number(parts[4], digits: 4)
        else { return nil }
        return timestamp(year: year, month: parts[1], day: day, time: parts[3])
    }

    private static func timestamp(year: Int, month: String, day: Int, time: String)
        -> Timestamp?
    {
        guard let month = months.firstIndex(of: month),
            let date = Day("\(padded(year, 4))-\(padded(month + 1, 2))-\(padded(day, 2))"),
            let seconds = secondOfDay(time)
        else { return nil }
        return Timestamp(seconds: Int64(date.number) * 86_400 + Int64(seconds))
    }

    /// The seconds since midnight of `08:49:37`; 60 is a second, for there are leap seconds.
    private static func secondOfDay(_ time: String) -> Int? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
            .map { number(String($0), digits: 2) }
        guard parts.count == 3, let hour = parts[0], let minute = parts[1],
            let second = parts[2],
            hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: String, digits: Int) -> Int? {
        let allowed = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard text.utf8.count == digits, text.utf8.allSatisfy({ allowed.contains($0) }) else {
            return nil
        }
        return Int(text)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
#endif
