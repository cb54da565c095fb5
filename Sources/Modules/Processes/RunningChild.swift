// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A program that this one has started. Whoever started it asks for its end once.
public final class RunningChild: Sendable {
    private let process: pid_t
    private let descriptor: Descriptor
    private let path: String

    init(_ process: pid_t, _ descriptor: consuming Descriptor, _ path: String) {
        self.process = process
        self.descriptor = descriptor
        self.path = path
    }

    /// The process number.
    public var number: Int32 { process }

    /// Asks the program to end (SIGTERM).
    public func terminate() { kill(process, SIGTERM) }

    /// Waits for the program's end, at most until the deadline.
    ///
    /// At the deadline it is asked to end, and after a grace time made to (SIGKILL).
    public func end(deadlineMilliseconds: Int64) throws(SystemError) -> ChildProcess.End {
        if try descriptor.isReadable(withinMilliseconds: deadlineMilliseconds) {
            return try reap()
        }
        terminate()
        let grace = ChildProcess.graceMilliseconds
        if try !descriptor.isReadable(withinMilliseconds: grace) { kill(process, SIGKILL) }
        _ = try reap()
        return .overdue
    }

    private func reap() throws(SystemError) -> ChildProcess.End {
        var status: Int32 = 0
        try systemCall("waitpid", path) { unsafe waitpid(process, &status, 0) }
        // The macros WIFEXITED and WEXITSTATUS of wait(2): signal in 7 bits, status above.
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
    }
}
