// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Who else has a say while a capture is read: asked before each read of the input.
///
/// Belongs to the thread that reads.
public final class InputWatch {
    private let stop: Int32
    private let onWait: () -> Void
    /// Whether reading was ended before the end of the input.
    public private(set) var isStopped = false

    /// - Parameters:
    ///   - stop: a descriptor; once it is readable the input is read no further. A negative number
    ///     never is.
    ///   - onWait: called before a wait for input that is not there yet.
    public init(stop: Int32 = -1, onWait: @escaping () -> Void = {}) {
        self.stop = stop
        self.onWait = onWait
    }

    /// Waits until `descriptor` can be read; false once reading is to end.
    func mayRead(_ descriptor: Int32) -> Bool {
        if hasInput(descriptor, milliseconds: 0) { return !isStopped }
        onWait()
        while !hasInput(descriptor, milliseconds: -1) {}
        return !isStopped
    }

    /// Looks whether reading is to end, without reading.
    public func look() { _ = hasInput(-1, milliseconds: 0) }

    /// Whether there is something to do, an end of reading included. A regular file always is; what
    /// can't be waited for is, too: the read then says why.
    private func hasInput(_ descriptor: Int32, milliseconds: Int32) -> Bool {
        var entries = (
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0)
        )
        let count = unsafe withUnsafeMutableBytes(of: &entries) { bytes in
            unsafe poll(bytes.assumingMemoryBound(to: pollfd.self).baseAddress, 2, milliseconds)
        }
        if count > 0, entries.1.revents != 0 { isStopped = true }
        return count > 0 || (count < 0 && errno != EINTR)
    }
}
