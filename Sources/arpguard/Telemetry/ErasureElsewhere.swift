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
    let isImpossible: Bool
    /// Requests that no collector has confirmed yet.
    let pending: Int64?
    /// The servers that they go to.
    private let origins: [String]
    /// What keeps them from being asked for here, in words; nil if nothing does.
    private let blocked: String?
    /// Why it is not known what else is to be erased; nil if it is.
    private let problem: String?
    private let isConfirmed: Bool

    /// Asks the collector at once, by the helper that has the network, for this erasure and those
    /// that are pending since earlier. What that says about a failure is not repeated: the request
    /// stays, and is told.
    init(requested: Bool, impossible: Bool, _ setup: TelemetrySetup) throws(CommandFailure) {
        let isPending = Self.isAnyPending(setup)
        isRequested = requested || isPending
        isImpossible = impossible
        isConfirmed = isPending && Self.asks(setup.home.path)
        let control = setup.control()
        let status = try telling { try control.status() }
        let causes = status.blockedErasing
        blocked = causes.isEmpty ? nil : control.words.list(causes)
        pending = status.pendingErasures
        problem = status.erasureProblem?.description
        origins = status.pendingErasureOrigins
    }

    /// Asks for what is pending, where a deletion that is not finished has more to tell.
    static func askForPending(_ setup: TelemetrySetup) {
        if isAnyPending(setup) { _ = asks(setup.home.path) }
    }

    /// Whether a collector is still to be asked, for this deletion or an earlier one.
    private static func isAnyPending(_ setup: TelemetrySetup) -> Bool {
        // A list that can't be read is told with the rest.
        (setup.control().pendingErasures ?? 0) > 0
    }

    private static func asks(_ home: String) -> Bool {
        do throws(CommandFailure) {
            let end = try Helper.upload.run(
                arguments: ["--home", home, "--erasures-only", "--quiet"],
                deadlineMilliseconds: waitMilliseconds)
            return end == .exited(0)
        } catch {
            // Without the helper nothing was asked, which is told as pending.
            return false
        }
    }

    /// One sentence for people.
    var sentence: String {
        guard let problem else { return known }
        let unknown = "whether the collector is still to erase something is not known: \(problem)"
        return pending != nil && (isRequested || isImpossible) ? "\(known); \(unknown)" : unknown
    }

    /// What is known of this deletion or change alone.
    private var known: String {
        if pending != 0 {
            "not confirmed yet: the erasure at \(origins.joined(separator: ", ")); it is kept, and "
                + (blocked.map { "not asked for from here: \($0)" }
                    ?? "every upload asks again until it is confirmed")
        } else if isRequested, !isConfirmed {
            "what was sent is not erased: the server does not support it"
        } else if isImpossible {
            "what was sent can't be erased elsewhere: no erasure_url was configured, or the "
                + "record of this consent, which proves the right to it, is lost"
        } else if isRequested {
            "the collector confirmed the erasure"
        } else {
            "nothing was sent under the identifier that ended"
        }
    }

    /// What a command that caused it prints: lines for people, and members that programs find
    /// beside those of the erasure.
    func report(_ lines: [String], _ members: [(String, JSONValue)]) -> Report {
        let own: [(String, JSONValue)] = [
            ("erasure_requested", .bool(isRequested)), ("erasure_impossible", .bool(isImpossible)),
            ("pending_erasures", pending.map { .integer($0) } ?? .null),
            ("erasures_error", .optional(problem)),
        ]
        return Report(
            text: lines.map { .line(StyledText($0)) },
            json: .one(.object(JSONObject(members + own))))
    }
}
