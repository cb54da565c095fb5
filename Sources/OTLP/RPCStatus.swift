// SPDX-License-Identifier: Apache-2.0

/// What a collector answers with a status of 400 or above: `google.rpc.Status`, without details.
public struct RPCStatus: Sendable, Equatable {
    /// A code of `google.rpc.Code`; 0 is unset.
    public var code: Int32
    /// What went wrong, for a developer.
    public var message: String

    /// A status.
    public init(code: Int32 = 0, message: String) {
        self.code = code
        self.message = message
    }

    /// The status in the protobuf encoding.
    public func encoded() -> [UInt8] {
        protobufBytes()
    }

    /// The status in protobuf bytes; details and unknown fields are skipped.
    public init(decoding bytes: [UInt8], limits: OTLPLimits = .standard) throws(OTLPError) {
        try self.init(protobuf: bytes, limits: limits)
    }
}

extension RPCStatus: ProtobufWritable, ProtobufReadable {
    init() {
        self.init(message: "")
    }

    func write(to writer: inout ProtobufWriter) {
        writer.numberUnlessZero(1, UInt64(bitPattern: Int64(code)))
        writer.stringUnlessEmpty(2, message)
    }

    mutating func read(
        _ field: ProtobufField, from reader: inout ProtobufReader
    ) throws(OTLPError) {
        switch field.number {
        case 1: code = Int32(truncatingIfNeeded: try reader.number(field))
        case 2: message = try reader.string(field)
        default: try reader.skip(field)
        }
    }
}
