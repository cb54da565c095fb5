// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

/// An event as a row of the store, not yet read.
struct WaitingRow {
    let row: Int64
    /// In nanoseconds since 1970.
    let time: Int64
    /// The number of the event's name.
    let name: UInt64
    let properties: [UInt8]
}

/// Encodes the events of a batch in one pass, straight from rows to protobuf bytes: each record
/// with tag and length as field 2 of `ScopeLogs`. The same bytes as `BatchRequest` builds.
struct RecordEncoder {
    /// The records so far.
    private(set) var bytes: [UInt8] = []
    /// How many they are.
    private(set) var count = 0

    private let plans: EventPlans
    private let isCoarse: Bool
    private let uidPrefix: [UInt8]
    // One record at a time: its length stands before it.
    private var record: [UInt8] = []

    /// - Parameter isCoarse: whether counts and durations are made coarse, and time to the day, not
    ///   to the second.
    init(_ plans: EventPlans, batchID: String, isCoarse: Bool, capacity: Int) {
        self.plans = plans
        self.isCoarse = isCoarse
        uidPrefix = Array("\(batchID)-".utf8)
        bytes.reserveCapacity(capacity * Self.bytesPerRecordExpected)
    }

    private static let bytesPerRecordExpected = 256

    /// Adds the record of a row; false, and nothing, if the row is damaged.
    mutating func add(_ row: WaitingRow) -> Bool {
        guard let plan = plans.plan(row.name) else { return false }
        record.removeAll(keepingCapacity: true)
        let time = UInt64(max(0, Generalisation.cut(row.time, isCoarse: isCoarse)))
        if time != 0 { fixed64(Wire.time, time) }
        record.append(Wire.severity)
        record.append(plan.severity)
        addUID()
        guard addProperties(row.properties, plan) else { return false }
        if time != 0 { fixed64(Wire.observedTime, time) }
        record += plan.nameField
        bytes.append(Wire.logRecord)
        bytes.append(varint: UInt64(record.count))
        bytes += record
        count += 1
        return true
    }

    private mutating func fixed64(_ tag: UInt8, _ value: UInt64) {
        record.append(tag)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            record.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private mutating func addUID() {
        let digits = Array(String(count).utf8)
        let valueCount = 2 + uidPrefix.count + digits.count
        record.append(Wire.attribute)
        record.append(UInt8(EventPlans.uidKey.count + 2 + valueCount))
        record += EventPlans.uidKey
        record.append(Wire.value)
        record.append(UInt8(valueCount))
        record.append(Wire.string)
        record.append(UInt8(valueCount - 2))
        record += uidPrefix
        record += digits
    }

    /// Reads what `StoredProperties` wrote; what the person did not agree to is passed over.
    private mutating func addProperties(_ bytes: [UInt8], _ plan: EventPlan) -> Bool {
        var reader = VarintReader(bytes)
        while !reader.isAtEnd {
            guard let name = reader.varint(), let tag = reader.byte(),
                let property = plan.property(name, plans)
            else { return false }
            switch tag {
            case 0:
                guard let word = reader.varint().flatMap(plans.word) else { return false }
                if property.isAllowed { add(property, word) }
            case 1:
                guard let raw = reader.varint() else { return false }
                if property.isAllowed { add(property, number: Int64(clamping: raw)) }
            case 2, 3:
                if property.isAllowed { add(property, [Wire.bool, tag - 2]) }
            case StoredProperties.Tag.text:
                guard let text = reader.text() else { return false }
                if property.isAllowed { add(property, EventPlans.field(Wire.string, text)) }
            default: return false
            }
        }
        return true
    }

    private mutating func add(_ property: PropertyPlan, _ value: [UInt8]) {
        let valueHead = Self.varintCount(UInt64(value.count)) + 1
        record.append(Wire.attribute)
        record.append(varint: UInt64(property.key.count + valueHead + value.count))
        record += property.key
        record.append(Wire.value)
        record.append(varint: UInt64(value.count))
        record += value
    }

    private mutating func add(_ property: PropertyPlan, number: Int64) {
        let value = UInt64(isCoarse ? property.coarse(number) : number)
        let valueCount = 1 + Self.varintCount(value)
        record.append(Wire.attribute)
        record.append(varint: UInt64(property.key.count + 2 + valueCount))
        record += property.key
        record.append(Wire.value)
        record.append(UInt8(valueCount))
        record.append(Wire.integer)
        record.append(varint: value)
    }

    private static func varintCount(_ value: UInt64) -> Int {
        max(1, (70 - value.leadingZeroBitCount) / 7)
    }
}

/// Tags of OTLP's fields: field number times eight, plus the wire type.
enum Wire {
    static let logRecord: UInt8 = 2 << 3 | 2
    static let time: UInt8 = 1 << 3 | 1
    static let severity: UInt8 = 2 << 3
    static let attribute: UInt8 = 6 << 3 | 2
    static let observedTime: UInt8 = 11 << 3 | 1
    static let eventName: UInt8 = 12 << 3 | 2
    static let key: UInt8 = 1 << 3 | 2
    static let value: UInt8 = 2 << 3 | 2
    static let string: UInt8 = 1 << 3 | 2
    static let bool: UInt8 = 2 << 3
    static let integer: UInt8 = 3 << 3
}

/// Reads numbers in groups of seven bits; every read past the end is nil.
private struct VarintReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func text() -> String? {
        guard let count = varint(), count <= UInt64(bytes.count - position) else { return nil }
        defer { position += Int(count) }
        return String(validating: bytes[position..<position + Int(count)], as: UTF8.self)
    }

    mutating func varint() -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 63 {
            guard let byte = byte() else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
