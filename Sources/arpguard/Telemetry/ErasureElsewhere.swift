// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

/// What became of data that was sent, after a deletion or a change of identifier here.
struct ErasureElsewhere {
    /// How long the request for erasure may keep the person waiting.
    private static let waitMilliseconds: Int64 = 10_000

    let isRequested: Bool
    /// Why some of it can't be erased there; empty where none of it is so.
    private let unerasable: Unerasable
    /// How things stand in all folders of the home, after the collectors were asked.
    private let status: TelemetryStatus
    /// What servers said, whoever asked them.
    private let answers: ErasureAnswers
    private let words: CauseWords
    /// Has a text's commands reach this home.
    private let addressing: (String) -> String
    /// What stands in the place of locks and keeps erasures from being asked for.
    private let locks: FalseLocks

    /// Sees what became of it.
    ///
    /// - Parameters:
    ///   - unerasable: why something can't be erased, of all folders.
    ///   - before: how things stood when the collector was asked.
    ///   - marks: how far the ledgers went before the deletion or change.
    init(
        requested: Bool, _ unerasable: Unerasable, asked before: TelemetryStatus,
        after marks: [String: LedgerMark], _ setup: TelemetrySetup
    ) {
        isRequested = requested || before.pendingErasures ?? 0 > 0
        self.unerasable = unerasable
        status = setup.erasures()
        answers = setup.erasureAnswers(after: marks)
        words = setup.control().words
        addressing = setup.home.addressing
        locks = setup.falseLocks
    }

    /// Asks the collector at once, by the helper that has the network, for this erasure and those
    /// that are pending since earlier; how things stood before. What that says about a failure is
    /// not repeated: the request stays, and is told. Nor is its end an answer: an upload that the
    /// deletion cut off may have asked before it.
    ///
    /// - Parameters:
    ///   - failure: what has failed here, which it would meet too; it is told by who asks.
    ///   - begins: told before the wait for an answer, in which whoever waits may end this.
    static func ask(
        _ setup: TelemetrySetup, after failure: CommandFailure?, begins: () -> Void
    ) -> TelemetryStatus {
        let status = setup.erasures()
        guard status.pendingErasures != 0 else { return status }
        begins()
        // Without the helper nothing is asked, which is told as pending.
        _ = try? Helper.upload.run(
            arguments: ["--home", setup.home.path, "--erasures-only", "--quiet"],
            deadlineMilliseconds: waitMilliseconds,
            streams: failure == nil ? .inherited : .nothing)
        return status
    }

    var isImpossible: Bool { !unerasable.isEmpty }

    /// Whether nothing is asked for any more, as far as that is known.
    var isSettled: Bool { status.pendingErasures == 0 && status.erasureProblem == nil }

    /// Whether there was or may be anything to erase.
    var isAny: Bool { isRequested || isImpossible || status.erasureProblem != nil }

    /// One sentence for people.
    var sentence: String {
        guard let problem = status.erasureProblem else { return known }
        let unknown = "whether the collector is still to erase something is not known: \(problem)"
        if status.pendingErasures == nil { return isImpossible ? "\(lost); \(unknown)" : unknown }
        return isRequested || isImpossible ? "\(known); \(unknown)" : unknown
    }

    /// What is known of this deletion or change alone.
    private var known: String {
        guard isImpossible else { return asked }
        return isRequested ? "\(asked); some of what was sent \(impossible)" : lost
    }

    private var lost: String { "what was sent, or may have been, \(impossible)" }

    private var impossible: String { "can't be erased elsewhere: \(unerasable.words)" }

    private var asked: String {
        if status.pendingErasures != 0 {
            return "not confirmed yet: the erasure at "
                + "\(status.pendingErasureOrigins.joined(separator: ", ")); it is kept, and "
                + prospect + (answered.map { "; \($0)" } ?? "")
        }
        guard isRequested else { return "nothing was sent under the identifier that ended" }
        return answered
            ?? "the erasure is asked for no more, but what the collector answered can't "
            + "be read"
    }

    /// What servers said; of several, and beside one that said nothing, each place is named.
    private var answered: String? {
        let isOne =
            answers.confirmed.union(answers.unsupported).count == 1 && status.pendingErasures == 0
        func named(_ places: Set<String>, _ word: String) -> String {
            isOne ? "" : " \(word) \(places.sorted().joined(separator: ", "))"
        }
        let confirmed =
            answers.confirmed.isEmpty
            ? nil : "the collector confirmed the erasure\(named(answers.confirmed, "at"))"
        let unsupported =
            answers.unsupported.isEmpty
            ? nil
            : "what was sent\(named(answers.unsupported, "to")) is not erased: the server does not "
                + "support it"
        // Of what one place had, not all is erased.
        let said = isOne ? [unsupported ?? confirmed] : [confirmed, unsupported]
        let texts = said.compactMap(\.self)
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }

    /// When it is asked for again, or what keeps it from that.
    private var prospect: String {
        if !status.blockedErasing.isEmpty {
            return "\(status.areAllErasuresBlocked ? "not" : "not all") asked for from here: "
                + words.list(status.blockedErasing)
        }
        let faults = locks.keepingErasures.map(\.description)
        guard faults.isEmpty else {
            return "\(locks.areAllErasing ? "not" : "not all") asked for from here: "
                + faults.joined(separator: "; ")
        }
        let from = status.erasuresNotBefore.map { "from \($0.rfc3339) on " } ?? ""
        return addressing(
            "uploads \(from)ask again until it is confirmed, and none begins by itself where no "
                + "watch and no timer runs: arpguard telemetry upload")
    }

    private var lockErrors: [JSONValue] {
        guard status.pendingErasures != 0 else { return [] }
        return locks.keepingErasures.map { .string($0.description) }
    }

    /// What a command that caused it prints: lines for people, and members that programs find
    /// beside those of the erasure.
    func report(_ lines: [String], _ members: [(String, JSONValue)]) -> Report {
        let own: [(String, JSONValue)] = [
            ("erasure_requested", .bool(isRequested)), ("erasure_impossible", .bool(isImpossible)),
            ("erasure_impossible_because", .array(unerasable.names.map { .string($0) })),
            ("pending_erasures", status.pendingErasures.map { .integer($0) } ?? .null),
            ("erasures_error", .optional(status.erasureProblem?.description)),
            ("erasure_lock_errors", .array(lockErrors)),
        ]
        return Report(
            text: lines.map { .line(StyledText($0)) },
            json: .one(.object(JSONObject(members + own))))
    }
}
