// SPDX-License-Identifier: Apache-2.0

import Catalogue
import CommandLineKit
import JSON
import Program
import Telemetry

extension Command {
    /// `telemetry review`: a person decides what of the waiting batches leaves.
    static let review = Command(
        "review", summary: "Look at what waits to be uploaded; drop, withhold or release it",
        discussion: [
            "With telemetry.upload_review set to manual nothing leaves before it is released here; "
                + "otherwise you can still look and drop, as long as sending has not begun.",
            "On a terminal asks what to do, batch by batch. In scripts: --list; --batch UID to "
                + "look; --batch UID or --all with one of the actions.",
            "What is dropped is deleted here too, and a new batch holds the rest. What is "
                + "withheld stays here for you to see and is never sent.",
        ],
        flags: [.list, .batch, .all, .dropEvent, .dropType, .release, .withhold],
        examples: [
            .init("arpguard telemetry review", "Decide on a terminal"),
            .init("arpguard telemetry review --list --format json", "List, for a script"),
            .init("arpguard telemetry review --all --release", "Let everything go"),
            .init("arpguard telemetry review --batch UID --drop-event 3", "Drop the third event"),
        ],
        json: .review
    ) { invocation throws(CommandFailure) in
        let setup = try TelemetrySetup.settled(invocation)
        let review = Reviewing(
            control: setup.control(), proxy: setup.config.uploadProxy, output: invocation.output)
        return try ReviewScript(invocation: invocation, review: review).run()
    }
}

extension Flag {
    fileprivate static let list = Flag("list", help: "List the batches and end")
    fileprivate static let batch = Flag(
        "batch", .string, value: "UID", help: "The batch that is meant")
    fileprivate static let all = Flag("all", help: "All batches are meant")
    fileprivate static let dropEvent = Flag(
        "drop-event", .integer(1...10_000), value: "NO", repeatable: true,
        help: "Drop the event with this number in the batch")
    fileprivate static let dropType = Flag(
        "drop-type", .suggested(Catalogue.standard.events.map(\.name)), value: "EVENT",
        help: "Drop all events of this type")
    fileprivate static let release = Flag("release", help: "Let it go with the next upload")
    fileprivate static let withhold = Flag("withhold", help: "Keep it here, and never send it")
}

/// `review` as its flags say: one action, or the dialogue where there is none.
private struct ReviewScript {
    let invocation: Invocation
    let review: Reviewing
    private var command: ParsedCommand { invocation.command }

    func run() throws(CommandFailure) -> ExitStatus {
        try refuseContradictions()
        if let action = try action() {
            let meant = try meant()
            if meant.isEmpty { invocation.diagnostics.notice(try nothingMeant()) }
            for uid in meant { try review.perform(action, on: uid) }
            return .success
        }
        if let uid = command.string(.batch) {
            try review.look(at: uid)
        } else if !command.isOn(.list), Terminal.isInteractive, invocation.output.format == .table {
            try ReviewDialogue(review, invocation.diagnostics).run()
        } else {
            let batches = try review.batches()
            review.list(batches)
            if batches.isEmpty { invocation.diagnostics.notice(try review.emptiness()) }
        }
        return .success
    }

    private func refuseContradictions() throws(CommandFailure) {
        let isAction = [Flag.dropEvent, .dropType, .release, .withhold].contains(where: isGiven)
        if command.isOn(.list), isAction || [Flag.batch, .all].contains(where: isGiven) {
            throw CommandFailure(
                "--list goes with no other flag of review",
                hint: "list first, then decide: arpguard telemetry review --all --release",
                status: .usage)
        }
        if command.isOn(.all), isGiven(.batch) {
            throw CommandFailure(
                "--batch and --all exclude each other", hint: "give one of them", status: .usage)
        }
        if command.isOn(.all), !isAction {
            throw CommandFailure(
                "what is to be done with all batches?",
                hint: "add --release, --withhold or --drop-type EVENT", status: .usage)
        }
    }

    private func isGiven(_ flag: Flag) -> Bool { !command.strings(flag).isEmpty }

    private func nothingMeant() throws(CommandFailure) -> String {
        guard let type = command.string(.dropType), try !review.batches().isEmpty else {
            return try review.emptiness()
        }
        return "no batch that waits holds an event of type \(type)"
    }

    /// The one action that the flags ask for; nil for none.
    private func action() throws(CommandFailure) -> ReviewAction? {
        var actions: [ReviewAction] = []
        let numbers = command.strings(.dropEvent).compactMap { Int($0) }
        if !numbers.isEmpty { actions.append(.drop(.events(Set(numbers)))) }
        if let type = command.string(.dropType) {
            try Catalogue.checkType(type)
            actions.append(.drop(.type(type)))
        }
        if command.isOn(.release) { actions.append(.release) }
        if command.isOn(.withhold) { actions.append(.withhold) }
        guard actions.count <= 1 else {
            throw CommandFailure(
                "one action at a time: a batch gets a new name when something is dropped",
                hint: "give one of --drop-event, --drop-type, --release, --withhold",
                status: .usage)
        }
        if !numbers.isEmpty, command.isOn(.all) {
            throw CommandFailure(
                "--drop-event needs one batch", hint: "name it with --batch", status: .usage)
        }
        return actions.first
    }

    private func meant() throws(CommandFailure) -> [String] {
        if command.isOn(.all) {
            return try review.batches().filter(isMeantByAll).map(\.uid)
        }
        guard let uid = command.string(.batch) else {
            throw CommandFailure(
                "which batch is meant?", hint: "give --batch UID, or --all", status: .usage)
        }
        return [uid]
    }

    /// A type is dropped from those batches that hold it.
    private func isMeantByAll(_ batch: SealedBatch) -> Bool {
        guard let type = command.string(.dropType) else { return true }
        return RequestText.counts(batch.json).contains { $0.type == type }
    }
}
