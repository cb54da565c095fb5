// SPDX-License-Identifier: Apache-2.0

internal import Compression
internal import HTTPServing
internal import JSON
internal import OTLP

/// The two encodings of OTLP/HTTP (opentelemetry-specification, protocol/otlp).
enum OTLPEncoding: String, Sendable {
    case protobuf = "application/x-protobuf"
    case json = "application/json"

    /// The encoding of a request by its media type; nil for another type or none.
    init?(_ request: HTTPRequest) {
        guard let type = request.mediaType else { return nil }
        self.init(rawValue: type)
    }
}

/// Decodes the body of an export request within limits.
struct RequestReader {
    /// Bytes that reading a body takes for each of its own: tables over protobuf, and the tree of
    /// a JSON text, whose smallest values have two bytes.
    static let protobufBytesPerByte = 3
    static let jsonBytesPerByte = 40

    let policy: IntakePolicy
    let room: RequestRoom

    /// Decodes a body, or says why it can't be decoded.
    func read(_ request: HTTPRequest) throws(IntakeRefusal) -> FlatLogs {
        guard let encoding = OTLPEncoding(request) else {
            throw IntakeRefusal(
                cause: .unsupported,
                message: "the content type must be application/x-protobuf or application/json")
        }
        let body = try inflated(request, bytesMax: bytesMax(encoding))
        let factor = encoding == .json ? Self.jsonBytesPerByte : Self.protobufBytesPerByte
        try room.take(body.count * factor, busy: "too much is being received")
        defer { room.giveBack(body.count * factor) }
        switch encoding {
        case .protobuf: return try Self.decoded { try FlatLogs(body, limits: limits) }
        case .json:
            return try Self.decoded {
                let limits = JSONLimits(bytesMax: policy.jsonBytesMax)
                let json = try JSONValue.parse(bytes: body, limits: limits)
                return try FlatLogs(
                    ExportLogsRequest(json: json, limits: self.limits).encoded(),
                    limits: self.limits)
            }
        }
    }

    private func bytesMax(_ encoding: OTLPEncoding) -> Int {
        encoding == .json ? policy.jsonBytesMax : policy.bodyBytesMax
    }

    private var limits: OTLPLimits {
        OTLPLimits(
            messageBytesMax: policy.bodyBytesMax, recordsMax: policy.recordsMax,
            valuesMax: policy.valuesMax)
    }

    private func inflated(
        _ request: HTTPRequest, bytesMax: Int
    ) throws(IntakeRefusal) -> [UInt8] {
        let coding = try Self.coding(of: request)
        do {
            return try decompress(request.body, as: coding, outputBytesMax: bytesMax)
        } catch {
            switch error {
            case .tooLarge, .windowTooLarge:
                throw IntakeRefusal(cause: .tooLarge, message: error.description)
            case .malformed:
                throw IntakeRefusal(cause: .malformed, message: error.description)
            case .outOfMemory:
                throw IntakeRefusal(cause: .unavailable, message: error.description)
            }
        }
    }

    private static func coding(of request: HTTPRequest) throws(IntakeRefusal) -> ContentCoding {
        switch request.headers["Content-Encoding"]?.lowercased() {
        case nil, "", "identity": return .identity
        case "gzip": return .gzip
        case "zstd": return .zstd
        default:
            throw IntakeRefusal(
                cause: .unsupported, message: "the content coding must be gzip, zstd or identity")
        }
    }

    private static func decoded<Result>(
        _ body: () throws -> Result
    ) throws(IntakeRefusal) -> Result {
        do {
            return try body()
        } catch {
            throw IntakeRefusal(
                cause: isLimit(error) ? .tooLarge : .malformed,
                message: "can't be decoded: \(error)")
        }
    }

    /// Whether a text or message is sound as far as it was read, and has too much of something.
    private static func isLimit(_ error: any Error) -> Bool {
        switch error {
        case OTLPError.limitExceeded: true
        case let error as JSONError: error.code == .tooLarge || error.code == .tooDeep
        default: false
        }
    }
}
