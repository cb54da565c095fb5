// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite

extension TelemetryStatus {
    /// Where the words about an upload come from, which differ from program to program.
    package struct UploadWords {
        /// The command that sends now.
        package let command: String
        /// The command that lets held events go.
        package let review: String
        /// Who sends when an upload is due, such as `once a watch runs here`.
        package let sender: String
        /// What stands in the place of a lock, so that no batch leaves; nil where nothing does.
        package var fault: String?
        /// Who is at an upload now; nil for nobody.
        package var uploaders: String?
        /// Why no upload begins by itself now; nil where any may.
        package var hold: String?

        /// Words for a program of this name; `addressing` has a command reach the home.
        package init(
            program: String, sender: String, addressing: (String) -> String = { $0 }
        ) {
            command = addressing("\(program) telemetry upload")
            review = addressing("\(program) telemetry review")
            self.sender = sender
        }

        /// Words for a program whose watch uploads, and where `isService` a timer, `-upload.timer`.
        package init(
            program: String, isWatched: Bool, isService: Bool,
            addressing: (String) -> String = { $0 }
        ) {
            let timer = isService ? " or \(program)-upload.timer is on" : ""
            self.init(
                program: program,
                sender: isWatched
                    ? "by the watch that runs here" : "once a watch runs here\(timer)",
                addressing: addressing)
        }
    }

    /// All that is to be said of the next upload, for people: no full stop.
    package func nextUploadText(_ words: UploadWords) -> String {
        let isAllowed = blockedSending.isEmpty
        if isAllowed, let fault = words.fault { return "none: \(fault)" }
        let now = words.uploaders.map { "; at work now: \($0)" } ?? ""
        let hold = isAllowed ? words.hold.map { "; none by itself now: \($0)" } ?? "" : ""
        return departure(words) + now + hold
    }

    /// When what waits leaves, and by whom, for people: no full stop. What keeps it here is said
    /// in place of a time that nothing would come of.
    private func departure(_ words: UploadWords) -> String {
        if !blockedSending.isEmpty { return "none: sending is blocked" }
        if waiting > 0, held == waiting {
            return "none: all \(held) that wait are held until you run: \(words.review)"
        }
        guard let nextUpload else { return "when you run: \(words.command)" }
        let due = "due at \(nextUpload), \(words.sender)"
        var obstacles = isBudgetSpent ? ["today's bytes are used up"] : []
        if areErasuresFirst { obstacles.append("requests for erasure go first, and alone") }
        if let time = batchesNotBefore {
            obstacles.append("nothing before \(time.rfc3339), as the server wished")
        }
        return obstacles.isEmpty
            ? "\(due), or by: \(words.command)" : "\(due); \(obstacles.joined(separator: "; "))"
    }
}

extension TelemetryControl {
    /// Tells when batches go next, and what keeps them here until then, whoever starts an upload.
    func foresee(_ status: inout TelemetryStatus, _ store: Store) throws {
        var next = try agenda(of: store).batchesAt
        status.isBudgetSpent = try status.waiting > status.held && !hasBudget(store)
        if status.isBudgetSpent {
            // A round before that would only be put off.
            next = next.map { max($0, Day(number: seams.clock.now().day.number + 1).start) }
        }
        let areAllHeld = status.waiting > 0 && status.held == status.waiting
        status.nextUpload = areAllHeld ? nil : next?.rfc3339
        status.isTurnOfBatches = try isTurnOfBatches(store)
        status.batchesNotBefore = try memory(of: store).wish()
    }

    /// Whether the next batch may go today; one that is not sealed yet, if there is a byte left.
    private func hasBudget(_ store: Store) throws -> Bool {
        let states = Outbox.ready(config)
        let sealed = try store.database.integer(
            "SELECT length(body) FROM batches WHERE state IN (\(states)) AND epoch = ? ORDER BY id",
            [.integer(Int64(gate.read().state.epoch ?? 0))])
        let spent = try store.total(Outbox.budgetKey(seams.clock.now().day))
        return Outbox.fits(sealed ?? 1, spent: spent, config)
    }
}

extension TelemetryStatus {
    /// The events that a person dropped in review, which nobody would call lost.
    package var dropped: Int64 {
        lost.first { $0.reason == LossReason.droppedInReview.rawValue }?.count ?? 0
    }

    /// The other losses, each with its reason in words.
    package var losses: [(words: String, reason: String, count: Int64)] {
        lost.filter { $0.reason != LossReason.droppedInReview.rawValue }.map {
            (
                LossReason(rawValue: $0.reason)?.words ?? "told by another version", $0.reason,
                $0.count
            )
        }
    }
}

extension LossReason {
    /// The reason for people: a sentence without its full stop.
    package var words: String {
        switch self {
        case .queueFull: "the journal had no room"
        case .catalogue: "the catalogue refused them"
        case .storageCap: "the storage cap made room"
        case .retention: "their time was up before they were sent"
        case .damaged: "they could not be read again, a whole file of them counted as one"
        case .rejected: "the collector refused them for good"
        case .droppedInReview: "you dropped them in review"
        case .revoked: "consent was taken back, or forbidden, before they were stored"
        }
    }
}
