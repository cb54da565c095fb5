// SPDX-License-Identifier: Apache-2.0

import Glibc
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
        let replay = try goingReplay(arpguard)
        let environment = shell.map { ["DO_NOT_TRACK": $0] } ?? [:]
        var status: JSONValue = .null
        var recorders: [JSONValue] = []
        // A recorder holds its journal a moment before it says what keeps it off.
        while recorders.first?["blocked_by"]?.arrayValue == nil {
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

    /// A replay that is kept alive by a writer that does not end.
    private func goingReplay(_ arpguard: Arpguard) throws -> RunningProcess {
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        return try RunningProcess(
            "/bin/sh",
            [
                "-c", "{ cat \"$1\"; exec tail -f /dev/null; } | \"$2\" replay -", "sh", capture,
                Executables.path("arpguard"),
            ], environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
    }

    private func recorder(_ arpguard: Arpguard) throws -> Int32? {
        let result = try arpguard("telemetry", "status", "--format", "json")
        let recorders = try JSONValue.parse(result.stdout)["recorders"]?.arrayValue
        return recorders?.first?["pid"]?.integerValue.map { Int32($0) }
    }

    @Test func `a deletion beside a process that records leaves nothing from before`() throws {
        let arpguard = try Arpguard()
        _ = try arpguard("telemetry", "enable", "--confirm")
        let status = try arpguard.telemetryStatus()
        let id = try #require(status["installation_id"]?.stringValue)
        let replay = try goingReplay(arpguard)
        var found: Int32?
        while found == nil { found = try recorder(arpguard) }
        let pid = try #require(found)
        // The process has recorded its start: what it wrote stands in its journal or the store.
        while try arpguard("telemetry", "show", "--type", "app_start").stdout.isEmpty {}
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        for name in try arpguard.folder.contents() {
            let bytes = (try? arpguard.folder.read(name)) ?? []
            #expect(bytes.firstRange(of: Array(id.utf8)) == nil, "\(name)")
        }
        kill(pid, SIGKILL)
        replay.kill()
        while try recorder(arpguard) != nil {}
        #expect(try arpguard("telemetry", "show", "--type", "app_start").stdout.isEmpty)
    }
}
