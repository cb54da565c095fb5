// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// What landlock(7) takes from a process by itself, beside the filter of system calls.
struct LandlockTests {
    private func child(_ words: String...) throws -> String {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            Executables.path("sandbox-child"), [folder.file("made")] + words)
        #expect(result.status == 0, "\(result.stderr)")
        return result.stdout
    }

    @Test func `landlock alone keeps files away, and the sandbox has all of it that there is`()
        throws
    {
        let alone = try child("landlock")
        let line = try #require(alone.split(separator: "\n").last)
        if line.contains("-") { try Test.cancel("this kernel has no landlock") }
        for name in ["open", "create"] {
            #expect(alone.contains("before \(name) allowed\n"))
            #expect(alone.contains("after \(name) refused\n"))
        }
        // What only the filter takes is there still.
        #expect(alone.contains("after write allowed\n"))
        #expect(try child().contains(", seccomp, \(line)\n"), "\(line)")
    }
}
