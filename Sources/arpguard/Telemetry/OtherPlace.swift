// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// A folder that holds telemetry of this home, and is not the configured one.
struct OtherPlace {
    let path: String
    /// Whether the yes that was said for it stands.
    let isEnabled: Bool
    let recorded: Int64
    /// Programs that record there now.
    let recorders: [Int64]
    /// Requests for erasure that wait there, and which the next upload takes over; nil where that
    /// can't be read.
    let pendingErasures: Int64?
    /// Why these are not taken over, in words; nil if they are.
    let blockedErasing: String?
    /// What is wrong with the list of those requests; nil if nothing is.
    let erasureProblem: String?
    /// Why nothing of that is known; nil if it is.
    let problem: String?

    /// Those in which there is anything to know of, or in which something is still to be done.
    static func all(of setup: TelemetrySetup) throws(CommandFailure) -> [OtherPlace] {
        try setup.otherPlaces().map(OtherPlace.init).filter(\.isWorthTelling)
            + setup.owedPlaces().map { OtherPlace(absent: $0) }
    }

    private init(absent path: String) {
        self.path = path
        (isEnabled, recorded, recorders, pendingErasures) = (false, 0, [], nil)
        (blockedErasing, erasureProblem) = (nil, nil)
        problem = "it is not there; what was decided is done there as soon as it is seen again"
    }

    private init(path: String, control: TelemetryControl) {
        self.path = path
        do {
            let status = try control.status()
            isEnabled =
                control.agreedTerms != nil
                && Set(status.blockedBy).isDisjoint(with: [.notAsked, .withdrawn])
            (recorded, recorders) = (status.recorded, status.recorders)
            (pendingErasures, problem) = (status.pendingErasures, status.storeProblem)
            let causes = status.blockedErasing
            blockedErasing = causes.isEmpty ? nil : control.words.list(causes)
            erasureProblem = status.erasureProblem?.description
        } catch {
            (isEnabled, recorded, recorders, pendingErasures) = (false, 0, [], nil)
            (blockedErasing, erasureProblem) = (nil, nil)
            problem = CommandFailure(telemetry: error).message
        }
    }

    private var isWorthTelling: Bool {
        isEnabled || recorded > 0 || !recorders.isEmpty || pendingErasures != 0 || problem != nil
            || erasureProblem != nil
    }

    /// What a person should know of it; `told` makes paths of the home short in a sentence.
    func text(_ told: (String) -> String) -> String {
        if let problem { return "what is in \(told(path)) can't be read: \(told(problem))" }
        let users = recorders.map { "process \($0)" }.joined(separator: ", ")
        return recorded.of("event") + erasures + " in \(told(path))"
            + (users.isEmpty ? "" : ", where \(users) records")
            + (isEnabled ? "; the yes that was said for it stands" : "")
            + (blockedErasing.map { "; no erasure is asked for: \($0)" } ?? "")
            + (erasureProblem.map { "; \(told($0))" } ?? "")
            + "; disable and delete-data reach that too"
    }

    private var erasures: String {
        guard let pendingErasures else { return " and erasures that can't be read" }
        return pendingErasures == 0 ? "" : " and \(pendingErasures.of("pending erasure"))"
    }

    /// The same for programs.
    func json(_ told: (String) -> String) -> JSONValue {
        [
            "path": .string(told(path)), "enabled": .bool(isEnabled),
            "recorded": problem == nil ? .integer(recorded) : .null,
            "recorders": .array(recorders.map { .integer($0) }),
            "error": .optional(problem.map(told)),
            "pending_erasures": pendingErasures.map { .integer($0) } ?? .null,
            "erasures_error": .optional(erasureProblem.map(told)),
        ]
    }
}
