// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// A folder that holds telemetry of this home and is not the configured one, or that was agreed to
/// and is not there.
struct OtherPlace {
    let path: String
    /// Whether the yes that was said for it stands; nil where that is not known.
    private let isEnabled: Bool?
    private let status: TelemetryStatus?
    /// Why these are not asked for, in words; nil if they are.
    private let blockedErasing: String?
    /// Why what is in it is not known; nil if it is.
    private let problem: String?
    private let isAway: Bool

    /// Those in which there is anything to know of, and those that are not there.
    static func all(of setup: TelemetrySetup) throws(CommandFailure) -> [OtherPlace] {
        let (others, failure) = setup.otherPlaces()
        if let failure { throw failure }
        return others.map(OtherPlace.init).filter(\.isWorthTelling)
            + (try setup.awayElsewhere()).map(OtherPlace.init)
    }

    private init(_ away: TelemetrySetup.AwayPlace) {
        path = away.path
        (isEnabled, status, blockedErasing, isAway) = (nil, nil, nil, true)
        problem = Self.whereabouts(away) + (away.isOwing ? Self.prospect(away) : "")
    }

    private static func prospect(_ away: TelemetrySetup.AwayPlace) -> String {
        away.isTaken
            ? "; what was decided here is not done there"
            : "; what was decided is done there as soon as it is seen again"
    }

    private static func whereabouts(_ away: TelemetrySetup.AwayPlace) -> String {
        if away.isTaken {
            return "this home's no more: \(TelemetrySetup.AwayPlace.takenReason)"
        }
        if away.isReplaced {
            return "another folder stands there now, or another home has agreed to it; what the "
                + "one that was agreed to holds is not known"
        }
        if let new = away.newPath {
            return "not there now; moved to \(new), or copied, and then what it holds is not known"
        }
        return "agreed to, not there now; what it holds is not known"
    }

    private init(path: String, control: TelemetryControl) {
        self.path = path
        isAway = false
        do {
            let status = try control.status()
            self.status = status
            (isEnabled, problem) = (control.hasYes, status.storeProblem)
            let causes = status.blockedErasing
            blockedErasing = causes.isEmpty ? nil : control.words.list(causes)
        } catch {
            (isEnabled, status, blockedErasing) = (nil, nil, nil)
            problem = CommandFailure(telemetry: error).message
        }
    }

    private var isWorthTelling: Bool {
        guard let status, problem == nil, isEnabled == false else { return true }
        return status.recorded > 0 || !status.recorders.isEmpty || status.pendingErasures != 0
            || status.erasureProblem != nil
    }

    /// What a person should know of it; `told` makes paths of the home short in a sentence.
    func text(_ told: (String) -> String) -> String {
        if let problem, isAway { return "\(told(path)): \(problem)" }
        guard let status, problem == nil else {
            return "what is in \(told(path)) can't be read: \(told(problem ?? ""))"
        }
        let users = status.recorders.map { "process \($0)" }.joined(separator: ", ")
        return status.recorded.of("event") + erasures(status) + " in \(told(path))"
            + (users.isEmpty ? "" : ", where \(users) records")
            + (isEnabled == true ? "; the yes that was said for it stands" : "")
            + (blockedErasing.map { "; no erasure is asked for: \($0)" } ?? "")
            + (status.erasureProblem.map { "; \(told($0.description))" } ?? "")
            + "; disable and delete-data reach that too"
    }

    private func erasures(_ status: TelemetryStatus) -> String {
        guard let pending = status.pendingErasures else {
            return " and erasures that can't be read"
        }
        return pending == 0 ? "" : " and \(pending.of("pending erasure"))"
    }

    /// The same for programs.
    var json: JSONValue {
        [
            "path": .string(path), "enabled": isEnabled.map { .bool($0) } ?? .null,
            "recorded": problem == nil ? status.map { .integer($0.recorded) } ?? .null : .null,
            "recorders": .array((status?.recorders ?? []).map { .integer($0) }),
            "error": .optional(problem),
            "pending_erasures": status?.pendingErasures.map { .integer($0) } ?? .null,
            "erasures_error": .optional(status?.erasureProblem?.description),
        ]
    }
}
