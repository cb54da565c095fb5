// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that runs beside the test, whose output can be waited for and which can be signalled.
///
/// A program that still runs when the value goes away is killed with its process group.
package final class RunningProcess: Sendable {
    /// Everything a program may write to one stream before it is killed.
    static let outputBytesMax = 64 << 20

    /// The process's number.
    package let pid: Int32

    private let name: String
    private let progress: Monitor<ProcessProgress>

    /// Starts the program at `path` with `stdin` as its whole input.
    ///
    /// `environment` is the whole environment but for `PATH`, which is added when it is absent.
    package init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
        stdin: [UInt8] = [], workingDirectory: String? = nil
    ) throws {
        let request = SpawnRequest(
            path: path, arguments: arguments,
            environment: environment.merging(CommandRunner.leastEnvironment) { own, _ in own })
        let process = try SpawnedProcess(workingDirectory.map(request.inFolder) ?? request)
        let progress = Monitor(ProcessProgress())
        Thread.detachNewThread {
            ProcessPump(process: process, input: stdin, progress: progress).run()
        }
        pid = process.pid
        name = ([path] + arguments).joined(separator: " ")
        self.progress = progress
    }

    deinit {
        kill()
    }

    /// What a descriptor of the program is open on; nil if it is closed, or the program has ended.
    package func target(ofDescriptor number: Int32) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(number)")
    }

    /// The first line of standard output that contains `text`, without its line feed.
    ///
    /// An error when the program ends or the deadline passes before such a line is complete.
    package func waitForLine(
        containing text: String, within duration: Duration = CommandRunner.deadline
    ) throws -> String {
        try waitForLine(in: \.stdout, containing: text, within: duration)
    }

    /// The same of standard error.
    package func waitForErrorLine(
        containing text: String, within duration: Duration = CommandRunner.deadline
    ) throws -> String {
        try waitForLine(in: \.stderr, containing: text, within: duration)
    }

    private func waitForLine(
        in stream: (ProcessProgress) -> [UInt8], containing text: String,
        within duration: Duration
    ) throws -> String {
        let line: String?? = progress.wait(until: .within(duration)) { progress in
            let lines = ProcessProgress.completeLines(stream(progress))
            if let line = lines.first(where: { $0.contains(text) }) { return line }
            return progress.end == nil ? nil : .some(nil)
        }
        guard let line, let line else {
            throw TestKitError("\(name): no line with '\(text)'; \(outputSoFar())")
        }
        return line
    }

    /// How the program ended, once it has and its output is complete.
    ///
    /// When the deadline passes first, the program is killed with its group, and that is an error.
    package func waitForEnd(
        within duration: Duration = CommandRunner.deadline
    ) throws -> CommandResult {
        guard let result = progress.wait(until: .within(duration), for: \.result) else {
            kill()
            throw TestKitError("\(name): still running after \(duration); \(outputSoFar())")
        }
        return result
    }

    /// Sends a signal to the program alone; nothing happens once it has ended.
    package func send(signal: Int32) {
        progress.update { progress in
            // Not reaped while `end` is nil, so the number can't belong to another process yet.
            if progress.end == nil { _ = Foundation.kill(pid, signal) }
        }
    }

    /// Kills the program and its process group with SIGKILL; nothing happens once it has ended.
    package func kill() {
        progress.update { progress in
            if progress.end == nil { _ = Foundation.kill(-pid, SIGKILL) }
        }
    }

    private func outputSoFar() -> String {
        progress.read { progress in
            let stdout = String(decoding: progress.stdout.suffix(2000), as: UTF8.self)
            let stderr = String(decoding: progress.stderr.suffix(2000), as: UTF8.self)
            return "stdout: \(stdout) stderr: \(stderr)"
        }
    }
}

/// What is known of a running process.
struct ProcessProgress: Sendable {
    enum End: Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    var stdout: [UInt8] = []
    var stderr: [UInt8] = []
    var end: End?
    var processorMicroseconds: Int64 = 0

    static func completeLines(_ bytes: [UInt8]) -> [String] {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropLast().map { String(decoding: $0, as: UTF8.self) }
    }

    var result: CommandResult? {
        switch end {
        case nil: nil
        case .exited(let status):
            CommandResult(
                status: status, signal: nil, stdoutBytes: stdout, stderrBytes: stderr,
                processorMicroseconds: processorMicroseconds)
        case .signalled(let signal):
            CommandResult(
                status: nil, signal: signal, stdoutBytes: stdout, stderrBytes: stderr,
                processorMicroseconds: processorMicroseconds)
        }
    }
}
