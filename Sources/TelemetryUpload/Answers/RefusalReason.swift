// SPDX-License-Identifier: Apache-2.0

#if Upload
/// Why a batch is never sent again though it was not accepted.
public enum RefusalReason: Sendable, Equatable, CustomStringConvertible {
    /// The server answered with this status, which OTLP/HTTP does not let a client retry.
    case status(Int)

    /// The server's answer was longer than we read.
    case answerTooLarge

    /// The server's answer was not HTTP.
    case answerMalformed

    /// The reason as one word for counters and records, such as `http_404`.
    public var code: String {
        switch self {
        case .status(let status): "http_\(status)"
        case .answerTooLarge: "answer_too_large"
        case .answerMalformed: "answer_malformed"
        }
    }

    /// The reason for a person: lower-case, no full stop.
    public var description: String {
        switch self {
        case .status(let status) where (300...399).contains(status):
            "the server answered \(status), and redirects are not followed"
        case .status(let status): "the server answered \(status)"
        case .answerTooLarge: "the server's answer is too large"
        case .answerMalformed: "the server's answer is not HTTP"
        }
    }
}
#endif
