// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Modules

/// The header with which a server says how long to stay away (RFC 9110 section 10.2.3).
public enum RetryAfter {
    /// However long a server asks for, no more than a day is obeyed.
    public static let delayMax = Duration.seconds(24 * 60 * 60)

    /// The delay that `value` asks for, from 0 to `delayMax`; nil when it is neither form.
    ///
    /// The forms are a number of seconds and an HTTP date; a date in the past means no delay.
    public static func parse(_ value: String, now: Timestamp) -> Duration? {
        let text = trimmed(value[...])
        if let seconds = wholeSeconds(text) { return seconds }
        guard let date = HTTPDate.parse(String(text), now: now) else { return nil }
        guard date > now else { return .zero }
        // Apart by more than 64 bits of nanoseconds can hold is far beyond the limit.
        let (wait, overflow) = date.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        return overflow ? delayMax : min(delayMax, .nanoseconds(wait))
    }

    private static func wholeSeconds(_ text: Substring) -> Duration? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard !text.isEmpty, text.utf8.allSatisfy({ digits.contains($0) }) else { return nil }
        // Only a number beyond 64 bits is none now, and that is beyond the limit too.
        guard let seconds = Int64(text) else { return delayMax }
        return min(delayMax, .seconds(seconds))
    }
}
#endif
