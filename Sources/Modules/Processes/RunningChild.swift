// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A program that this one has started, and its process group if it leads one. Whoever started it
/// asks for its end once.
public final class RunningChild: Sendable {
    private let process: pid_t
    private let descriptor: Descriptor
    private let path: String
    private let leadsGroup: Bool
    private let isReaped = Mutex(false)

    init(
        _ process: pid_t, _ descriptor: consuming Descriptor, _ path: String, leadsGroup: Bool
    ) {
        self.process = process
        self.leadsGroup = leadsGroup
        self.descriptor = descriptor
        self.path = path
    }

    /// The process number.
    public var number: Int32 { process }

    /// Asks the program to end (SIGTERM).
    public func terminate() { send(SIGTERM) }

    /// Ends the program by force (SIGKILL), at the latest when the time is over; what it has
    /// started, in any case.
    public func kill(afterMilliseconds milliseconds: Int64) {
        let hasEnded = (try? descriptor.isReadable(withinMilliseconds: milliseconds)) ?? false
        if !hasEnded || leadsGroup { send(SIGKILL) }
    }

    /// Until somebody waits for the program, its number is nobody else's, and so is its group's.
    private func send(_ signal: Int32) {
        isReaped.withLock { isReaped in
            if !isReaped { _ = Glibc.kill(leadsGroup ? -process : process, signal) }
        }
    }

    /// Waits for the program's end, at most until the deadline.
    ///
    /// At the deadline it is asked to end, and after a grace time made to (SIGKILL).
    public func end(deadlineMilliseconds: Int64) throws(SystemError) -> ChildProcess.End {
        if try descriptor.isReadable(withinMilliseconds: deadlineMilliseconds) {
            return try reap()
        }
        terminate()
        kill(afterMilliseconds: ChildProcess.graceMilliseconds)
        _ = try reap()
        return .overdue
    }

    private func reap() throws(SystemError) -> ChildProcess.End {
        var status: Int32 = 0
        // Blocks while the program has not ended, which is a short moment after SIGKILL.
        var information = unsafe siginfo_t()
        try systemCall("waitid", path) {
            unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT)
        }
        try isReaped.withLock { isReaped throws(SystemError) in
            try systemCall("waitpid", path) { unsafe waitpid(process, &status, 0) }
            isReaped = true
        }
        // The macros WIFEXITED and WEXITSTATUS of wait(2): signal in 7 bits, status above.
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
}
