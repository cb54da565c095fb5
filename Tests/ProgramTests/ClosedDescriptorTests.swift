// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// Programs that are started without standard input, output or error.
@Suite struct ClosedDescriptorTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws {
        arpguard = try Arpguard()
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
    }

    /// Runs `arpguard` from a shell that closes descriptors.
    private func run(_ closing: String, _ words: [String]) throws -> CommandResult {
        try CommandRunner.run(
            "/bin/sh",
            ["-c", "exec \"$0\" \"$@\" \(closing)", Executables.path("arpguard")] + words,
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
    }

    @Test(arguments: ["0<&-", "1>&-", "2>&-", "1>&- 2>&-", "0<&- 1>&-", "0<&- 1>&- 2>&-"])
    func `what is printed to a closed descriptor gets into no file`(closing: String) throws {
        _ = try arpguard("replay", capture)
        let recorded = try #require(arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue)
        for words in [["replay", capture], ["replay", "--format", "json", capture]] {
            let end = try run(closing, words)
            #expect(end.status == (closing.contains("1>&-") ? 2 : 1), "\(end.stderr)")
        }
        _ = try run(closing, ["replay", "/srv/somebody/no-such.pcap"])
        let after = try arpguard.telemetryStatus()
        #expect(after["lost"] == [:], "\(after)")
        #expect(try #require(after["events"]?["recorded"]?.integerValue) >= 3 * recorded)
        for needle in ["08:00:27:66:00:66", "somebody"] {
            let found = try CommandRunner.run("/bin/grep", ["-rlaF", needle, arpguard.home])
            #expect(found.stdout.isEmpty)
        }
    }

    @Test func `what is opened later does not take the place of a closed descriptor`() throws {
        let script = "mkfifo \"$1\"; exec \"$0\" replay - 0<>\"$1\" 1>&- 2>&-"
        let process = try RunningProcess(
            "/bin/sh",
            ["-c", script, Executables.path("arpguard-watch"), arpguard.folder.file("frames")],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let deadline = Deadline.within(.seconds(20))
        while (1...2).contains(where: { process.target(ofDescriptor: $0) != "/dev/null" }) {
            try #require(!deadline.hasPassed)
        }
    }
}
