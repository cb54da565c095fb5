// SPDX-License-Identifier: Apache-2.0

/// What a collector answers with status 200: `ExportLogsServiceResponse`.
///
/// Both fields in their default state mean that every record was taken.
public struct ExportLogsResponse: Sendable, Equatable {
    /// How many records were refused for good; they must not be sent again.
    public var rejectedLogRecords: Int64
    /// Why, for a developer; with no record refused, a warning.
    public var errorMessage: String

    /// An answer; without arguments the one for full success.
    public init(rejectedLogRecords: Int64 = 0, errorMessage: String = "") {
        self.rejectedLogRecords = rejectedLogRecords
        self.errorMessage = errorMessage
    }

    /// The answer in the protobuf encoding: no byte at all for full success.
    public func encoded() -> [UInt8] {
        protobufBytes()
    }

    /// The answer in protobuf bytes; unknown fields are skipped.
    public init(decoding bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) {
        try self.init(protobuf: bytes, limits: limits)
    }
}

extension ExportLogsResponse: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(rejectedLogRecords: 0)
    }

    func write(to writer: inout ProtobufWriter) {
        if self != ExportLogsResponse() { writer.message(1, PartialSuccess(self)) }
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        guard field.number == 1 else { return try reader.skip(field) }
        var partial = PartialSuccess(self)
        try reader.message(field, into: &partial)
        self = partial.response
    }
}

/// `ExportLogsPartialSuccess`: the envelope around both fields.
struct PartialSuccess: ProtobufWritable, ProtobufReadable {
    var response = ExportLogsResponse()

    init() {}

    init(_ response: ExportLogsResponse) {
        self.response = response
    }

    func write(to writer: inout ProtobufWriter) {
        writer.numberUnlessZero(1, UInt64(bitPattern: response.rejectedLogRecords))
        writer.stringUnlessEmpty(2, response.errorMessage)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: response.rejectedLogRecords = try reader.signed(field)
        case 2: response.errorMessage = try reader.string(field)
        default: try reader.skip(field)
        }
    }
}
