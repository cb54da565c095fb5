// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import JSON
internal import OTLP

/// Answers of the intake in the form that OTLP/HTTP asks for: the encoding of the request, errors
/// as `google.rpc.Status`, and plain text where the request names no encoding.
enum IntakeAnswer {
    /// Seconds after which a client may try again, in `Retry-After`.
    static let retrySeconds = 30

    /// 200 with what was rejected; an empty body (protobuf) or object (JSON) when nothing was.
    static func accepted(_ rejected: Tally, in encoding: OTLPEncoding) -> HTTPResponse {
        var response = ExportLogsResponse()
        response.rejectedLogRecords = Int64(rejected.rejectedRecords)
        response.errorMessage = message(rejected)
        switch encoding {
        case .protobuf: return body(.ok, encoding, response.encoded())
        case .json: return body(.ok, encoding, Array(response.json().serialized(.compact).utf8))
        }
    }

    /// An error with its words, in the request's encoding.
    static func failure(
        _ status: HTTPStatus, _ message: String, to request: HTTPRequest
    ) -> HTTPResponse {
        let response = encoded(status, message, to: request)
        return status == .serviceUnavailable || status == .tooManyRequests
            ? response.with("Retry-After", String(retrySeconds)) : response
    }

    /// The status of a refused request.
    static func status(of refusal: IntakeRefusal) -> HTTPStatus {
        switch refusal.cause {
        case .malformed: .badRequest
        case .tooLarge: .contentTooLarge
        case .unsupported: .unsupportedMediaType
        case .unavailable: .serviceUnavailable
        }
    }

    private static func encoded(
        _ status: HTTPStatus, _ message: String, to request: HTTPRequest
    ) -> HTTPResponse {
        let error = RPCStatus(code: code(of: status), message: message)
        switch OTLPEncoding(request) {
        case .protobuf: return body(status, .protobuf, error.encoded())
        case .json: return body(status, .json, Array(error.json().serialized(.compact).utf8))
        case nil: return .text(status, message)
        }
    }

    private static func body(
        _ status: HTTPStatus, _ encoding: OTLPEncoding, _ bytes: [UInt8]
    ) -> HTTPResponse {
        HTTPResponse(status, headers: ["Content-Type": encoding.rawValue], body: bytes)
    }

    /// The reasons in one line: `2 records rejected: record.day 1, record.event 1`.
    private static func message(_ rejected: Tally) -> String {
        let reasons = rejected.counts.filter(\.key.isRecord).sorted { $0.key < $1.key }
        guard !reasons.isEmpty else { return "" }
        let words = reasons.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
        return "\(rejected.rejectedRecords) records rejected: \(words)"
    }

    /// The code of google.rpc.Code that stands for a status (google/rpc/code.proto).
    private static func code(of status: HTTPStatus) -> Int32 {
        switch status {
        case .unauthorized: 16
        case .forbidden: 7
        case .notFound: 5
        case .methodNotAllowed: 12
        case .contentTooLarge, .tooManyRequests, .headersTooLarge: 8
        case .serviceUnavailable: 14
        default: 3
        }
    }
}
