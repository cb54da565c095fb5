// SPDX-License-Identifier: Apache-2.0

private import Hashing
internal import JSON

extension LogRecord: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        var object = JSONObject()
        object.setTextUnlessZero("timeUnixNano", timeUnixNano)
        object.setTextUnlessZero("observedTimeUnixNano", observedTimeUnixNano)
        object.setUnlessZero("severityNumber", severityNumber)
        object.setUnlessEmpty("severityText", severityText)
        object.setUnlessEmpty("eventName", eventName)
        object["body"] = body?.json()
        object.setUnlessEmpty("attributes", attributes)
        object.setUnlessZero("droppedAttributesCount", droppedAttributesCount)
        object.setUnlessZero("flags", flags)
        object.setUnlessEmpty("traceId", Hex.encode(traceID))
        object.setUnlessEmpty("spanId", Hex.encode(spanID))
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "timeUnixNano": timeUnixNano = try reader.integer(value)
        case "observedTimeUnixNano": observedTimeUnixNano = try reader.integer(value)
        case "severityNumber": severityNumber = try reader.enumeration(value)
        case "severityText": severityText = try reader.string(value)
        case "eventName": eventName = try reader.string(value)
        case "body": body = try reader.anyValue(value)
        case "attributes": try reader.elements(value, of: &attributes)
        case "droppedAttributesCount": droppedAttributesCount = try reader.integer(value)
        case "flags": flags = try reader.integer(value)
        case "traceId": traceID = try reader.identifier(value, bytes: 16)
        case "spanId": spanID = try reader.identifier(value, bytes: 8)
        default: break
        }
    }
}

extension JSONReader {
    fileprivate mutating func anyValue(_ json: JSONValue) throws(OTLPError) -> AnyValue {
        var value = AnyValue.empty
        try message(json, into: &value)
        return value
    }
}
