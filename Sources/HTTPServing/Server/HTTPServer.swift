// SPDX-License-Identifier: Apache-2.0

private import Synchronization

/// A small HTTP/1.1 server over libmicrohttpd. It serves from the moment it is made until `stop()`
/// or its release. It never looks at, hands out or logs the address of a peer.
public final class HTTPServer: Sendable {
    private struct Running: ~Copyable {
        let socket: ListenSocket
        let daemon: Microhttpd
        let ticker: Ticker
    }

    /// The address with the port that is really bound.
    public let address: ListenAddress
    private let isSecure: Bool
    private let context: ServerContext
    private let running: Mutex<Running?>

    /// Starts the threads on a socket that listens already, with TLS if it is given an identity.
    /// With `room` bodies take theirs there, otherwise in room of the server's own; `network` tells
    /// of a request's head of whose share its body is. Throws an `HTTPServerError` when the system
    /// refuses.
    public init(
        on socket: consuming ListenSocket, limits: HTTPLimits = .standard,
        tls: TLSIdentity? = nil, room: BodyRoom? = nil,
        network: @escaping @Sendable (HTTPRequest) -> Int? = { $0.peerNetwork },
        handler: any HTTPHandler
    ) throws(HTTPServerError) {
        address = try socket.boundAddress()
        isSecure = tls != nil
        let context = ServerContext(
            handler: handler, limits: limits,
            room: room
                ?? BodyRoom(
                    ByteBudget(bytesMax: limits.bodyBytesInFlightMax),
                    perNetworkMax: limits.bodyBytesPerNetworkMax),
            network: network)
        self.context = context
        guard
            let daemon = Microhttpd(serving: socket.descriptor, tls: tls, context: context),
            let ticker = Ticker({ context.deadlines.endHopeless() })
        else {
            throw HTTPServerError(.system, "the server threads on \(address) did not start")
        }
        running = Mutex(Running(socket: socket, daemon: daemon, ticker: ticker))
    }

    /// Connections that are open now.
    public var connections: Int { context.deadlines.count }

    /// Binds, listens and starts the threads; throws as `ListenSocket` does.
    public convenience init(
        listen address: ListenAddress, limits: HTTPLimits = .standard, handler: any HTTPHandler
    ) throws(HTTPServerError) {
        try self.init(on: try ListenSocket(address), limits: limits, handler: handler)
    }

    /// Binds, listens and answers every request by a closure.
    public convenience init(
        listen address: ListenAddress, limits: HTTPLimits = .standard,
        handler: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) throws(HTTPServerError) {
        try self.init(listen: address, limits: limits, handler: ClosureHandler(handler))
    }

    deinit {
        stop()
    }

    /// The port that is bound.
    public var port: UInt16 { address.port }

    /// The URL of a path on this server.
    public func url(_ path: String) -> String {
        "\(isSecure ? "https" : "http")://\(address)\(path)"
    }

    /// Stops accepting, waits for the requests in flight (at most `drainMillisecondsMax`), then
    /// closes every connection and ends the threads. Further calls do nothing.
    public func stop() {
        guard let running = running.withLock({ $0.take() }) else { return }
        running.daemon.quiesce()
        let drained = context.startDraining()
        running.socket.refuseConnections()
        if let drained { context.drain(drained) }
        context.answerUnanswered()
        running.ticker.stop()
        running.daemon.stop()
    }
}
