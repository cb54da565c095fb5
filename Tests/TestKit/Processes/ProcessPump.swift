// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Moves bytes in and out of one process until both its outputs end, then collects its status.
struct ProcessPump {
    let process: SpawnedProcess
    var input: [UInt8]
    let progress: Monitor<ProcessProgress>

    private var stdin: Int32
    private var stdout: Int32
    private var stderr: Int32

    init(process: SpawnedProcess, input: [UInt8], progress: Monitor<ProcessProgress>) {
        self.process = process
        self.input = input
        self.progress = progress
        (stdin, stdout, stderr) = (process.stdin, process.stdout, process.stderr)
    }

    consuming func run() {
        _ = fcntl(stdin, F_SETFL, O_NONBLOCK)
        if input.isEmpty { Self.close(&stdin) }
        while stdout >= 0 || stderr >= 0 { step() }
        Self.close(&stdin)
        collect()
    }

    /// Waits for any of the three descriptors and serves those that are ready.
    ///
    /// poll(2) skips entries whose descriptor is negative.
    private mutating func step() {
        var entries = [
            pollfd(fd: stdin, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: stdout, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stderr, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&entries, nfds_t(entries.count), -1) > 0 else { return }
        if entries[0].revents != 0 { writeInput() }
        if entries[1].revents != 0 {
            Self.drain(&stdout, into: \.stdout, of: progress, process.pid)
        }
        if entries[2].revents != 0 {
            Self.drain(&stderr, into: \.stderr, of: progress, process.pid)
        }
    }

    private mutating func writeInput() {
        let written = unsafe write(stdin, input, input.count)
        if written > 0 { input.removeFirst(written) }
        if input.isEmpty || (written < 0 && errno != EAGAIN && errno != EINTR) {
            Self.close(&stdin)
        }
    }

    private static func drain(
        _ descriptor: inout Int32, into part: WritableKeyPath<ProcessProgress, [UInt8]>,
        of progress: Monitor<ProcessProgress>, _ pid: pid_t
    ) {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let got = unsafe read(descriptor, &chunk, chunk.count)
        if got < 0 && errno == EINTR { return }
        guard got > 0 else { return close(&descriptor) }
        let size = progress.update { progress in
            progress[keyPath: part] += chunk[..<got]
            return progress[keyPath: part].count
        }
        if size > RunningProcess.outputBytesMax {
            _ = kill(-pid, SIGKILL)
            close(&descriptor)
        }
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
    }

    /// Waits for the end without reaping, then reaps and publishes in one step, so that nobody
    /// signals a number that is free again.
    private func collect() {
        var information = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(process.pid), &information, WEXITED | WNOWAIT) != 0 {
            guard errno == EINTR else { break }
        }
        progress.update { progress in
            var status: Int32 = 0
            var usage = rusage()
            _ = unsafe wait4(process.pid, &status, 0, &usage)
            progress.processorMicroseconds =
                Int64(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
                + Int64(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
            let signal = status & 0x7F
            progress.end = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
        }
    }
}
