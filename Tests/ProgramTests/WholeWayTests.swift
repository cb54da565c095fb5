// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// From a capture to the collector's figures and back to nothing, by the real programs.
@Suite struct WholeWayTests {
    let folder: TemporaryDirectory
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { folder = try TemporaryDirectory() }

    private var store: String { "sqlite:\(folder.file("collector.sqlite"))" }

    /// A running collector and where it listens; ended by its process number.
    private func startCollector() throws -> (process: RunningProcess, intake: String) {
        let process = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                store,
            ])
        let line = try process.waitForLine(containing: "intake ")
        return (process, String(line.dropFirst("intake ".count)))
    }

    private func arpguard(_ home: String, _ words: String...) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard"), words, environment: ["ARPGUARD_HOME": folder.file(home)])
    }

    private func insight() throws -> JSONValue {
        let result = try CommandRunner.run(
            Executables.path("arpguard-collector"),
            ["insight", "--store", store, "--format", "json"])
        try #require(result.status == 0, "\(result.stderr)")
        return try JSONValue.parse(result.stdout)
    }

    private func status(_ home: String) throws -> JSONValue {
        try JSONValue.parse(arpguard(home, "telemetry", "status", "--format", "json").stdout)
    }

    /// Agrees, replays and uploads in a home of its own.
    private func contribute(_ home: String, to url: String) throws {
        for words in [
            ["config", "set", "telemetry.upload_url", url], ["telemetry", "enable", "--confirm"],
        ] {
            let result = try CommandRunner.run(
                Executables.path("arpguard"), words,
                environment: ["ARPGUARD_HOME": folder.file(home)])
            try #require(result.status == 0, "\(result.stderr)")
        }
        try #require(arpguard(home, "replay", capture).status == 1)
        let upload = try arpguard(home, "telemetry", "upload")
        try #require(upload.status == 0, "\(upload.stderr)")
    }

    @Test func `eleven homes are counted, and after one is deleted ten are`() throws {
        let (collector, intake) = try startCollector()
        defer { collector.kill() }
        for number in 1...11 { try contribute("home-\(number)", to: intake) }
        #expect(try insight()["active_installations"] == 11)
        let id = try #require(status("home-3")["installation_id"]?.stringValue)

        let deletion = try arpguard("home-3", "telemetry", "delete-data", "--confirm")
        #expect(deletion.status == 0)
        #expect(deletion.stdout.contains("the collector confirmed the erasure"))
        #expect(try insight()["active_installations"] == 10)
        #expect(try status("home-3")["pending_erasures"] == 0)
        for name in try folder.contents() {
            guard let bytes = try? folder.read(name) else { continue }
            #expect(bytes.firstRange(of: Array(id.utf8)) == nil, "\(name)")
        }
    }

    @Test func `fewer than ten homes are never told`() throws {
        let (collector, intake) = try startCollector()
        defer { collector.kill() }
        for number in 1...2 { try contribute("home-\(number)", to: intake) }
        #expect(try insight()["active_installations"] == .null)
    }

    @Test func `an unreachable collector is told, nothing is lost, and the next upload brings it`()
        throws
    {
        let (first, intake) = try startCollector()
        try contribute("home", to: intake)
        first.send(signal: SIGTERM)
        #expect(try first.waitForEnd().status == 0)
        _ = try arpguard("home", "replay", capture)
        let waiting = try #require(status("home")["events"]?["waiting"]?.integerValue)
        #expect(waiting > 0)
        let failed = try arpguard("home", "telemetry", "upload")
        #expect(failed.status == 2)
        #expect(failed.stderr.contains("arpguard: error: "))
        #expect(failed.stderr.contains("hint: "))
        #expect(try status("home")["events"]?["waiting"]?.integerValue == waiting)
        #expect(try status("home")["next_upload"] != .null)
    }

    @Test func `what preview prints is what its digest says, byte for byte`() throws {
        let (collector, intake) = try startCollector()
        defer { collector.kill() }
        _ = try arpguard("home", "config", "set", "telemetry.upload_url", intake)
        _ = try arpguard("home", "telemetry", "enable", "--confirm")
        _ = try arpguard("home", "replay", capture)
        let shown = try arpguard("home", "telemetry", "preview", "--format", "json")
        let raw = try CommandRunner.run(
            "/bin/sh",
            ["-c", "\"$0\" telemetry preview --raw | sha256sum", Executables.path("arpguard")],
            environment: ["ARPGUARD_HOME": folder.file("home")])
        let digest = String(raw.stdout.prefix(64))
        #expect(shown.stderr.contains("SHA-256 of the body: \(digest)"))
        #expect(try JSONValue.parse(shown.stdout)["resourceLogs"] != nil)
        #expect(!shown.stdout.contains("10.66.0"))
    }

    @Test func `a port that is taken is told with a hint`() throws {
        let (collector, intake) = try startCollector()
        defer { collector.kill() }
        let address = intake.dropFirst("http://".count).prefix { $0 != "/" }
        let second = try CommandRunner.run(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", String(address), "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("other.sqlite"))",
            ])
        #expect(second.status == 2)
        #expect(second.stderr.contains("hint: "))
    }
}
