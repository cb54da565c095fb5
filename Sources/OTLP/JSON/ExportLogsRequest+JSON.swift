// SPDX-License-Identifier: Apache-2.0

public import JSON

extension ExportLogsRequest {
    /// The request of an OTLP JSON body; names that OTLP logs do not have are ignored.
    ///
    /// Throws at the first value of the wrong kind, and as soon as a limit is passed.
    public init(json: JSONValue, limits: OTLPLimits = .standard) throws(OTLPError) {
        self = try JSONReader.read(json, limits: limits)
    }
}

extension ExportLogsRequest: JSONWritable, JSONReadable {
    /// The request as an OTLP JSON body; fields in their default state are left out.
    public func json() -> JSONValue {
        var object = JSONObject()
        object.setUnlessEmpty("resourceLogs", resourceLogs)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        if name == "resourceLogs" { try reader.elements(value, of: &resourceLogs) }
    }
}

extension ResourceLogs: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        var object = JSONObject()
        if resource != Resource() { object["resource"] = resource.json() }
        object.setUnlessEmpty("scopeLogs", scopeLogs)
        object.setUnlessEmpty("schemaUrl", schemaURL)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "resource": try reader.message(value, into: &resource)
        case "scopeLogs": try reader.elements(value, of: &scopeLogs)
        case "schemaUrl": schemaURL = try reader.string(value)
        default: break
        }
    }
}

extension Resource: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        var object = JSONObject()
        object.setUnlessEmpty("attributes", attributes)
        object.setUnlessZero("droppedAttributesCount", droppedAttributesCount)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "attributes": try reader.elements(value, of: &attributes)
        case "droppedAttributesCount": droppedAttributesCount = try reader.integer(value)
        default: break
        }
    }
}

extension ScopeLogs: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        var object = JSONObject()
        if scope != InstrumentationScope() { object["scope"] = scope.json() }
        object.setUnlessEmpty("logRecords", logRecords)
        object.setUnlessEmpty("schemaUrl", schemaURL)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "scope": try reader.message(value, into: &scope)
        case "logRecords": try reader.elements(value, of: &logRecords)
        case "schemaUrl": schemaURL = try reader.string(value)
        default: break
        }
    }
}

extension InstrumentationScope: JSONWritable, JSONReadable {
    func json() -> JSONValue {
        var object = JSONObject()
        object.setUnlessEmpty("name", name)
        object.setUnlessEmpty("version", version)
        object.setUnlessEmpty("attributes", attributes)
        object.setUnlessZero("droppedAttributesCount", droppedAttributesCount)
        return .object(object)
    }

    mutating func read(
        _ name: String, _ value: JSONValue, from reader: inout JSONReader
    ) throws(OTLPError) {
        switch name {
        case "name": self.name = try reader.string(value)
        case "version": version = try reader.string(value)
        case "attributes": try reader.elements(value, of: &attributes)
        case "droppedAttributesCount": droppedAttributesCount = try reader.integer(value)
        default: break
        }
    }
}
