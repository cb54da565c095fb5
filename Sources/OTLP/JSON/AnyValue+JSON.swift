// SPDX-License-Identifier: Apache-2.0

private import Hashing
internal import JSON

extension AnyValue: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        switch self {
        case .string(let value): ["stringValue": .string(value)]
        case .bool(let value): ["boolValue": .bool(value)]
        case .int(let value): ["intValue": .string(String(value))]
        case .double(let value): ["doubleValue": Self.json(value)]
        case .array(let values): ["arrayValue": ValueList(values: values).json()]
        case .kvlist(let values): ["kvlistValue": ValueList(values: values).json()]
        case .bytes(let value): ["bytesValue": .string(Base64.encode(value))]
        case .empty: [:]
        }
    }

    private static func json(_ value: Double) -> JSONValue {
        if value.isFinite { return .double(value) }
        return value.isNaN ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        guard let read = try Self.value(name, value, from: &reader) else { return }
        guard case .empty = self else {
            throw .unexpectedJSON(expected: "one kind of value only", path: "")
        }
        self = read
    }

    /// The value of one member, nil for a name that is no kind of value.
    private static func value(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) -> AnyValue? {
        switch name {
        case "stringValue": return .string(try reader.string(value))
        case "boolValue": return .bool(try reader.bool(value))
        case "intValue": return .int(try reader.integer(value))
        case "doubleValue": return .double(try reader.double(value))
        case "bytesValue": return .bytes(try reader.data(value))
        case "arrayValue": return .array(try reader.list(value))
        case "kvlistValue": return .kvlist(try reader.list(value))
        default: return nil
        }
    }
}

extension JSONReader {
    fileprivate mutating func list<Element: JSONWritable & JSONReadable & Counted>(
        _ value: JSONValue
    ) throws(OTLPError) -> [Element] {
        var list = ValueList<Element>()
        try counter.enterList()
        try message(value, into: &list)
        counter.leaveList()
        return list.values
    }
}

extension ValueList: JSONWritable, JSONReadable
where Element: JSONWritable & JSONReadable & Counted {
    func json() -> JSONValue {
        var object = JSONObject()
        object.setUnlessEmpty("values", values)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        if name == "values" { try reader.elements(value, of: &values) }
    }
}

extension KeyValue: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        ["key": .string(key), "value": value.json()]
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "key": key = try reader.string(value)
        case "value": try reader.message(value, into: &self.value)
        default: break
        }
    }
}
