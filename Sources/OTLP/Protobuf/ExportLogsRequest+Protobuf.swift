// SPDX-License-Identifier: Apache-2.0

extension ExportLogsRequest {
    /// The request in the protobuf encoding: equal requests give equal bytes, as short as
    /// possible.
    public func encoded() -> [UInt8] {
        protobufBytes()
    }

    /// The request in protobuf bytes; fields that OTLP logs do not have are skipped.
    ///
    /// Throws at the first byte that breaks the encoding, and as soon as a limit is passed.
    public init(decoding bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) {
        try self.init(protobuf: bytes, limits: limits)
    }
}

extension ExportLogsRequest: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(resourceLogs: [])
    }

    func write(to writer: inout ProtobufWriter) {
        writer.messages(1, resourceLogs)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: try reader.element(field, of: &resourceLogs)
        default: try reader.skip(field)
        }
    }
}

extension ResourceLogs: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(resource: Resource())
    }

    func write(to writer: inout ProtobufWriter) {
        if resource != Resource() { writer.message(1, resource) }
        writer.messages(2, scopeLogs)
        writer.stringUnlessEmpty(3, schemaURL)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: try reader.message(field, into: &resource)
        case 2: try reader.element(field, of: &scopeLogs)
        case 3: schemaURL = try reader.string(field)
        default: try reader.skip(field)
        }
    }
}

extension Resource: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(attributes: [])
    }

    func write(to writer: inout ProtobufWriter) {
        writer.messages(1, attributes)
        writer.numberUnlessZero(2, UInt64(droppedAttributesCount))
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: try reader.element(field, of: &attributes)
        case 2: droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.number(field))
        default: try reader.skip(field)
        }
    }
}

extension ScopeLogs: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(scope: InstrumentationScope())
    }

    func write(to writer: inout ProtobufWriter) {
        if scope != InstrumentationScope() { writer.message(1, scope) }
        writer.messages(2, logRecords)
        writer.stringUnlessEmpty(3, schemaURL)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: try reader.message(field, into: &scope)
        case 2: try reader.element(field, of: &logRecords)
        case 3: schemaURL = try reader.string(field)
        default: try reader.skip(field)
        }
    }
}

extension InstrumentationScope: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(name: "")
    }

    func write(to writer: inout ProtobufWriter) {
        writer.stringUnlessEmpty(1, name)
        writer.stringUnlessEmpty(2, version)
        writer.messages(3, attributes)
        writer.numberUnlessZero(4, UInt64(droppedAttributesCount))
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: name = try reader.string(field)
        case 2: version = try reader.string(field)
        case 3: try reader.element(field, of: &attributes)
        case 4: droppedAttributesCount = UInt32(truncatingIfNeeded: try reader.number(field))
        default: try reader.skip(field)
        }
    }
}
