// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

/// A home whose file system lets nothing be written.
@Suite struct ReadOnlyHomeTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    private func runReadOnly(_ words: [String]) throws -> CommandResult {
        let script = """
            mount -t tmpfs tmpfs "$2" && cp -a "$1/." "$2" && mount -o remount,ro "$2" || exit 99
            home=$2 program=$3; shift 3
            exec "$program" --home "$home" "$@"
            """
        let there = arpguard.folder.file("disk")
        try RealFileSystem().createFolder(there)
        return try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh",
                arpguard.home, there, Executables.path("arpguard"),
            ] + words)
    }

    @Test(
        .enabled(if: canMount, "the kernel gives this user no mount namespace"),
        arguments: [
            "telemetry enable --confirm", "telemetry disable", "telemetry show",
            "telemetry preview", "telemetry upload", "telemetry log",
            "telemetry delete-data --confirm", "telemetry rotate-id --confirm",
            "config set detection.gateway 192.0.2.1",
        ])
    func `what needs to be written there says what keeps it from that`(command: String) throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let result = try runReadOnly(command.split(separator: " ").map(String.init))
        #expect(result.status == 2, "\\(result)")
        let hint = try #require(
            result.stderr.split(separator: "\\n").last { $0.contains("arpguard: hint: ") })
        #expect(hint.contains("written"), "\\(result.stderr)")
        #expect(hint.contains("mount"), "\\(result.stderr)")
        #expect(!hint.contains("space"), "\\(result.stderr)")
    }

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `a status tells to mount it anew, and a replay judges all the same`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let status = try runReadOnly(["telemetry", "status"])
        #expect(status.status == 0)
        #expect(status.stdout.contains("to record:  mount the file system of "), "\\(status)")
        #expect(try runReadOnly(["replay", "--quiet", capture]).status == 1)
    }
}
