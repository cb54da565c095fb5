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

    /// Those in which there is anything to know of.
    static func all(of setup: TelemetrySetup) throws(CommandFailure) -> [OtherPlace] {
        var places: [OtherPlace] = []
        for (path, control) in try setup.otherPlaces() {
            let status = try telling { try control.status() }
            let isEnabled =
                control.agreedTerms != nil
                && Set(status.blockedBy).isDisjoint(with: [.notAsked, .withdrawn])
            guard
                isEnabled || status.recorded > 0 || !status.recorders.isEmpty
                    || status.pendingErasures != 0
            else { continue }
            places.append(
                OtherPlace(
                    path: path, isEnabled: isEnabled, recorded: status.recorded,
                    recorders: status.recorders, pendingErasures: status.pendingErasures))
        }
        return places
    }

    /// What a person should know of it.
    func text(_ abbreviated: (String) -> String) -> String {
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
            "pending_erasures": pendingErasures.map { .integer($0) } ?? .null,
        ]
    }
}
