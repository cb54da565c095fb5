// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What all connections of one server share: the handler, the limits and the load.
final class ServerContext: Sendable {
    private struct Load {
        var requestsInFlight = 0
        var drained: SignalPipe?
        var unanswered: [ObjectIdentifier: (reply: LaterReply, request: HTTPRequest)] = [:]
        /// Whether nobody may wait any more.
        var isOver = false
        /// Signalled when each of those that waited at the end has its answer, or is gone.
        var told: SignalPipe?
    }

    /// How long the end of a server waits for the answers that it gives itself to be written.
    static let tellingMillisecondsMax = 1000

    let handler: any HTTPHandler
    let limits: HTTPLimits
    let room: BodyRoom
    /// The network of whose share a body is, by the head of its request.
    let network: @Sendable (HTTPRequest) -> Int?
    let deadlines: ConnectionDeadlines
    let shares: ConnectionShares
    private let load = Mutex(Load())

    init(
        handler: any HTTPHandler, limits: HTTPLimits, room: BodyRoom,
        network: @escaping @Sendable (HTTPRequest) -> Int? = { $0.peerNetwork }
    ) {
        self.network = network
        self.handler = handler
        self.limits = limits
        self.room = room
        shares = ConnectionShares(perNetworkMax: limits.connectionsPerNetworkMax)
        deadlines = ConnectionDeadlines(secondsMax: limits.requestSecondsMax)
    }

    /// Whether the server is stopping, so that connections are to be closed after their answer.
    var isDraining: Bool {
        load.withLock { $0.drained != nil }
    }

    func requestBegan() {
        load.withLock { $0.requestsInFlight += 1 }
    }

    /// Counts a request out.
    func requestEnded() {
        let drained: SignalPipe? = load.withLock { load in
            load.requestsInFlight -= 1
            return load.requestsInFlight == 0 ? load.drained : nil
        }
        drained?.signal()
    }

    /// Remembers a connection that is going to wait, so that it can be woken when the server ends;
    /// false when the server has ended, and it must not wait.
    func waits(_ reply: LaterReply, of request: HTTPRequest) -> Bool {
        load.withLock { load in
            guard !load.isOver else { return false }
            load.unanswered[ObjectIdentifier(reply)] = (reply, request)
            return true
        }
    }

    func waitsNoMore(_ reply: LaterReply) {
        let told: SignalPipe? = load.withLock { load in
            load.unanswered[ObjectIdentifier(reply)] = nil
            return load.unanswered.isEmpty ? load.told : nil
        }
        told?.signal()
    }

    /// Answers whatever still waits, and lets nobody wait from now on: the library ends the process
    /// if it is stopped while a connection sleeps. Returns when the answers are written, since the
    /// library closes its connections at once then, or after `milliseconds`.
    func answerUnanswered(within milliseconds: Int = tellingMillisecondsMax) {
        let told = SignalPipe()
        let unanswered = load.withLock { load in
            load.isOver = true
            load.told = told
            return Array(load.unanswered.values)
        }
        for (reply, request) in unanswered {
            reply.send(handler.refuse(request, with: .serviceUnavailable))
        }
        if !unanswered.isEmpty { told?.wait(milliseconds: milliseconds) }
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
