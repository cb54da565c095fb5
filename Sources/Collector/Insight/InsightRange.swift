// SPDX-License-Identifier: Apache-2.0

public import Modules

/// Reads the range of days that someone asks an insight for.
public enum InsightRange {
    /// Why a range can't be used; lower-case, without a full stop.
    public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    /// The range from `from` to `to`, both `YYYY-MM-DD`. Without `to` it ends today, without `from`
    /// it covers `count` days.
    public static func days(
        from: String?, to: String?, today: Day, count: Int
    ) throws(Problem) -> ClosedRange<Day> {
        let last = try to.map(day) ?? today
        let first = try from.map(day) ?? Day(number: last.number - Int32(count) + 1)
        guard first <= last else {
            throw Problem(description: "the range ends on \(last), before it begins on \(first)")
        }
        let count = Int(last.number) - Int(first.number) + 1
        guard count <= Insight.daysMax else {
            throw Problem(
                description: "the range has \(count) days, and may have \(Insight.daysMax)")
        }
        return first...last
    }

    private static func day(_ text: String) throws(Problem) -> Day {
        guard let day = Day(text) else {
            throw Problem(description: "a day must be written as YYYY-MM-DD")
        }
        return day
    }
}
