// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Telemetry

extension Flag {
    static let since = Flag(
        "since", .string, value: "TIME",
        help: "Leave out what was before: 2026-11-24 or 2026-11-24T08:00:00Z")
    static let until = Flag(
        "until", .string, value: "TIME", help: "Leave out what was then or later")
}

extension EventFilter {
    /// What the flags of a command ask for.
    init(_ command: ParsedCommand, type: String?) throws(CommandFailure) {
        self.init(
            type: type, since: try Self.time(.since, command),
            until: try Self.time(.until, command))
    }

    private static func time(
        _ flag: Flag, _ command: ParsedCommand
    ) throws(CommandFailure) -> Timestamp? {
        guard let text = command.string(flag) else { return nil }
        guard let time = Timestamp(text) else {
            throw CommandFailure(
                "--\(flag.name) is no time: \(text)",
                hint: "write a day as 2026-11-24, or a time as 2026-11-24T08:00:00Z",
                status: .usage)
        }
        return time
    }
}
