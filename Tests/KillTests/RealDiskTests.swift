// SPDX-License-Identifier: Apache-2.0

import KillKit
import Telemetry
import TestKit
import Testing

/// A host program on a real disk that is too small, in a mount namespace of its own.
@Suite(.serialized) struct RealDiskTests {
    /// Mounts a disk of a size, puts a home with a yes on it, and runs the host there.
    private static let script = """
        mount -t tmpfs -o size="$2" tmpfs "$1/disk" && cp -a "$1/home" "$1/disk/" \\
            && : >"$1/disk/acknowledged" && truncate -s 4096 "$1/disk/acknowledged" \\
            && cd "$1/disk" && "$3" host "$1/disk" 20000
        status=$?
        find home -name '*.journal' | wc -l
        exit "$status"
        """

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    @Test(
        .enabled(if: canMount, "the kernel gives this user no mount namespace"),
        arguments: [
            ("the journal finds no room", "400k", "0"),
            ("the store runs full", "1300k", "1"),
        ])
    func `a host program goes on and ends well on a full disk`(
        what: String, size: String, journals: String
    ) throws {
        let folder = try TemporaryDirectory()
        let home = KillHome(folder.path)
        try home.control.enable(home.control.terms)
        try folder.write("", to: "disk/.keep")
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", Self.script, "sh",
                folder.path, size, Executables.path("kill-child"),
            ])
        #expect(result.status == 0, "\(what): \(result.stderr)")
        #expect(result.stdout.hasPrefix("start "), "\(what): \(result.stdout)")
        #expect(result.stdout.split(separator: "\n").last.map(String.init) == journals, "\(what)")
        #expect(result.stderr.contains("No space left") || result.stderr.contains("full"))
        #expect(result.stderr.split(separator: "\n").count <= 2, "\(result.stderr)")
    }
}
