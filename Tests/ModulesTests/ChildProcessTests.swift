// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

@testable import Modules

@Suite struct ChildProcessTests {
    private let plenty: Int64 = 30_000

    @Test(arguments: [0, 1, 64] as [Int32])
    func `the status of a program that ends by itself is told`(status: Int32) throws {
        let child = ChildProcess("/bin/sh", ["-c", "exit \(status)"])
        #expect(try child.run(deadlineMilliseconds: plenty) == .exited(status))
    }

    @Test func `a signal that ends a program is told`() throws {
        let child = ChildProcess("/bin/sh", ["-c", "kill -USR1 $$"])
        #expect(try child.run(deadlineMilliseconds: plenty) == .signalled(SIGUSR1))
    }

    @Test func `a program does not ignore the end of a pipe because this one does`() throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let child = ChildProcess("/bin/sh", ["-c", "kill -PIPE $$"])
        #expect(try child.run(deadlineMilliseconds: plenty) == .signalled(SIGPIPE))
    }

    @Test func `an overdue program is ended`() throws {
        let child = ChildProcess("/bin/sh", ["-c", "exec cat /dev/zero > /dev/null"])
        #expect(try child.run(deadlineMilliseconds: 20) == .overdue)
    }

    @Test func `the environment is handed on with what is added`() throws {
        let folder = try TemporaryDirectory()
        let child = ChildProcess(
            "/bin/sh", ["-c", "env > \"$SEEN_IN\"; test -n \"$PATH\""],
            adding: ["SEEN_IN": folder.file("seen"), "HOME": "/nowhere"])
        #expect(try child.run(deadlineMilliseconds: plenty) == .exited(0))
        let seen = String(decoding: try folder.read("seen"), as: UTF8.self).split(separator: "\n")
        #expect(seen.filter { $0.hasPrefix("HOME=") } == ["HOME=/nowhere"])
    }

    @Test func `a program finds what it is given, and nothing that somebody left open`() throws {
        let folder = try TemporaryDirectory()
        let file = unsafe open(try folder.write("secret", to: "file"), O_RDONLY)
        defer { close(file) }
        // Unlike what this process opens itself, it stays open when a program is started.
        let left = fcntl(file, F_DUPFD, 300)
        defer { close(left) }
        let gap = fcntl(file, F_DUPFD, 5)
        defer { close(gap) }
        let script = """
            cd /proc/self/fd && test -e \(gap + 1) && test ! -e \(left) && test ! -e \(gap)
            """
        let child = try ChildProcess("/bin/sh", ["-c", script]).start(
            descriptors: [(left, gap + 1)])
        #expect(try child.end(deadlineMilliseconds: plenty) == .exited(0))
    }

    @Test func `a program is called what it is to be called`() throws {
        let script = "IFS= read -r name </proc/$$/cmdline; case $name in some*) exit 7; esac"
        let child = ChildProcess("/bin/sh", ["-c", script], called: "something")
        #expect(try child.run(deadlineMilliseconds: plenty) == .exited(7))
    }

    @Test func `a program that is not there is an error that names it`() {
        let child = ChildProcess("/nowhere/at-all", [])
        let error = #expect(throws: SystemError.self) {
            try child.run(deadlineMilliseconds: plenty)
        }
        #expect(error?.subject == "/nowhere/at-all")
        #expect(error?.isNotFound == true)
    }
}
