// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

/// Programs that nohup(1) started, or a shell in its background.
@Suite struct IgnoredSignalTests {
    struct Program: CustomTestStringConvertible {
        let name: String
        let words: [String]
        /// What it prints once it takes signals.
        let line: String

        var testDescription: String { ([name] + words).joined(separator: " ") }
    }

    private static let programs = [
        Program(
            name: "arpguard-collector",
            words: [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:store.sqlite",
            ], line: "insight"),
        Program(
            name: "arpguard", words: ["telemetry", "dashboard", "--no-browser"], line: "code"),
        Program(name: "arpguard", words: ["replay", "--sample", "pipe"], line: "Advice:"),
    ]

    @Test(arguments: programs)
    func `what was to be ignored stays so, and SIGTERM ends them`(program: Program) throws {
        let folder = try TemporaryDirectory()
        try #require(unsafe mkfifo(folder.file("pipe"), 0o600) == 0)
        let path = try Executables.path(program.name)
        let process = try RunningProcess(
            "/bin/sh", ["-c", "trap '' HUP INT; exec \"$0\" \"$@\"", path] + program.words,
            environment: ["ARPGUARD_HOME": folder.file("own"), "HOME": folder.path],
            workingDirectory: folder.path)
        _ = try process.waitForLine(containing: program.line)
        // A signal that is blocked waits although it is ignored; one that is not is gone at once.
        let taken = try signalsTaken(by: process)
        #expect(taken.intersection([SIGHUP, SIGINT, SIGTERM]) == [SIGTERM])
        process.send(signal: SIGHUP)
        process.send(signal: SIGINT)
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().signal == nil)
    }

    /// What the threads of a process block (proc_pid_status(5)), but for those that block all.
    private func signalsTaken(by process: RunningProcess) throws -> Set<Int32> {
        let lines = try CommandRunner.run(
            "/bin/sh", ["-c", "grep -h ^SigBlk: /proc/$0/task/*/status", "\(process.pid)"])
        var taken: Set<Int32> = []
        for line in lines.stdout.split(separator: "\n") {
            let digits = try #require(line.split(separator: "\t").last)
            let bits = try #require(UInt64(digits, radix: 16))
            let blocked = (1...64 as ClosedRange<Int32>).filter { bits >> UInt64($0 - 1) & 1 == 1 }
            if !blocked.contains(SIGUSR1) { taken.formUnion(blocked) }
        }
        return taken
    }
}
