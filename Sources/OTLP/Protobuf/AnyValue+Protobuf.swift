// SPDX-License-Identifier: Apache-2.0

extension AnyValue: ProtobufWritable, ProtobufReadable {
    init() {
        self = .empty
    }

    func write(to writer: inout ProtobufWriter) {
        switch self {
        case .string(let value): writer.string(1, value)
        case .bool(let value): writer.number(2, value ? 1 : 0)
        case .int(let value): writer.number(3, UInt64(bitPattern: value))
        case .double(let value): writer.fixed64(4, value.bitPattern)
        case .array(let values): writer.message(5, ValueList(values: values))
        case .kvlist(let values): writer.message(6, ValueList(values: values))
        case .bytes(let value): writer.data(7, value)
        case .empty: break
        }
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: self = .string(try reader.string(field))
        case 2: self = .bool(try reader.number(field) != 0)
        case 3: self = .int(try reader.signed(field))
        case 4: self = .double(Double(bitPattern: try reader.fixed64(field)))
        case 5: try readArray(field, from: &reader)
        case 6: try readKeyValueList(field, from: &reader)
        case 7: self = .bytes(try reader.data(field))
        default: try reader.skip(field)
        }
    }

    /// A second list in one value is appended to the first. The value is emptied meanwhile, so
    /// that the list has one owner and appending copies nothing.
    private mutating func readArray(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        var list = ValueList<AnyValue>()
        if case .array(let values) = self { list.values = values }
        self = .empty
        try reader.counter.enterList()
        try reader.message(field, into: &list)
        reader.counter.leaveList()
        self = .array(list.values)
    }

    private mutating func readKeyValueList(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        var list = ValueList<KeyValue>()
        if case .kvlist(let values) = self { list.values = values }
        self = .empty
        try reader.counter.enterList()
        try reader.message(field, into: &list)
        reader.counter.leaveList()
        self = .kvlist(list.values)
    }
}

/// `ArrayValue` and `KeyValueList`: messages of one repeated field.
private struct ValueList<Element: ProtobufWritable & ProtobufReadable & Counted> {
    var values: [Element] = []
}

extension ValueList: ProtobufWritable, ProtobufReadable {
    func write(to writer: inout ProtobufWriter) {
        writer.messages(1, values)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: try reader.element(field, of: &values)
        default: try reader.skip(field)
        }
    }
}

extension KeyValue: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(key: "", value: .empty)
    }

    func write(to writer: inout ProtobufWriter) {
        writer.stringUnlessEmpty(1, key)
        writer.message(2, value)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: key = try reader.string(field)
        case 2: try reader.message(field, into: &value)
        default: try reader.skip(field)
        }
    }
}
