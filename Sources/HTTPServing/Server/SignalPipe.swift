// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// A pipe that carries one signal.
final class SignalPipe: Sendable {
    private let reader: Int32
    private let writer: Int32

    /// Makes the pipe; nil when the system has none left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        close(reader)
        close(writer)
    }

    func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(writer, &byte, 1)
    }

    /// Waits for the signal; false when the time passed without it.
    @discardableResult
    func wait(milliseconds: Int) -> Bool {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        var status: Int32
        repeat {
            status = unsafe poll(&entry, 1, Int32(milliseconds))
        } while status < 0
            && errno == EINTR
        return status > 0
    }
}
