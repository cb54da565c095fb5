// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

extension Command {
    /// `telemetry rotate-id`.
    static let rotateID = Command(
        "rotate-id", summary: "Take a new installation identifier, and have the old one erased",
        discussion: [
            "Nothing links the new identifier to the old one: batches, which bear the old one, are "
                + "deleted here, and events that wait are never sent. If anything was sent, the "
                + "collector is asked to erase it, at once and again until it confirms."
        ],
        flags: [.confirm], json: .rotation
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let isConfirmed = try invocation.isConfirmed(
            asking: "Take a new identifier?", otherwise: "nothing was changed")
        guard isConfirmed else { return .success }
        let marks = setup.ledgerMarks()
        let (outcome, unmarked) = try telling { try setup.rotateID() }
        if let unmarked {
            invocation.diagnostics.warning(
                "a copy of \(setup.place) that is put back would bring the old identifier back: "
                    + unmarked.message, hint: unmarked.hint)
        }
        let asked = ErasureElsewhere.ask(setup, after: nil) {
            invocation.diagnostics.notice("the identifier is a new one; now the collector is asked")
        }
        let elsewhere = ErasureElsewhere(
            requested: outcome.erasureRequested, outcome.unerasable, asked: asked, after: marks,
            setup)
        var lines = [
            outcome.erasureRequested && !elsewhere.isSettled
                ? "the old identifier is kept only to ask for its erasure, until that is confirmed"
                : "the old identifier is forgotten here"
        ]
        if outcome.batches > 0 {
            let batches = outcome.batches.of("batch", plural: "batches")
            lines.append("deleted the bytes of \(batches) that bore it, sent or not")
        }
        if outcome.keptEvents > 0 {
            let kept = outcome.keptEvents.of("event")
            lines.append("what waited (\(kept)) stays here for you to see and never leaves")
        }
        if outcome.begunEvents > 0 {
            let begun = outcome.begunEvents.of("event")
            lines.append(
                "what was on its way (\(begun)) is sent no further; what of it arrived is to be "
                    + "erased with the old identifier")
        }
        lines.append(elsewhere.sentence)
        invocation.output.render(
            elsewhere.report(
                lines,
                [
                    ("rotated", true), ("deleted_batches", .integer(outcome.batches)),
                    ("kept_events", .integer(outcome.keptEvents)),
                    ("begun_events", .integer(outcome.begunEvents)),
                ]))
        return .success
    }
}
