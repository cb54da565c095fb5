// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@Suite struct ProcessTests {
    @Test func `a command's output, status and input are passed on`() throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "cat; echo oops >&2; exit 3"], stdin: Array("in\n".utf8))
        #expect(result.status == 3)
        #expect(result.signal == nil)
        #expect(result.stdout == "in\n")
        #expect(result.stderr == "oops\n")
    }

    @Test func `more output and input than a pipe holds go through at once`() throws {
        let input = [UInt8](repeating: 0x61, count: 1 << 20)
        let result = try CommandRunner.run("/bin/cat", stdin: input)
        #expect(result.stdoutBytes == input)
    }

    @Test func `input that nobody reads is no error`() throws {
        let result = try CommandRunner.run(
            "/bin/true", stdin: [UInt8](repeating: 0, count: 1 << 20))
        #expect(result.status == 0)
    }

    @Test func `the environment holds PATH and what the test names`() throws {
        let result = try CommandRunner.run("/usr/bin/env", environment: ["ONLY": "this"])
        let names = result.stdout.split(separator: "\n").compactMap {
            $0.split(separator: "=").first
        }
        let least = CommandRunner.leastEnvironment.keys.map { Substring($0) }
        #expect(Set(names) == Set(least + ["ONLY"]))
    }

    @Test func `a command starts in the folder it is given`() throws {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run("/bin/pwd", workingDirectory: folder.path)
        #expect(result.stdout == folder.path + "\n")
    }

    @Test func `a program that does not exist is an error`() {
        #expect(throws: TestKitError.self) { try CommandRunner.run("/nonexistent/program") }
    }

    @Test func `a command that misses its deadline is killed with its children`() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: TestKitError.self) {
            try CommandRunner.run(
                "/bin/sh", ["-c", "cat /dev/zero | cat >/dev/null; echo done > survived"],
                workingDirectory: folder.path, deadline: .milliseconds(200))
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test func `a running process can be waited for by line and signalled`() throws {
        let script = """
            cat /dev/zero >/dev/null 2>&1 &
            trap 'kill $!; echo caught; exit 5' TERM
            echo ready
            wait
            """
        let process = try RunningProcess("/bin/sh", ["-c", script])
        #expect(try process.waitForLine(containing: "rea") == "ready")
        process.send(signal: 15)
        let result = try process.waitForEnd()
        #expect(result.status == 5)
        #expect(result.stdout == "ready\ncaught\n")
    }

    @Test func `a killed process shows the signal`() throws {
        let process = try RunningProcess("/bin/sh", ["-c", "echo ready; exec cat /dev/zero >&2"])
        _ = try process.waitForLine(containing: "ready")
        process.kill()
        let result = try process.waitForEnd()
        #expect(result.signal == 9)
        #expect(result.status == nil)
    }

    @Test func `waiting for a line ends when the process does`() throws {
        let process = try RunningProcess("/bin/echo", ["something else"])
        #expect(throws: TestKitError.self) { try process.waitForLine(containing: "never") }
    }
}
