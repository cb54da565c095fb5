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

    /// A second list is appended to the first; the value is emptied meanwhile, so that the list has
    /// one owner.
    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: self = .string(try reader.string(field))
        case 2: self = .bool(try reader.number(field) != 0)
        case 3: self = .int(try reader.signed(field))
        case 4: self = .double(Double(bitPattern: try reader.fixed64(field)))
        case 5:
            var values: [AnyValue] = []
            if case .array(let first) = self { values = first }
            self = .empty
            try reader.list(field, appendingTo: &values)
            self = .array(values)
        case 6:
            var values: [KeyValue] = []
            if case .kvlist(let first) = self { values = first }
            self = .empty
            try reader.list(field, appendingTo: &values)
            self = .kvlist(values)
        case 7: self = .bytes(try reader.data(field))
        default: try reader.skip(field)
        }
    }

}

extension ProtobufReader {
    /// The elements of one list value, after those of a list that came before in the same value:
    /// the encoding lets a message come in parts.
    fileprivate mutating func list<Element: ProtobufWritable & ProtobufReadable & Counted>(
        _ field: ProtobufField, appendingTo values: inout [Element]
    ) throws(OTLPError) {
        // One owner, so that appending copies nothing.
        var list = ValueList(values: values)
        values = []
        try counter.enterList()
        try message(field, into: &list)
        counter.leaveList()
        values = list.values
    }
}

extension ValueList: ProtobufWritable, ProtobufReadable
where Element: ProtobufWritable & ProtobufReadable & Counted {
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
