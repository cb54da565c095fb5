// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import Synchronization

/// Until when each connection has to have completed its next request. The library knows only how
/// long a connection was silent, and one byte now and then is not silence.
final class ConnectionDeadlines: Sendable {
    private let deadlines = Mutex<[Int32: Int64]>([:])
    private let secondsMax: Int64

    init(secondsMax: Int) {
        self.secondsMax = Int64(secondsMax)
    }

    /// How many connections there are.
    var count: Int { deadlines.withLock { $0.count } }

    /// A connection came, or its last request was answered.
    func start(_ socket: Int32) {
        let deadline = Self.now() + secondsMax
        deadlines.withLock { $0[socket] = deadline }
    }

    /// The connection's request is complete: what takes time now is not the client.
    func suspend(_ socket: Int32) {
        deadlines.withLock { $0[socket] = .max }
    }

    /// The connection is about to be closed; its number may name another one then.
    func remove(_ socket: Int32) {
        deadlines.withLock { $0[socket] = nil }
    }

    /// Ends the connections that took too long; the library closes them then. How many there were.
    func endOverdue() -> Int {
        let now = Self.now()
        return deadlines.withLock { deadlines in
            let overdue = deadlines.filter { $0.value < now }.keys
            for socket in overdue {
                shutdown(socket, Int32(SHUT_RDWR))
                deadlines[socket] = .max
            }
            return overdue.count
        }
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
