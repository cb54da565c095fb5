// SPDX-License-Identifier: Apache-2.0

/// One JSON value (RFC 8259 section 3).
///
/// Integers keep their own case, so that 64-bit counts and identifiers survive a round trip;
/// a number with a fraction, an exponent or more than 64 bits is a `double`.
public enum JSONValue: Sendable, Equatable {
    /// The literal `null`.
    case null
    /// The literal `true` or `false`.
    case bool(Bool)
    /// A number written without fraction and exponent that fits 64 signed bits.
    case integer(Int64)
    /// Any other number; serialized as `null` when it is not finite.
    case double(Double)
    /// A text.
    case string(String)
    /// An ordered list of values.
    case array([JSONValue])
    /// Named values in the order they were written.
    case object(JSONObject)
}

// MARK: - Looking inside

extension JSONValue {
    /// The text of a `string`, otherwise nil.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The value of an `integer`, otherwise nil; a `double` never counts as one.
    public var integerValue: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The value of a `bool`, otherwise nil.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The value of any number, an `integer` rounded to the nearest double, otherwise nil.
    public var doubleValue: Double? {
        switch self {
        case .double(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The elements of an `array`, otherwise nil.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of an `object`, otherwise nil.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of that name when this is an object that has one, otherwise nil.
    public subscript(_ name: String) -> JSONValue? {
        objectValue?[name]
    }
}

// MARK: - Literals

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral {
    /// The value `null`.
    public init(nilLiteral: ()) {
        self = .null
    }

    /// A `bool`.
    public init(booleanLiteral value: Bool) {
        self = .bool(value)
    }
}

extension JSONValue: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
    /// An `integer`.
    public init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    /// A `double`.
    public init(floatLiteral value: Double) {
        self = .double(value)
    }
}

extension JSONValue: ExpressibleByStringInterpolation {
    /// A `string`.
    public init(stringLiteral value: String) {
        self = .string(value)
    }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// An `array` of the elements.
    public init(arrayLiteral elements: JSONValue...) {
        self = .array(elements)
    }

    /// An `object` in the order written; of two equal names the later value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements))
    }
}
