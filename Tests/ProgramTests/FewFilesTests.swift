// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// A program that may open few files, and fails at whichever it opens next.
@Suite struct FewFilesTests {
    @Test(arguments: ["upload", "delete-data --confirm", "enable --confirm"])
    func `who may open too few files is told so, and not to look at the disk`(
        command: String
    ) throws {
        let arpguard = try Arpguard()
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        for words in [
            ["config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs"],
            ["telemetry"] + (command.hasPrefix("enable") ? ["status"] : ["enable", "--confirm"]),
        ] {
            #expect(try arpguard(words).status == 0)
        }
        #expect(try arpguard("replay", capture).status == 1)
        // With fewer the program does not start.
        let ends = try (6...9).map { limit in
            try CommandRunner.run(
                "/bin/sh",
                [
                    "-c", "ulimit -n \(limit); exec \"$0\" telemetry \(command)",
                    Executables.path("arpguard"),
                ], environment: ["ARPGUARD_HOME": arpguard.home])
        }
        let short = ends.filter { $0.stderr.contains("error: ") }
        #expect(!short.isEmpty, "\(ends)")
        for end in short where !end.stderr.contains("127.0.0.1:1: ") {
            #expect(end.stderr.contains("(ulimit -n), then try again"), "\(end.stderr)")
        }
    }
}
