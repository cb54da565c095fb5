// SPDX-License-Identifier: Apache-2.0

#if Upload
package import Modules

/// What follows for a request for erasure from how its transfer ended.
///
/// A request is kept until it is confirmed, so nothing but a server that has no such thing ends it:
/// a person who asked for erasure is not left with less than the truth.
package enum ErasureVerdict: Sendable, Equatable {
    /// The server erased, or never had, what was to be erased.
    case done
    /// The server does not offer erasure at this address.
    case unsupported
    /// The request is sent again later; `after` is the least delay, where the server named one.
    case retryLater(after: Duration?, reason: String)

    /// Judges how a transfer of a request for erasure ended.
    package static func judge(_ outcome: TransferOutcome, now: Timestamp) -> ErasureVerdict {
        switch outcome {
        case .failed(let failure):
            return .retryLater(after: nil, reason: failure.text)
        case .answered(let response):
            switch response.status {
            case 200...299: return .done
            case 404, 405: return .unsupported
            default:
                let after = response.header("retry-after")
                    .flatMap { RetryAfter.parse($0, now: now) }
                let reason = RefusalReason.status(response.status).description
                return .retryLater(after: after, reason: reason)
            }
        }
    }
}
#endif
