// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// What `status` tells of programs that record now.
@Suite struct RecorderStatusTests {
    @Test(arguments: [(nil, []), ("1", ["do_not_track"])] as [(String?, [String])])
    func `a live recorder is told with its own causes, not with those of this shell`(
        shell: String?, expected: [String]
    ) throws {
        let arpguard = try Arpguard()
        _ = try arpguard("telemetry", "enable", "--confirm")
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        // A writer that does not end keeps the replay alive.
        let replay = try RunningProcess(
            "/bin/sh",
            [
                "-c", "{ cat \"$1\"; exec tail -f /dev/null; } | \"$2\" replay -", "sh", capture,
                Executables.path("arpguard"),
            ], environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let environment = shell.map { ["DO_NOT_TRACK": $0] } ?? [:]
        var status: JSONValue = .null
        var recorders: [JSONValue] = []
        while recorders.isEmpty {
            let result = try arpguard(
                "telemetry", "status", "--format", "json", environment: environment)
            status = try JSONValue.parse(result.stdout)
            recorders = status["recorders"]?.arrayValue ?? []
        }
        #expect(recorders.count == 1)
        #expect(recorders.first?["blocked_by"] == [])
        #expect(status["blocked_by"] == .array(expected.map { .string($0) }))
        replay.kill()
    }
}
