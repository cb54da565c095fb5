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
    /// Why nothing of that is known; nil if it is.
    let problem: String?

    /// Those in which there is anything to know of.
    static func all(of setup: TelemetrySetup) throws(CommandFailure) -> [OtherPlace] {
        try setup.otherPlaces().map(OtherPlace.init).filter(\.isWorthTelling)
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
        } catch {
            (isEnabled, recorded, recorders, pendingErasures) = (false, 0, [], nil)
            problem = CommandFailure(telemetry: error).message
        }
    }

    private var isWorthTelling: Bool {
        isEnabled || recorded > 0 || !recorders.isEmpty || pendingErasures != 0 || problem != nil
    }

    /// What a person should know of it.
    func text(_ abbreviated: (String) -> String) -> String {
        if let problem { return "what is in \(abbreviated(path)) can't be read: \(problem)" }
        let users = recorders.map { "process \($0)" }.joined(separator: ", ")
        let erasures = pendingErasures.map { $0 == 0 ? "" : " and \($0.of("pending erasure"))" }
        return recorded.of("event") + (erasures ?? " and erasures that can't be read")
            + " in \(abbreviated(path))"
            + (users.isEmpty ? "" : ", where \(users) records")
            + "; disable and delete-data reach that too"
    }

    /// The same for programs.
    func json(_ abbreviated: (String) -> String) -> JSONValue {
        [
            "path": .string(abbreviated(path)), "enabled": .bool(isEnabled),
            "recorded": .integer(recorded), "recorders": .array(recorders.map { .integer($0) }),
            "error": .optional(problem),
            "pending_erasures": pendingErasures.map { .integer($0) } ?? .null,
        ]
    }
}
