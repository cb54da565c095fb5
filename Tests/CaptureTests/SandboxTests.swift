// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

struct SandboxTests {
    /// What the same process could do before, and can't after.
    @Test func `whoever takes over the process that reads frames can do nothing`() throws {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            Executables.path("sandbox-child"), [folder.file("made")])
        #expect(result.status == 0, "\(result.stderr)")
        let names = ["open", "create", "socket", "spawn", "thread", "signal", "write", "code"]
        for name in names {
            #expect(result.stdout.contains("before \(name) allowed\n"))
            #expect(result.stdout.contains("after \(name) refused\n"))
        }
        #expect(result.stdout.contains("no capabilities, no new privileges, seccomp"))
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a capability to somebody"))
    func `a capability that a user was given for capturing is given up`() throws {
        let folder = try TemporaryDirectory()
        try #require(unsafe chmod(folder.path, 0o777) == 0)
        let result = try CommandRunner.run(
            "/usr/bin/setpriv",
            [
                "--reuid", "12345", "--regid", "12345", "--clear-groups",
                "--inh-caps", "+net_raw", "--ambient-caps", "+net_raw",
                Executables.path("sandbox-child"), folder.file("made"),
            ])
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stdout.contains("level user 12345, no capabilities,"), "\(result.stdout)")
    }
}
