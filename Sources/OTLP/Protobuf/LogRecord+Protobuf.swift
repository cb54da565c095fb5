// SPDX-License-Identifier: Apache-2.0

extension LogRecord: ProtobufWritable, ProtobufReadable {
    func write(to writer: inout ProtobufWriter) {
        writer.fixed64UnlessZero(1, timeUnixNano)
        writer.numberUnlessZero(2, UInt64(bitPattern: Int64(severityNumber)))
        writer.stringUnlessEmpty(3, severityText)
        if let body { writer.message(5, body) }
        writer.messages(6, attributes)
        writer.numberUnlessZero(7, UInt64(droppedAttributesCount))
        writer.fixed32UnlessZero(8, flags)
        writer.dataUnlessEmpty(9, traceID)
        writer.dataUnlessEmpty(10, spanID)
        writer.fixed64UnlessZero(11, observedTimeUnixNano)
        writer.stringUnlessEmpty(12, eventName)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: timeUnixNano = try reader.fixed64(field)
        case 2: severityNumber = Int32(truncatingIfNeeded: try reader.number(field))
        case 3: severityText = try reader.string(field)
        case 5:
            var value = body ?? .empty
            body = nil
            try reader.message(field, into: &value)
            body = value
        case 6: try reader.element(field, of: &attributes)
        case 7: droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.number(field))
        case 8: flags = try reader.fixed32(field)
        case 9: traceID = try reader.identifier(field, bytes: 16)
        case 10: spanID = try reader.identifier(field, bytes: 8)
        case 11: observedTimeUnixNano = try reader.fixed64(field)
        case 12: eventName = try reader.string(field)
        default: try reader.skip(field)
        }
    }
}
