// SPDX-License-Identifier: Apache-2.0

#if Upload
import CommandLineKit
import Glibc
import TelemetryUpload

/// One line on a terminal that says how far an upload is, and is gone at its end.
struct ProgressLine {
    private let isShown: Bool

    init(_ invocation: Invocation) {
        isShown = invocation.diagnostics.showsProgress
    }

    func show(_ summary: UploadSummary) {
        say("\r\u{1B}[K\(summary.batchesSent) batches, \(summary.eventsSent) events sent")
    }

    func end() { say("\r\u{1B}[K") }

    private func say(_ text: String) {
        guard isShown else { return }
        let bytes = Array(text.utf8)
        // A terminal that is gone needs no progress.
        _ = unsafe write(2, bytes, bytes.count)
    }
}
#endif
