// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

extension Command {
    /// `telemetry delete-data`: deletes here, then has the helper ask for erasure elsewhere.
    static let deleteData = Command(
        "delete-data", summary: "Delete everything recorded here, and have it erased elsewhere",
        discussion: [
            "Consent stays as it is. If anything was ever sent, the collector is asked to erase it "
                + "too, at once and again until it confirms; that request outlives this command, "
                + "and until when servers are left alone."
        ],
        flags: [.confirm], json: .deletion
    ) { invocation throws(CommandFailure) in
        let setup = TelemetrySetup(try ProgramContext(invocation), invocation)
        let isConfirmed = try invocation.isConfirmed(
            asking: "Delete everything that telemetry recorded?", otherwise: "nothing was deleted")
        guard isConfirmed else { return .success }
        let wasAsked = !setup.control().causes(blocking: .recording).contains(.notAsked)
        let marks = setup.ledgerMarks()
        let begun = setup.deleteData()
        // Whoever ends meanwhile what is not done yet leaves it to be told here.
        let asked = ErasureElsewhere.ask(setup.unheard, after: begun.failure) {
            begun.tell(on: invocation.diagnostics)
        }
        let reach = setup.completed(begun)
        let (outcomes, failure, events) = (reach.outcomes, reach.failure, reach.deleted)
        let elsewhere = ErasureElsewhere(
            requested: outcomes.contains(where: \.erasureRequested),
            outcomes.reduce(into: []) { $0.formUnion($1.unerasable) }, asked: asked, after: marks,
            setup.unheard)
        if outcomes.isEmpty, let failure { throw reach.telling(failure, elsewhere) }
        // Without a yes there was no identifier under which anything could be sent.
        let isUnsent = !wasAsked && outcomes.count == 1 && !elsewhere.isAny
        let isEnabled = setup.control().causes(blocking: .recording).isEmpty
        var lines = ["deleted \(events.of("event")), not all"]
        if failure == nil {
            lines = ["deleted \(events.of("event")); no byte of what was recorded is left here"]
            lines.append(
                isUnsent
                    ? "nothing was ever sent: nobody has agreed to it here" : elsewhere.sentence)
        } else if elsewhere.isAny {
            lines.append(elsewhere.sentence)
        }
        if !reach.absent.isEmpty {
            lines = ["deleted \(events.of("event")) where that is possible now"]
            if elsewhere.isRequested { lines.append(elsewhere.sentence) }
            lines += Report.awaited(reach.absent, setup)
        }
        if isEnabled {
            lines.append(
                setup.home.addressing(
                    "telemetry stays on, under a new identifier; arpguard telemetry disable ends "
                        + "it"))
        }
        let head = setup.ledgerHead
        if let head, failure == nil {
            lines.append("the log begins anew, and no head of before holds; it is now \(head)")
        }
        invocation.output.render(
            elsewhere.report(
                lines,
                [
                    ("deleted_events", .integer(events)),
                    ("storage_bytes", .integer(outcomes.reduce(0) { $0 + $1.bytesLeft })),
                    ("enabled", .bool(isEnabled)), ("ledger_head", .optional(head)),
                    ("absent_places", .array(reach.absent.map { .string($0.path) })),
                ]))
        if let failure { throw failure }
        return .success
    }
}

extension TelemetrySetup.Reach<DeletionOutcome> {
    /// Events that were deleted, of all folders.
    fileprivate var deleted: Int64 { outcomes.reduce(0) { $0 + $1.events } }

    /// What kept it from its end, with what has begun all the same.
    fileprivate func telling(
        _ failure: CommandFailure, _ elsewhere: ErasureElsewhere
    ) -> CommandFailure {
        guard isUnderWay else { return failure }
        let rest = elsewhere.isAny ? "; \(elsewhere.sentence)" : ""
        return CommandFailure(
            "\(failure.message); what is here is deleted, or will be by the next command\(rest)",
            hint: failure.hint, status: failure.status)
    }

    /// What was done here, before the collector is waited for: whoever waits may end that.
    fileprivate func tell(on diagnostics: Diagnostics) {
        guard failure == nil else { return }
        diagnostics.notice("deleted \(deleted.of("event")) here; now the collector is asked")
    }
}
