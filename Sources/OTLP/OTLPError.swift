// SPDX-License-Identifier: Apache-2.0

/// Why bytes or a JSON value are not the OTLP message that was asked for.
public enum OTLPError: Error, Sendable, Equatable {
    /// The protobuf bytes break the wire format or a rule of OTLP at that byte.
    case malformed(Fault, byte: Int)
    /// A JSON value is of another kind than its place asks for; the path looks like
    /// `resourceLogs[0].resource` and is empty at the top.
    case unexpectedJSON(expected: String, path: String)
    /// The message is larger in some respect than `OTLPLimits` allow.
    case limitExceeded(Limit, limit: Int)

    /// What can be wrong with protobuf bytes; the raw value is its wording for people.
    public enum Fault: String, Sendable {
        /// A field, or the message, ends before its content does.
        case truncated = "message ends inside a field"
        /// A variable-length number of more than ten bytes or 64 bits.
        case overlongVarint = "number with too many bytes"
        /// A known field in another wire type, or a wire type that OTLP does not use.
        case wrongWireType = "field of the wrong wire type"
        /// A field number outside 1 to 536,870,911.
        case invalidFieldNumber = "invalid field number"
        /// A text that is not UTF-8.
        case invalidUTF8 = "text that is not utf-8"
        /// A trace identifier that is not of 16 bytes, or a span identifier not of 8.
        case wrongIdentifierLength = "identifier of the wrong length"
    }

    /// What can be too much; the raw value is its wording for people.
    public enum Limit: String, Sendable {
        /// `OTLPLimits.messageBytesMax`.
        case messageBytes = "bytes in a message"
        /// `OTLPLimits.groupsMax`.
        case groups = "resource and scope groups"
        /// `OTLPLimits.recordsMax`.
        case records = "log records"
        /// `OTLPLimits.attributesMax`.
        case attributes = "attributes in one place"
        /// `OTLPLimits.valuesMax`.
        case values = "values in a message"
        /// `OTLPLimits.valueDepthMax`.
        case valueDepth = "levels of nested values"
        /// `OTLPLimits.stringBytesMax`.
        case stringBytes = "bytes in one text"
    }
}

extension OTLPError: CustomStringConvertible {
    /// The fault in one line, lower-case, without a full stop.
    public var description: String {
        switch self {
        case .malformed(let fault, let byte): "\(fault.rawValue) at byte \(byte)"
        case .unexpectedJSON(let expected, ""): "expected \(expected)"
        case .unexpectedJSON(let expected, let path): "expected \(expected) at \(path)"
        case .limitExceeded(let kind, let limit): "more than \(limit) \(kind.rawValue)"
        }
    }
}

extension OTLPError {
    /// The same error seen from the value around it; the step is `.name` or `[index]`.
    func inside(_ step: String) -> OTLPError {
        guard case .unexpectedJSON(let expected, let path) = self else { return self }
        let isFirst = path.isEmpty || path.hasPrefix("[")
        return .unexpectedJSON(expected: expected, path: step + (isFirst ? "" : ".") + path)
    }
}
