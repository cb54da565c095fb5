// SPDX-License-Identifier: Apache-2.0

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
}
