// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Telemetry

/// What `preview` prints.
struct PreviewView {
    let preview: Preview
    /// The proxy that is configured; nil for none.
    let proxy: String?

    func show(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let isRaw = invocation.command.isOn(.raw)
        switch preview {
        case .empty:
            invocation.diagnostics.notice("nothing waits to be uploaded")
        case .sample(let json, let causes):
            let words = causes.map(\.rawValue).joined(separator: ", ")
            invocation.diagnostics.notice(
                "nothing would leave (\(words)); this is a sample of invented events")
            if isRaw {
                throw CommandFailure("there are no sealed bytes to print", hint: "leave out --raw")
            }
            invocation.output.render(Report(text: RequestText(json).blocks, json: .lines([json])))
        case .sealed(let batch, _) where isRaw:
            invocation.output.raw(bytes: batch.body)
        case .sealed(let batch, _):
            let view = try BatchView(batch, proxy: proxy)
            if invocation.output.format == .json {
                for line in view.requestLines + [view.digest] {
                    invocation.diagnostics.notice(line)
                }
            }
            invocation.output.render(view.report)
        }
        return .success
    }
}
