// SPDX-License-Identifier: Apache-2.0

/// A value as a program hands it over, before the catalogue has looked at it.
public enum PropertyValue: Sendable, Equatable {
    /// A word of a choice, an identifier or a version.
    case string(String)
    /// A whole number.
    case integer(Int64)
    /// A number whose fraction the catalogue cuts off.
    case double(Double)
    /// Yes or no.
    case boolean(Bool)
}

extension PropertyValue {
    /// A text value.
    public init(_ value: String) { self = .string(value) }

    /// A whole number of any width; one beyond 64 bits with sign becomes the nearest bound.
    public init(_ value: some BinaryInteger) { self = .integer(Int64(clamping: value)) }

    /// A truth value.
    public init(_ value: Bool) { self = .boolean(value) }

    /// A span of time in whole milliseconds, rounded down.
    public init(_ value: Duration) {
        let (seconds, attoseconds) = value.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let milliseconds = overflow ? (seconds < 0 ? .min : .max) : whole
        self = .integer(
            milliseconds.addingReportingOverflow(attoseconds / 1_000_000_000_000_000).partialValue)
    }

    /// The text behind a case of an enum.
    public init<Choice: RawRepresentable<String>>(_ value: Choice) {
        self = .string(value.rawValue)
    }
}

extension PropertyValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral
{
    /// A text literal.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number literal.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A truth literal.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A fraction literal; the catalogue cuts it off.
    public init(floatLiteral value: Double) { self = .double(value) }
}
