// SPDX-License-Identifier: Apache-2.0

#if Upload
import Telemetry

extension TransferOutcome {
    /// How the transfer ended, for a person and for the record: lower-case, no full stop. It names
    /// nothing of this machine or its network.
    var answer: String {
        switch self {
        case .answered(let response): RefusalReason.status(response.status).description
        case .failed(let failure): failure.text
        }
    }

    /// Whether any byte of the request's body may have left.
    var mayHaveLeft: Bool {
        guard case .failed(let failure) = self else { return true }
        return failure.mayHaveSent
    }

    private var failureKind: TransferFailure.Kind? {
        if case .failed(let failure) = self { failure.kind } else { nil }
    }

    /// Where on the way of a request it ended: at the server, or before it.
    func place(on request: UploadRequest) -> String {
        if failureKind == .proxy, let proxy = request.proxy { return proxy }
        return request.url.origin
    }

    /// What a person may do about it, where it is known, and then what follows.
    func hint(for request: UploadRequest, _ consequence: String) -> String {
        let advice: String? =
            switch failureKind {
            case .tls:
                "see whether it speaks TLS; telemetry.upload_ca_file names certificates to trust"
            case .certificates:
                request.caFile.map { "telemetry.upload_ca_file must name readable PEM, not \($0)" }
                    ?? "the system has none: install ca-certificates"
            case .proxy: "check telemetry.upload_proxy"
            default: nil
            }
        return advice.map { "\($0); \(consequence)" } ?? consequence
    }
}
#endif
