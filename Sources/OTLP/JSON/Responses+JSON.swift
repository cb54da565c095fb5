// SPDX-License-Identifier: Apache-2.0

public import JSON

extension ExportLogsResponse {
    /// The answer of an OTLP JSON body; unknown names are ignored.
    public init(json: JSONValue, limits: OTLPLimits = .standard) throws(OTLPError) {
        self = try JSONReader.read(json, limits: limits)
    }
}

extension ExportLogsResponse: JSONWritable, JSONReadable {
    /// The answer as an OTLP JSON body: `{}` for full success.
    public func json() -> JSONValue {
        var partial = JSONObject()
        partial.setTextUnlessZero("rejectedLogRecords", rejectedLogRecords)
        partial.setUnlessEmpty("errorMessage", errorMessage)
        return partial.isEmpty ? [:] : ["partialSuccess": .object(partial)]
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        guard name == "partialSuccess" else { return }
        var partial = PartialSuccess(self)
        try reader.message(value, into: &partial)
        self = partial.response
    }
}

extension PartialSuccess: JSONReadable {
    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "rejectedLogRecords": response.rejectedLogRecords = try reader.integer(value)
        case "errorMessage": response.errorMessage = try reader.string(value)
        default: break
        }
    }
}

extension RPCStatus {
    /// The status of a JSON body; details and unknown names are ignored.
    public init(json: JSONValue, limits: OTLPLimits = .standard) throws(OTLPError) {
        self = try JSONReader.read(json, limits: limits)
    }
}

extension RPCStatus: JSONWritable, JSONReadable {
    /// The status as a JSON body.
    public func json() -> JSONValue {
        var object = JSONObject()
        object.setUnlessZero("code", code)
        object.setUnlessEmpty("message", message)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "code": code = try reader.integer(value)
        case "message": message = try reader.string(value)
        default: break
        }
    }
}
