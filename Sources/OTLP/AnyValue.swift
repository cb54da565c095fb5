// SPDX-License-Identifier: Apache-2.0

/// The value of an attribute or the body of a record (opentelemetry-proto, common.proto).
public enum AnyValue: Sendable, Equatable {
    /// A text.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A signed 64-bit number.
    case int(Int64)
    /// A floating-point number, also one that is not finite.
    case double(Double)
    /// An ordered list.
    case array([AnyValue])
    /// A nested set of attributes.
    case kvlist([KeyValue])
    /// Raw bytes.
    case bytes([UInt8])
    /// No value at all.
    case empty
}

extension AnyValue {
    /// The text of a `string`, otherwise nil.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number of an `int`, otherwise nil.
    public var intValue: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The truth value of a `bool`, otherwise nil.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }
}

/// A named value.
public struct KeyValue: Sendable, Equatable {
    /// The name; attribute names use dots for namespaces.
    public var key: String
    /// What the name stands for.
    public var value: AnyValue

    /// A name with its value.
    public init(key: String, value: AnyValue) {
        self.key = key
        self.value = value
    }
}

extension [KeyValue] {
    /// The value of the first attribute with that key, otherwise nil.
    public func value(for key: String) -> AnyValue? {
        first { $0.key == key }?.value
    }
}

/// `ArrayValue` and `KeyValueList`: messages of one repeated field.
struct ValueList<Element> {
    var values: [Element] = []
}
