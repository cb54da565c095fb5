// SPDX-License-Identifier: Apache-2.0

public import HTTPServing
public import Modules
private import Synchronization

/// A collector: an intake listener that takes what installations send, and an admin listener that
/// shows what it amounts to.
public final class CollectorService: Module {
    private struct Servers {
        let intake: HTTPServer
        let admin: HTTPServer
        let routes: IntakeRoutes
    }

    /// `collector`.
    public let name = "collector"
    /// What the collector was set up with.
    public let configuration: CollectorConfiguration
    private let openStorage: @Sendable () throws -> any CollectorStorage
    private let clock: any WallClock
    private let logger: Logger
    private let random: any RandomSource
    private let servers = Mutex<Servers?>(nil)

    /// Sets a collector up; nothing is opened yet, not even the storage.
    public init(
        configuration: CollectorConfiguration, clock: any WallClock = SystemClock(),
        random: any RandomSource = SystemRandom(), logger: Logger,
        openStorage: @escaping @Sendable () throws -> any CollectorStorage
    ) {
        self.configuration = configuration
        self.openStorage = openStorage
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// Opens both listeners and the storage, and serves; what has passed its time is deleted once
    /// the clock went on for an hour without a jump. Throws `HTTPServerError`, `StorageError` or
    /// what the opening throws; nothing is left open then.
    public func initialize() throws {
        // First, because a storage that is made for a collector that can't run would stay behind.
        let intakeSocket = try ListenSocket(configuration.intake)
        let adminSocket = try ListenSocket(configuration.admin)
        let storage = try openStorage()
        let metrics = CollectorMetrics()
        let room = configuration.room
        let routes = IntakeRoutes(
            configuration: configuration, storage: storage, clock: clock, random: random,
            metrics: metrics, room: room, logger: logger)
        try routes.trySweep()
        routes.sweepWhenDue()
        let intake = try HTTPServer(
            on: intakeSocket, limits: configuration.effectiveIntakeLimits,
            tls: configuration.intakeTLS,
            room: room, network: configuration.network(of:), handler: routes.handler)
        let admin = AdminRoutes(
            configuration: configuration, storage: storage, clock: clock, logger: logger
        ) { [weak intake] in
            metrics.text(
                bytesInFlight: room.bytesTaken, connections: intake?.connections ?? 0)
        }
        let started = Servers(
            intake: intake,
            admin: try HTTPServer(
                on: adminSocket, tls: configuration.adminTLS, handler: admin.handler),
            routes: routes)
        servers.withLock { $0 = started }
        try routes.keepSweeping()
        try routes.readAhead()
    }

    /// Finishes the requests in flight and closes both listeners.
    public func shutdown() {
        let stopped = servers.withLock { servers in
            defer { servers = nil }
            return servers
        }
        stopped?.intake.stop()
        stopped?.admin.stop()
        stopped?.routes.keepSums()
    }

    /// The URL that clients send to; nil while the collector does not run.
    public var intakeURL: String? {
        servers.withLock { $0?.intake.url("/v1/logs") }
    }

    /// The URL of the insight page; nil while the collector does not run.
    public var insightURL: String? {
        servers.withLock { $0?.admin.url("/") }
    }

    /// The bound addresses of intake and admin listener; nil while the collector does not run.
    public var addresses: (intake: ListenAddress, admin: ListenAddress)? {
        servers.withLock { servers in servers.map { ($0.intake.address, $0.admin.address) } }
    }
}
