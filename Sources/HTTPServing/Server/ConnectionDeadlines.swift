// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import Synchronization

/// Until when each connection has to have completed its next request. The library knows only how
/// long a connection was silent, and one byte now and then is not silence; and of a client that has
/// gone in the midst of a body it may hear nothing, since it looks no further after a short read.
final class ConnectionDeadlines: Sendable {
    private struct Wait {
        var deadline: Int64
        /// Whether the client had gone when it was last looked at.
        var isAbandoned = false
    }

    private let waits = Mutex<[Int32: Wait]>([:])
    private let secondsMax: Int64

    init(secondsMax: Int) {
        self.secondsMax = Int64(secondsMax)
    }

    /// How many connections there are.
    var count: Int { waits.withLock { $0.count } }

    /// A connection came, or its last request was answered.
    func start(_ socket: Int32) {
        let deadline = Self.now() + secondsMax
        waits.withLock { $0[socket] = Wait(deadline: deadline) }
    }

    /// The connection's request is complete: what takes time now is not the client.
    func suspend(_ socket: Int32) {
        waits.withLock { $0[socket] = Wait(deadline: .max) }
    }

    /// The connection is about to be closed; its number may name another one then.
    func remove(_ socket: Int32) {
        waits.withLock { $0[socket] = nil }
    }

    /// Ends the connections that took too long, and those whose client has gone without completing
    /// its request; the library closes them then. For one call each second.
    func endHopeless() {
        let now = Self.now()
        waits.withLock { waits in
            for (socket, wait) in waits where wait.deadline != .max {
                let isAbandoned = Self.isAbandoned(socket)
                // What was read a moment ago may complete the request: that is seen the next time.
                if wait.deadline < now || (isAbandoned && wait.isAbandoned) {
                    shutdown(socket, Int32(SHUT_RDWR))
                    waits[socket] = Wait(deadline: .max)
                } else {
                    waits[socket]?.isAbandoned = isAbandoned
                }
            }
        }
    }

    /// Whether all that the client sent was read, and it sends no more.
    private static func isAbandoned(_ socket: Int32) -> Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT)) == 0
    }

    private static func now() -> Int64 {
        var time = timespec()
        // Can't fail: the clock exists on every Linux and the pointer is valid.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec)
    }
}

/// A thread that calls a closure once a second until it is told to end.
final class Ticker: Sendable {
    private static let milliseconds = 1000

    private let pipe: SignalPipe
    private let thread: pthread_t

    /// Starts the thread; nil when the system has none left.
    init?(_ tick: @escaping @Sendable () -> Void) {
        guard let pipe = SignalPipe() else { return nil }
        let work = unsafe Unmanaged.passRetained(Work(pipe: pipe, tick: tick))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { opaque in
                guard let opaque = unsafe opaque else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(opaque).takeRetainedValue().run()
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            unsafe work.release()
            return nil
        }
        self.pipe = pipe
        self.thread = thread
    }

    /// Ends the thread and waits for that.
    func stop() {
        pipe.signal()
        pthread_join(thread, nil)
    }

    private final class Work: Sendable {
        private let pipe: SignalPipe
        private let tick: @Sendable () -> Void

        init(pipe: SignalPipe, tick: @escaping @Sendable () -> Void) {
            self.pipe = pipe
            self.tick = tick
        }

        func run() {
            while !pipe.wait(milliseconds: Ticker.milliseconds) { tick() }
        }
    }
}
