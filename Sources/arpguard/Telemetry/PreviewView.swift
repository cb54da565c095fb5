// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// What `preview` prints.
struct PreviewView {
    let preview: Preview
    /// The proxy that is configured; nil for none.
    let proxy: String?
    /// What the yes that stands covers; nil without one.
    let agreed: ConsentTerms?
    /// Whether a yes to what is configured now would leave behind what was recorded.
    let wouldLeaveBehind: Bool
    let words: CauseWords
    let status: TelemetryStatus

    func show(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let isRaw = invocation.command.isOn(.raw)
        switch preview {
        case .empty:
            invocation.diagnostics.notice("nothing waits to be uploaded")
        case .blocked(let batch, _, let causes):
            invocation.diagnostics.notice("nothing would leave: \(words.list(causes))")
            let standing =
                batch.state == .sending
                ? "has begun to leave, and is not answered" : "was sealed before, and waits"
            invocation.diagnostics.notice("this is a request that \(standing)")
            try show(batch, isRaw: isRaw, isBlocked: true, invocation)
            tellRest(beside: batch.events, invocation)
        case .unsealed(let json, let causes):
            let rest =
                agreed?.origin == nil
                ? "; it was recorded to stay here, and no later yes sends it"
                : wouldLeaveBehind
                    ? " by what is configured now; it leaves in the form and to the place that "
                        + "were agreed to, and no other yes sends it" : ""
            try show(
                json, "what is stored, not sealed, as it would be sent\(rest)", causes, invocation)
            tellRest(beside: RequestText.counts(json).map(\.count).reduce(0, +), invocation)
        case .sample(let json, let causes):
            try show(json, "a sample of invented events", causes, invocation)
        case .sealed(let batch, _):
            try show(batch, isRaw: isRaw, isBlocked: false, invocation)
            if let rest = rest(beside: batch) { invocation.diagnostics.notice(rest) }
        }
        return .success
    }

    private func show(
        _ batch: SealedBatch, isRaw: Bool, isBlocked: Bool, _ invocation: Invocation
    ) throws(CommandFailure) {
        if isRaw {
            invocation.output.raw(bytes: batch.body)
        } else {
            let view = try BatchView(batch, proxy: proxy, isBlocked: isBlocked)
            if invocation.output.format == .json {
                for line in [view.destination] + view.requestLines + [view.digest] {
                    invocation.diagnostics.notice(line)
                }
            }
            invocation.output.render(view.report)
        }
    }

    /// Tells what waits beside as many events, none of which can leave now.
    private func tellRest(beside shown: Int64, _ invocation: Invocation) {
        let more = status.waiting - shown
        if more > 0 { invocation.diagnostics.notice("\(more.of("event")) more wait") }
    }

    /// What waits beside the request that is shown.
    private func rest(beside batch: SealedBatch) -> String? {
        // Where any may go, one of those is shown.
        let areAllHeld = status.held == status.waiting
        let more = (areAllHeld ? status.held : status.waiting - status.held) - batch.events
        guard more > 0 else { return nil }
        return areAllHeld
            ? "\(more.of("event")) more held: arpguard telemetry review"
            : "this is the next request; \(more.of("event")) more wait: "
                + "arpguard telemetry upload --dry-run prints every request"
    }

    private func show(
        _ json: JSONValue, _ what: String, _ causes: [Cause], _ invocation: Invocation
    ) throws(CommandFailure) {
        invocation.diagnostics.notice("nothing would leave: \(words.list(causes))")
        invocation.diagnostics.notice("this is \(what)")
        if invocation.command.isOn(.raw) {
            throw CommandFailure("there are no sealed bytes to print", hint: "leave out --raw")
        }
        invocation.output.render(Report(text: RequestText(json).blocks, json: .lines([json])))
    }
}
