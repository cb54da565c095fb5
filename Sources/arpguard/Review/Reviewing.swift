// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// What can be done with a batch in review.
enum ReviewAction: Sendable, Equatable {
    case release
    case withhold
    case drop(ReviewDrop)
}

/// Performs what flags or a dialogue ask for, and prints what it did.
struct Reviewing {
    let control: TelemetryControl
    let proxy: String?
    let output: Output

    func batches() throws(CommandFailure) -> [SealedBatch] {
        try telling { try control.reviewable() }
    }

    /// What is said where there is no batch to decide on.
    func emptiness() throws(CommandFailure) -> String {
        let unanswered = try telling { try control.unanswered() }
        return unanswered.map { "nothing waits for a decision: \($0)" }
            ?? "nothing waits to be uploaded"
    }

    func list(_ batches: [SealedBatch]) {
        guard !batches.isEmpty || output.format == .json else { return }
        var table = Table([
            .init("NO", .trailing), .init("BATCH"), .init("STATE"), .init("EVENTS", .trailing),
            .init("BYTES", .trailing), .init("TYPES"),
        ])
        for (index, batch) in batches.enumerated() {
            let types = RequestText.counts(batch.json).map { "\($0.count) \($0.type)" }
            table.append([
                "\(index + 1)", StyledText(batch.uid), StyledText(batch.state.rawValue),
                "\(batch.events)", "\(batch.body.count)",
                StyledText(types.joined(separator: ", ")),
            ])
        }
        output.render(Report(text: [.table(table)], json: .lines(batches.map(row))))
    }

    private func row(_ batch: SealedBatch) -> JSONValue {
        let types = RequestText.counts(batch.json).map { ($0.type, JSONValue.integer($0.count)) }
        return [
            "batch": .string(batch.uid), "state": .string(batch.state.rawValue),
            "events": .integer(batch.events), "bytes": .integer(Int64(batch.body.count)),
            "sha256": .string(batch.sha256), "url": .string(batch.url),
            "types": .object(JSONObject(types)),
        ]
    }

    func look(at uid: String) throws(CommandFailure) {
        guard let batch = try batches().first(where: { $0.uid == uid }) else {
            throw CommandFailure(
                "there is no batch \(uid) of which nothing has left",
                hint: "arpguard telemetry review --list shows those that there are")
        }
        try look(at: batch)
    }

    func look(at batch: SealedBatch) throws(CommandFailure) {
        output.render(try BatchView(batch, proxy: proxy).report)
    }

    func perform(_ action: ReviewAction, on uid: String) throws(CommandFailure) {
        switch action {
        case .release:
            try telling { try control.release(uid) }
            say("\(uid) goes with the next upload", ["batch": .string(uid), "done": "released"])
        case .withhold:
            let events = try telling { try control.withhold(uid) }
            say(
                "\(uid) stays here, and never leaves: \(events.of("event"))",
                [
                    "batch": .string(uid), "done": "withheld", "events": .integer(events),
                ])
        case .drop(let what):
            let outcome = try telling { try control.drop(what, from: uid) }
            let rest = outcome.successor.map { "\($0.uid) holds the other \($0.events)" }
            say(
                "dropped \(outcome.dropped.of("event")) from \(uid); \(rest ?? "nothing is left")",
                [
                    "batch": .string(uid), "done": "dropped",
                    "events": .integer(outcome.successor?.events ?? 0),
                    "dropped": .integer(outcome.dropped),
                    "successor": outcome.successor.map { .string($0.uid) } ?? .null,
                ])
        }
    }

    private func say(_ text: String, _ json: JSONValue) {
        output.render(Report(text: [.line(StyledText(text))], json: .lines([json])))
    }
}
