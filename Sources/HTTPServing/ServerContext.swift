// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import Synchronization

/// What all connections of one server share: the handler, the limits and the load.
final class ServerContext: Sendable {
    private struct Load {
        var requestsInFlight = 0
        var bodyBytesInFlight = 0
        var drained: SignalPipe?
    }

    let handler: any HTTPHandler
    let limits: HTTPLimits
    private let load = Mutex(Load())

    init(handler: any HTTPHandler, limits: HTTPLimits) {
        self.handler = handler
        self.limits = limits
    }

    /// Whether the server is stopping, so that connections are to be closed after their answer.
    var isDraining: Bool {
        load.withLock { $0.drained != nil }
    }

    func requestBegan() {
        load.withLock { $0.requestsInFlight += 1 }
    }

    /// Counts a request out, with the bytes that were reserved for its body.
    func requestEnded(bodyBytes: Int) {
        let drained: SignalPipe? = load.withLock { load in
            load.requestsInFlight -= 1
            load.bodyBytesInFlight -= bodyBytes
            return load.requestsInFlight == 0 ? load.drained : nil
        }
        drained?.signal()
    }

    /// Takes room for body bytes; false when the budget of all bodies together is used up.
    func reserve(bodyBytes: Int) -> Bool {
        load.withLock { load in
            guard load.bodyBytesInFlight + bodyBytes <= limits.bodyBytesInFlightMax else {
                return false
            }
            load.bodyBytesInFlight += bodyBytes
            return true
        }
    }

    /// Lets every connection end after its next answer, and returns what `drain` waits for; nil
    /// when the system has no pipe left.
    func startDraining() -> SignalPipe? {
        guard let pipe = SignalPipe() else { return nil }
        load.withLock { $0.drained = pipe }
        return pipe
    }

    /// Waits until no request is in flight, or the limit of the time for it has passed.
    func drain(_ pipe: SignalPipe) {
        guard load.withLock({ $0.requestsInFlight > 0 }) else { return }
        pipe.wait(milliseconds: limits.drainMillisecondsMax)
    }
}

/// A pipe that carries one signal.
final class SignalPipe: Sendable {
    private let reader: Int32
    private let writer: Int32

    fileprivate init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        reader = ends[0]
        writer = ends[1]
    }

    deinit {
        close(reader)
        close(writer)
    }

    fileprivate func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(writer, &byte, 1)
    }

    fileprivate func wait(milliseconds: Int) {
        var entry = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&entry, 1, Int32(milliseconds)) < 0 && errno == EINTR {}
    }
}
