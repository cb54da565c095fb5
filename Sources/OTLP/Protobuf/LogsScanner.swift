// SPDX-License-Identifier: Apache-2.0

/// Fills the tables of `FlatLogs`. What has no place in them is checked and passed over.
struct LogsScanner {
    var counter: LimitCounter
    var groups: [FlatLogs.Group] = []
    var records: [FlatLogs.Record] = []
    var attributes: [FlatLogs.Attribute] = []
    var resourceAttributes: [FlatLogs.Attribute] = []

    init(limits: OTLPLimits) {
        counter = LimitCounter(limits: limits)
    }

    mutating func request(_ bytes: Span<UInt8>) throws(OTLPError) {
        var cursor = WireCursor(0..<bytes.count)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            guard field.number == 1 else {
                try cursor.skip(field, bytes)
                continue
            }
            try counter.addGroup()
            try group(bytes, try cursor.delimited(field, bytes))
        }
    }

    private mutating func group(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPError) {
        let (firstAttribute, firstRecord) = (resourceAttributes.count, records.count)
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1:
                let range = try cursor.delimited(field, bytes)
                try resource(bytes, range, from: firstAttribute)
            case 2:
                try counter.addGroup()
                try scopeLogs(bytes, try cursor.delimited(field, bytes))
            case 3: _ = try text(field, &cursor, bytes)
            default: try cursor.skip(field, bytes)
            }
        }
        groups.append(
            FlatLogs.Group(
                resource: firstAttribute..<resourceAttributes.count,
                records: firstRecord..<records.count))
    }

    private mutating func resource(
        _ bytes: Span<UInt8>, _ range: Range<Int>, from first: Int
    ) throws(OTLPError) {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1:
                try counter.addAttribute(to: resourceAttributes.count - first)
                resourceAttributes.append(
                    try attribute(bytes, try cursor.delimited(field, bytes)))
            case 2: _ = try cursor.number(field, bytes)
            default: try cursor.skip(field, bytes)
            }
        }
    }

    private mutating func scopeLogs(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPError) {
        var cursor = WireCursor(range)
        var scopeAttributes = 0
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1: try scope(bytes, try cursor.delimited(field, bytes), &scopeAttributes)
            case 2:
                try counter.addRecord()
                try record(bytes, try cursor.delimited(field, bytes))
            case 3: _ = try text(field, &cursor, bytes)
            default: try cursor.skip(field, bytes)
            }
        }
    }

    private mutating func scope(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ attributes: inout Int
    ) throws(OTLPError) {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1, 2: _ = try text(field, &cursor, bytes)
            case 3:
                try counter.addAttribute(to: attributes)
                attributes += 1
                _ = try attribute(bytes, try cursor.delimited(field, bytes))
            case 4: _ = try cursor.number(field, bytes)
            default: try cursor.skip(field, bytes)
            }
        }
    }

    private mutating func record(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPError) {
        var record = FlatLogs.Record()
        let first = attributes.count
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1: record.timeUnixNano = try cursor.fixed64(field, bytes)
            case 2:
                record.severityNumber = Int32(truncatingIfNeeded: try cursor.number(field, bytes))
            case 3: _ = try text(field, &cursor, bytes)
            case 5: _ = try value(bytes, try cursor.delimited(field, bytes))
            case 6:
                try counter.addAttribute(to: attributes.count - first)
                attributes.append(try attribute(bytes, try cursor.delimited(field, bytes)))
            case 12: record.eventName = try text(field, &cursor, bytes)
            default: try rest(of: field, &cursor, bytes)
            }
        }
        record.attributes = first..<attributes.count
        records.append(record)
    }

    /// Fields of a record that are checked alone.
    private func rest(
        of field: ProtobufField, _ cursor: inout WireCursor, _ bytes: Span<UInt8>
    ) throws(OTLPError) {
        switch field.number {
        case 7: _ = try cursor.number(field, bytes)
        case 8:
            try cursor.expect(.fixed32, field)
            _ = try cursor.take(4)
        case 9: try identifier(field, of: 16, &cursor, bytes)
        case 10: try identifier(field, of: 8, &cursor, bytes)
        case 11: _ = try cursor.fixed64(field, bytes)
        default: try cursor.skip(field, bytes)
        }
    }

    private func identifier(
        _ field: ProtobufField, of count: Int, _ cursor: inout WireCursor, _ bytes: Span<UInt8>
    ) throws(OTLPError) {
        let range = try cursor.delimited(field, bytes)
        guard range.isEmpty || range.count == count else {
            throw .malformed(.wrongIdentifierLength, byte: range.lowerBound)
        }
    }

    private func text(
        _ field: ProtobufField, _ cursor: inout WireCursor, _ bytes: Span<UInt8>
    ) throws(OTLPError) -> Range<Int> {
        let range = try cursor.delimited(field, bytes)
        try counter.checkString(bytes: range.count)
        guard isUTF8(bytes, range) else {
            throw .malformed(.invalidUTF8, byte: range.lowerBound)
        }
        return range
    }

    private mutating func attribute(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPError) -> FlatLogs.Attribute {
        var attribute = FlatLogs.Attribute()
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1: attribute.key = try text(field, &cursor, bytes)
            case 2:
                // An empty message leaves what was read before, as merging does.
                let read = try value(bytes, try cursor.delimited(field, bytes))
                if let read { attribute.value = read }
            default: try cursor.skip(field, bytes)
            }
        }
        return attribute
    }

    /// The last value that a message sets; nil if it sets none.
    private mutating func value(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPError) -> FlatLogs.Value? {
        var value: FlatLogs.Value?
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            switch field.number {
            case 1: value = .string(try text(field, &cursor, bytes))
            case 2: value = .bool(try cursor.number(field, bytes) != 0)
            case 3: value = .int(Int64(bitPattern: try cursor.number(field, bytes)))
            case 4: value = .double(Double(bitPattern: try cursor.fixed64(field, bytes)))
            case 5, 6:
                value = .other
                try list(
                    bytes, try cursor.delimited(field, bytes), hasKeys: field.number == 6)
            case 7:
                value = .other
                try counter.checkString(bytes: try cursor.delimited(field, bytes).count)
            default: try cursor.skip(field, bytes)
            }
        }
        return value
    }

    /// The elements of an `ArrayValue` or a `KeyValueList`, checked and counted.
    private mutating func list(
        _ bytes: Span<UInt8>, _ range: Range<Int>, hasKeys: Bool
    ) throws(OTLPError) {
        try counter.enterList()
        var cursor = WireCursor(range)
        var count = 0
        while !cursor.isAtEnd {
            let field = try cursor.field(bytes)
            guard field.number == 1 else {
                try cursor.skip(field, bytes)
                continue
            }
            if hasKeys {
                try counter.addAttribute(to: count)
                _ = try attribute(bytes, try cursor.delimited(field, bytes))
            } else {
                try counter.addValue()
                _ = try value(bytes, try cursor.delimited(field, bytes))
            }
            count += 1
        }
        counter.leaveList()
    }
}
