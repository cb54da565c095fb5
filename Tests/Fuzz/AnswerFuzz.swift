// SPDX-License-Identifier: Apache-2.0

import Modules
import TelemetryUpload

/// What a server answers to a batch or to a request for erasure.
///
/// The first byte chooses the status, the second how long `Retry-After` is; the rest is the body.
enum AnswerFuzz {
    private static let statuses = [200, 204, 400, 404, 408, 413, 429, 500, 503]
    private static let now = Timestamp(nanoseconds: 1_767_225_600_000_000_000)

    static func feed(_ bytes: [UInt8]) {
        guard bytes.count > 1 else { return }
        let rest = bytes.dropFirst(2)
        let header = rest.prefix(Int(bytes[1]))
        let response = UploadResponse(
            status: statuses[Int(bytes[0]) % statuses.count],
            headers: [
                UploadHeader("Content-Type", "application/x-protobuf"),
                UploadHeader("Retry-After", String(decoding: header, as: UTF8.self)),
            ], body: Array(rest.dropFirst(header.count)))
        switch ResponseVerdict.judge(.answered(response), now: now) {
        case .accepted(let rejected, _): precondition(rejected >= 0, "fewer than none rejected")
        case .retryLater(let delay): check(delay)
        case .final: break
        }
        if case .retryLater(let delay, _) = ErasureVerdict.judge(.answered(response), now: now) {
            check(delay)
        }
    }

    private static func check(_ delay: Duration?) {
        guard let delay else { return }
        precondition(delay >= .zero && delay <= RetryAfter.delayMax, "a wait out of bounds")
    }
}
