// SPDX-License-Identifier: Apache-2.0

import Telemetry
import TelemetryUpload
import Testing

/// The endpoint that `url` names; a test ends here if it names none.
func endpoint(_ url: String) throws -> Endpoint {
    try #require(Endpoint(url))
}

/// A POST as the product sends it.
func post(
    _ url: String, body: [UInt8] = [1, 2, 3], limits: UploadLimits = UploadLimits()
) throws -> UploadRequest {
    try UploadRequest(
        url: endpoint(url), method: "POST",
        headers: [
            UploadHeader("Content-Type", "application/x-protobuf"),
            UploadHeader("User-Agent", "arpguard/0.1.0"),
        ], body: body, limits: limits)
}

extension TransferOutcome {
    /// The answer, if there is one.
    var response: UploadResponse? {
        if case .answered(let response) = self { response } else { nil }
    }

    /// The kind of the failure, if it is one.
    var failure: TransferFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }

    var failureKind: TransferFailure.Kind? { failure?.kind }
}
