// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Who else has a say while a capture is read: asked before each read of the input.
///
/// Belongs to the thread that reads.
public final class InputWatch {
    /// How long a stopped reading waits for what a stream still brings, and how long at most in
    /// all: who writes into it was often told to end at the same moment, and writes its last frames
    /// then.
    static let silenceMilliseconds: Int64 = 200
    static let restMilliseconds: Int64 = 1_500

    private let stop: Int32
    private let onWait: () -> Bool
    /// Until when the rest of a stream is read, by the clock that only goes on.
    private var restUntil: Int64?
    /// Whether reading was asked to end.
    public var isStopped: Bool { restUntil != nil }
    /// Whether reading was ended before the end of the input.
    public private(set) var isCut = false
    /// Whether it was a stream, such as a pipe, whose reading was asked to end: nobody knows where
    /// that ends by itself.
    public private(set) var isStream = false

    /// - Parameters:
    ///   - stop: a descriptor; once it is readable a file is read no further, and a stream until it
    ///     ends or brings nothing for a moment. A negative number never is.
    ///   - onWait: called before a wait for input that is not there yet; false ends the reading at
    ///     once.
    public init(stop: Int32 = -1, onWait: @escaping () -> Bool = { true }) {
        self.stop = stop
        self.onWait = onWait
    }

    /// Waits until `descriptor` can be read; false once reading is to end.
    func mayRead(_ descriptor: Int32) -> Bool {
        if !isStopped, !hasInput(descriptor, milliseconds: 0) {
            if onWait() {
                while !hasInput(descriptor, milliseconds: -1) {}
            } else {
                (restUntil, isCut) = (Self.now(), true)
            }
        }
        guard let restUntil else { return true }
        isStream = !Self.isFile(descriptor)
        isCut = isCut || !hasRest(descriptor, until: restUntil)
        return !isCut
    }

    /// Whether a stream that is to be read no further still has something, its end included.
    private func hasRest(_ descriptor: Int32, until restUntil: Int64) -> Bool {
        guard isStream, onWait() else { return false }
        let end = min(restUntil, Self.now() + Self.silenceMilliseconds)
        while true {
            let left = end - Self.now()
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&entry, 1, Int32(clamping: max(0, left)))
            if count > 0 { return Self.now() < restUntil }
            if count == 0 || errno != EINTR { return false }
        }
    }

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
        if count > 0, entries.1.revents != 0 { restUntil = Self.now() + Self.restMilliseconds }
        return count > 0 || (count < 0 && errno != EINTR)
    }

    private static func isFile(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func now() -> Int64 {
        var time = timespec()
        // Can't fail: the clock exists on every Linux and the pointer is valid.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
