// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A terminal that a test types at and reads from, with a program of ours at the other end.
package final class PseudoTerminal {
    /// Linux's TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)), which are macros with a cast.
    private static let unlock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private let ours: Int32
    private let pid: pid_t
    private var isOpen = true

    /// Starts a program whose standard input, output and errors are the terminal.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String]
    ) throws {
        ours = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (number, locked): (CUnsignedInt, CInt) = (0, 0)
        guard ours >= 0, unsafe ioctl(ours, Self.unlock, &locked) == 0,
            unsafe ioctl(ours, Self.getNumber, &number) == 0
        else { throw TestKitError.ofSystemCall("open /dev/ptmx") }
        let name = "/dev/pts/\(number)"
        // A shell opens the terminal as a new session, so that it is the program's own.
        let words = ["setsid", "--ctty", "--wait", path] + arguments
        let line = "exec <\"$1\" >\"$1\" 2>&1; shift; exec \"$@\""
        let process = try SpawnedProcess(
            SpawnRequest(
                path: "/bin/sh", arguments: ["-c", line, "sh", name] + words,
                environment: environment.merging(CommandRunner.leastEnvironment) { own, _ in own }))
        for end in [process.stdin, process.stdout, process.stderr] { close(end) }
        pid = process.pid
    }

    /// Reads until a text was printed; fails if the other end closes first.
    package func waitFor(_ text: String) throws -> String {
        var read = ""
        var bytes = [UInt8](repeating: 0, count: 4096)
        while !read.contains(text) {
            var poller = pollfd(fd: ours, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&poller, 1, 30_000) == 1 else {
                throw TestKitError("the terminal stays silent after: \(read)")
            }
            let count = unsafe Foundation.read(ours, &bytes, bytes.count)
            guard count > 0 else { throw TestKitError("the terminal closed after: \(read)") }
            read += String(decoding: bytes[..<count], as: UTF8.self)
        }
        return read
    }

    /// Types a line.
    package func type(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = unsafe write(ours, bytes, bytes.count)
    }

    /// Closes the terminal, as a person closes its window.
    package func closeWindow() {
        guard isOpen else { return }
        isOpen = false
        close(ours)
    }

    /// Waits for the program's end: its exit status, or minus the signal that ended it.
    package func end() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        closeWindow()
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
}
