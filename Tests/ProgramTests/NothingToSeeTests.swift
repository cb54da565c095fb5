// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// What is said where there is nothing to show, change or delete.
@Suite struct NothingToSeeTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    @Test(arguments: ["show", "export", "log"])
    func `a range that ends before it begins is refused`(command: String) throws {
        let range = ["--since", "2026-12-02", "--until", "2026-12-01"]
        let result = try arpguard(["telemetry", command] + range)
        #expect(result.status == 64)
        #expect(
            result.stderr.hasPrefix(
                "arpguard: error: the range ends on 2026-12-01T00:00:00Z, before it begins on "
                    + "2026-12-02T00:00:00Z\narpguard: hint: "))
    }

    @Test(arguments: [
        ("show", "nothing is recorded in this home", "no such events are stored in this home"),
        ("log", "the ledger is empty", "the ledger has no such rows"),
    ])
    func `nothing at all is told from nothing of the kind`(
        command: String, nothing: String, noSuch: String
    ) throws {
        let all = try arpguard("telemetry", command)
        #expect(all.status == 0 && all.stderr == "arpguard: \(nothing)\n")
        let some = try arpguard("telemetry", command, "--since", "2026-12-01")
        #expect(some.status == 0 && some.stderr == "arpguard: \(noSuch)\n")
    }

    @Test func `a deletion where nobody agreed tells of no identifier`() throws {
        let never = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(never.status == 0)
        #expect(never.stdout.contains("nothing was ever sent: nobody has agreed to it here\n"))
        _ = try arpguard("telemetry", "enable", "--confirm")
        let unsent = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(unsent.stdout.contains("nothing was sent under the identifier that ended\n"))
    }

    @Test func `a hint is a command that can be pasted`() throws {
        let rotated = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(rotated.status == 2)
        #expect(rotated.stderr.hasSuffix("you agree: \(arpguard.told) telemetry enable\n"))
        let reviewed = try arpguard("telemetry", "review", "--list")
        #expect(reviewed.status == 2)
        let hint = "hint: \(arpguard.told) telemetry status tells what to do\n"
        #expect(reviewed.stderr.hasSuffix(hint))
    }
}
