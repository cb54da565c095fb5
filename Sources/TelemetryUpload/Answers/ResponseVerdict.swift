// SPDX-License-Identifier: Apache-2.0

#if Upload
public import Modules

/// What follows for a batch from how its transfer ended, by the rules of OTLP/HTTP.
public enum ResponseVerdict: Sendable, Equatable {
    /// The server took the batch but for `rejectedRecords`; it is never sent again.
    ///
    /// `warning` is what the server, or we, have to say about it.
    case accepted(rejectedRecords: Int64, warning: String?)

    /// The batch is sent again later; `after` is the least delay, where the server named one.
    case retryLater(after: Duration?)

    /// The batch is never sent again: the same bytes would meet the same refusal.
    case final(RefusalReason)

    /// The statuses after which OTLP/HTTP lets a client try again.
    public static let retryableStatuses: Set<Int> = [429, 502, 503, 504]

    /// How many characters of a server's message are kept.
    public static let warningCharactersMax = 200

    /// Judges how a transfer of a batch ended.
    ///
    /// Any status from 200 to 299 is success. Of the failures, those where no answer came are
    /// retried; an answer that is too long or not HTTP is final.
    public static func judge(_ outcome: TransferOutcome, now: Timestamp) -> ResponseVerdict {
        switch outcome {
        case .answered(let response): judge(response, now: now)
        case .failed(let failure): judge(failure)
        }
    }

    private static func judge(_ failure: TransferFailure) -> ResponseVerdict {
        switch failure.kind {
        case .tooLarge: .final(.answerTooLarge)
        case .malformed: .final(.answerMalformed)
        // The last three are this machine's own affair: the batch has done nothing wrong.
        case .connect, .proxy, .tls, .timeout, .closed, .certificates, .cancelled, .local:
            .retryLater(after: nil)
        }
    }

    private static func judge(_ response: UploadResponse, now: Timestamp) -> ResponseVerdict {
        if (200...299).contains(response.status) { return PartialSuccess.verdict(response) }
        guard retryableStatuses.contains(response.status) else {
            return .final(.status(response.status))
        }
        let after = response.header("retry-after").flatMap { RetryAfter.parse($0, now: now) }
        return .retryLater(after: after)
    }
}
#endif
