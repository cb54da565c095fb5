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
    /// Whether anything is left out at all.
    var isNone: Bool { type == nil && since == nil && until == nil }

    /// What the flags of a command ask for.
    init(_ command: ParsedCommand, type: String?) throws(CommandFailure) {
        let (since, until) = (try Self.time(.since, command), try Self.time(.until, command))
        if let since, let until, until < since {
            throw CommandFailure(
                "the range ends on \(until.rfc3339), before it begins on \(since.rfc3339)",
                hint: "write --since=2026-11-01 --until=2026-12-01", status: .usage)
        }
        self.init(type: type, since: since, until: until)
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
