// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import TestKit
import Testing

/// A deletion that was cut short, on a disk that has no room by now.
@Suite struct FullDiskDeletionTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    /// Runs commands one after the other on a full disk that has a copy of the home.
    private func runOnFullDisk(_ commands: String...) throws -> CommandResult {
        let script = """
            mount -t tmpfs -o size=4m tmpfs "$2" && cp -a "$1/." "$2" || exit 99
            home=$2 program=$3; shift 3
            head -c 8m /dev/zero >"$home/filling" 2>/dev/null
            for words; do
                "$program" --home "$home" telemetry $words || exit $?
            done
            """
        let there = arpguard.folder.file("disk")
        try RealFileSystem().createFolder(there)
        return try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh",
                arpguard.home, there, Executables.path("arpguard"),
            ] + commands)
    }

    @Test(
        .enabled(if: canMount, "the kernel gives this user no mount namespace"),
        arguments: ["delete-data --confirm", "status"])
    func `the next command ends it, and tells how much it deleted`(command: String) throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        for _ in 0..<3 { _ = try arpguard("replay", capture) }
        let status = try arpguard("telemetry", "status", "--show-id", "--format", "json")
        let told = try JSONValue.parse(status.stdout)
        let events = try #require(told["events"]?["recorded"]?.integerValue)
        let id = try #require(told["installation_id"]?.stringValue)
        #expect(events > 0)
        try RealFileSystem().replace(
            "\(arpguard.home)/telemetry/deletion.intent", with: Array(id.utf8))
        let result = try runOnFullDisk(command, "show")
        #expect(result.status == 0, "\(result)")
        let said = result.stdout + result.stderr
        #expect(said.contains("deleted \(events) events"), "\(result)")
        #expect(!said.contains("alert_generated"), "\(result)")
    }
}
