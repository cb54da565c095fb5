// SPDX-License-Identifier: Apache-2.0

/// Everything that bounds a server, in one value.
public struct HTTPLimits: Sendable, Equatable {
    /// Bytes of one request body; more is answered with 413.
    public var bodyBytesMax: Int
    /// Bytes of all requests together, while they are received and handled; more is answered with
    /// 503.
    public var bodyBytesInFlightMax: Int
    /// Bytes of the bodies of one network at a time, more is answered with 503; 0 leaves that open.
    public var bodyBytesPerNetworkMax: Int
    /// Bytes past `bodyBytesMax` that are read and thrown away so that the 413 arrives; a body that
    /// is announced to be longer is refused at once, one of unknown length cut off after them.
    public var discardedBytesMax: Int
    /// Bytes for request line and header fields of one connection.
    public var headerBytesMax: Int
    /// Connections held at a time; further ones wait or are refused by the kernel.
    public var connectionsMax: Int
    /// Connections of one network held at a time; 0 leaves that open, as behind a proxy.
    public var connectionsPerNetworkMax: Int
    /// Whether this machine is a network like others: for tests, which have no other.
    public var loopbackIsNetwork: Bool
    /// Seconds without a byte after which a connection is closed.
    public var idleSecondsMax: Int
    /// Seconds that a connection may take from its start, or from its last answer, until its next
    /// request is complete; it is closed then.
    public var requestSecondsMax: Int
    /// Threads that read, call the handler and write.
    public var threads: Int
    /// Milliseconds that `stop()` waits for requests in flight.
    public var drainMillisecondsMax: Int

    /// Makes limits; the defaults suit a small service on one machine.
    public init(
        bodyBytesMax: Int = 1 << 20, bodyBytesInFlightMax: Int = 32 << 20,
        bodyBytesPerNetworkMax: Int = 0, discardedBytesMax: Int = 16 << 20,
        headerBytesMax: Int = 16 << 10,
        connectionsMax: Int = 256, connectionsPerNetworkMax: Int = 0,
        loopbackIsNetwork: Bool = false, idleSecondsMax: Int = 30,
        requestSecondsMax: Int = 60, threads: Int = 1,
        drainMillisecondsMax: Int = 5000
    ) {
        self.bodyBytesMax = bodyBytesMax
        self.bodyBytesInFlightMax = bodyBytesInFlightMax
        self.bodyBytesPerNetworkMax = bodyBytesPerNetworkMax
        self.discardedBytesMax = discardedBytesMax
        self.headerBytesMax = headerBytesMax
        self.connectionsMax = connectionsMax
        self.connectionsPerNetworkMax = connectionsPerNetworkMax
        self.loopbackIsNetwork = loopbackIsNetwork
        self.idleSecondsMax = idleSecondsMax
        self.requestSecondsMax = requestSecondsMax
        self.threads = threads
        self.drainMillisecondsMax = drainMillisecondsMax
    }

    /// The defaults.
    public static let standard = HTTPLimits()
}
