// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// Everything that a collector can be told.
public struct CollectorConfiguration: Sendable {
    /// Where clients send to.
    public var intake: ListenAddress
    /// Where the insight page is read.
    public var admin: ListenAddress
    /// The fewest installations that a shown figure rests on.
    public var k: Int
    /// What the intake admits.
    public var policy: IntakePolicy
    /// How long things are kept.
    public var retention: RetentionPolicy
    /// Bounds of the intake's server; its body limit is the policy's.
    public var intakeLimits: HTTPLimits
    /// Days that the insight covers where no range is asked for, today included.
    public var insightDays: Int
    /// TLS of the intake; nil serves plain HTTP.
    public var intakeTLS: TLSIdentity?
    /// TLS of the admin listener; nil serves plain HTTP.
    public var adminTLS: TLSIdentity?
    /// What has to be shown to read from the admin listener; nil admits whoever reaches it, by a
    /// loopback name only.
    public var adminToken: String?
    /// Whether a proxy stands before the intake, whose `X-Forwarded-For` tells where a request is
    /// from.
    public var isBehindProxy: Bool
    /// Installations that one network can bring anew each day.
    public var newPerNetworkMax: Int
    /// Bytes of records and rows that one installation can have stored each day, in this process.
    public var bytesPerInstallationMax: Int
    /// Requests for erasure that are taken each minute.
    public var erasuresPerMinuteMax: Int
    /// An erasure is answered after a whole number of these, so that the time tells nothing of what
    /// was found.
    public var erasureStepMilliseconds = 100
    /// How often it is looked whether a day has passed, where no request tells.
    public var sweepCheckMilliseconds = 60_000
    /// Bounds of the intake's server. One network may hold an eighth of its connections and a
    /// quarter of the memory, so that it can't shut out the others; not on the loopback, and where
    /// a proxy stands in between the connections are the proxy's.
    var effectiveIntakeLimits: HTTPLimits {
        var limits = intakeLimits
        if !intake.isLoopback, !isBehindProxy {
            limits.connectionsPerNetworkMax = max(1, limits.connectionsMax / 8)
        }
        if hasNetworks { limits.bodyBytesPerNetworkMax = bytesPerNetworkMax }
        return limits
    }

    /// Bytes of all requests together, while they are received, handled and stored.
    public var bytesInFlightMax: Int

    /// Bytes of them of one network: a quarter, but one whole body at least.
    private var bytesPerNetworkMax: Int { max(policy.bodyBytesMax, bytesInFlightMax / 4) }

    /// Whether requests come from networks that can be told, and not from this machine.
    private var hasNetworks: Bool { isBehindProxy || !intake.isLoopback }

    /// The network that a request is from, by its head: what the proxy says, as far as one is
    /// trusted. Where it tells none, all such requests are of one network that nobody knows: else
    /// a proxy that was set up without it would switch the limits off.
    func network(of request: HTTPRequest) -> Int? {
        guard isBehindProxy else { return request.peerNetwork }
        return Self.forwardedNetwork(request) ?? PeerNetwork.unknown
    }

    /// Where the proxy says that a request is from; nil if it says nothing, no address, or this
    /// machine: that is another proxy.
    static func forwardedNetwork(_ request: HTTPRequest) -> Int? {
        request.headers.values("X-Forwarded-For").last?.split(separator: ",").last
            .flatMap { PeerNetwork.number(ofAddress: $0) }
    }

    /// Room for all requests together, with a share for each network that can be told: by its
    /// address, or by what a proxy says.
    var room: BodyRoom {
        BodyRoom(
            ByteBudget(bytesMax: bytesInFlightMax),
            perNetworkMax: hasNetworks ? bytesPerNetworkMax : 0)
    }

    /// Bytes that the largest bodies take which the policy admits, in protobuf and in JSON, while
    /// they are read: with fewer in flight one of that size would be refused whenever it comes.
    public var bytesInFlightMin: Int {
        max(
            policy.bodyBytesMax * (1 + RequestReader.protobufBytesPerByte),
            policy.jsonBytesMax * (1 + RequestReader.jsonBytesPerByte))
    }

    /// Makes a configuration; the defaults are those of the program.
    public init(
        intake: ListenAddress = .loopback(port: 4318), admin: ListenAddress = .loopback(port: 4319),
        k: Int = 10, policy: IntakePolicy = IntakePolicy(),
        retention: RetentionPolicy = RetentionPolicy(),
        intakeLimits: HTTPLimits = HTTPLimits(connectionsMax: 512, threads: 2),
        insightDays: Int = 30, newPerNetworkMax: Int = 500,
        bytesPerInstallationMax: Int = 16 << 20, erasuresPerMinuteMax: Int = 120,
        bytesInFlightMax: Int = 56 << 20
    ) {
        self.intake = intake
        self.admin = admin
        self.k = k
        self.policy = policy
        self.retention = retention
        self.intakeLimits = intakeLimits
        self.intakeLimits.bodyBytesMax = policy.bodyBytesMax
        self.insightDays = insightDays
        isBehindProxy = false
        self.newPerNetworkMax = newPerNetworkMax
        self.bytesPerInstallationMax = bytesPerInstallationMax
        self.erasuresPerMinuteMax = erasuresPerMinuteMax
        self.bytesInFlightMax = bytesInFlightMax
    }
}
