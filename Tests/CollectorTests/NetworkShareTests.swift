// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import JSON
import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

/// One network can't take the memory and the connections of all.
@Suite struct NetworkShareTests {
    /// A store whose commits take until a gate opens.
    private struct SlowStorage: CollectorStorage {
        let gate = Gate()

        func commit(_ group: CommitGroup) throws(StorageError) -> [BatchOutcome] {
            try? gate.wait()
            return group.batches.map { _ in .stored(isNew: false) }
        }

        func erase(
            installation: String, secretHash: [UInt8], on today: Day
        ) throws(StorageError) -> ErasureOutcome { .erased }
        func expire(by policy: RetentionPolicy, on today: Day) throws(StorageError) {}
        func figures(in days: ClosedRange<Day>) throws(StorageError) -> [DayFigures] { [] }
        func tallies(in days: ClosedRange<Day>) throws(StorageError) -> [Day: DayTally] { [:] }
        func checkReady() throws(StorageError) {}
    }

    private static func routes(
        _ storage: SlowStorage, isBehindProxy: Bool, bytesInFlightMax: Int = 64 << 10
    ) throws -> IntakeRoutes {
        var configuration = CollectorConfiguration(
            intake: try ListenAddress(isBehindProxy ? "127.0.0.1:4318" : "192.0.2.1:4318"),
            policy: IntakePolicy(bodyBytesMax: 2048), bytesInFlightMax: bytesInFlightMax)
        configuration.isBehindProxy = isBehindProxy
        return IntakeRoutes(
            configuration: configuration, storage: storage, clock: ManualClock(),
            random: SeededRandom(seed: 4), logger: Logger(program: "test") { _ in })
    }

    private static func request(
        _ number: Int, of network: Int, isBehindProxy: Bool, asJSON: Bool = false
    ) -> HTTPRequest {
        let sample = SampleRequest(number, batch: number).with("app_start").message
        var request = HTTPRequest(.post, "/v1/logs")
        request.headers["Content-Type"] =
            asJSON ? "application/json" : "application/x-protobuf"
        request.body =
            asJSON ? Array(sample.json().serialized(.compact).utf8) : sample.encoded()
        if isBehindProxy {
            request.headers["X-Forwarded-For"] = "192.0.\(network).1"
        } else {
            request.peerNetwork = network
        }
        return request
    }

    @Test(arguments: [false, true])
    func `what waits to be stored is of its network's share, and so is what is being read`(
        isBehindProxy: Bool
    ) throws {
        let storage = SlowStorage()
        defer { storage.gate.open() }
        let routes = try Self.routes(storage, isBehindProxy: isBehindProxy)
        func refusal(_ number: Int, of network: Int, asJSON: Bool = false) throws -> String? {
            let answer = routes.handler.respond(
                to: Self.request(
                    number, of: network, isBehindProxy: isBehindProxy, asJSON: asJSON),
                later: LaterReply())
            guard let answer else { return nil }
            #expect(answer.status == .serviceUnavailable)
            return asJSON
                ? String(decoding: answer.body, as: UTF8.self)
                : try RPCStatus(decoding: answer.body).message
        }
        let refusals = try (1...30).map { try refusal($0, of: 7) }
        #expect(refusals.first == .some(nil))
        #expect(refusals.last == "too much is waiting to be stored")
        #expect(try refusal(40, of: 7, asJSON: true)?.contains("being received") == true)
        // Reading it takes more than a share; it is the only one of its network.
        #expect(try refusal(41, of: 8, asJSON: true) == nil)
        #expect(try refusal(42, of: 9) == nil)
    }

    @Test func `what takes more memory than there is for all is refused for ever`() throws {
        let storage = SlowStorage()
        storage.gate.open()
        for (bytes, status) in [(4 << 10, 413), (64 << 10, 200)] {
            let routes = try Self.routes(
                storage, isBehindProxy: false, bytesInFlightMax: bytes)
            let answer = routes.respond(
                to: Self.request(1, of: 7, isBehindProxy: false, asJSON: true))
            #expect(answer.status.code == status)
        }
    }

    @Test func `behind a proxy a network that stalls bodies does not shut out another`() throws {
        let collector = try SampleCollector { configuration in
            configuration = CollectorConfiguration(
                intake: configuration.intake, admin: configuration.admin,
                policy: IntakePolicy(bodyBytesMax: 2048), bytesInFlightMax: 64 << 10)
            configuration.isBehindProxy = true
        }
        func post(_ body: [UInt8], of network: Int) throws -> Int {
            try HTTPClient.send(
                "POST", "/v1/logs", port: collector.intakePort,
                headers: [
                    HTTPHeader("Content-Type", "application/x-protobuf"),
                    HTTPHeader("X-Forwarded-For", "192.0.\(network).1"),
                ], body: body
            ).status
        }
        // More than there is for all.
        let stalled = try (0..<40).map { _ in
            let connection = try RawConnection(port: collector.intakePort)
            connection.send(
                "POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Length: 2048\r\n"
                    + "X-Forwarded-For: 192.0.7.1\r\n\r\n" + String(repeating: "x", count: 2000))
            return connection
        }
        // The threads of the server read them before they have answered often enough.
        var last = 0
        for _ in 0..<1000 where last != 503 {
            last = try post([UInt8](repeating: 0, count: 2000), of: 7)
        }
        #expect(last == 503)
        let body = SampleRequest(1, batch: 1).with("app_start").bytes
        #expect(try post(body, of: 8) == 200)
        withExtendedLifetime(stalled) {}
    }

    @Test(arguments: [
        ("192.0.2.1:4318", false, 64, 14 << 20), ("192.0.2.1:4318", true, 0, 14 << 20),
        ("127.0.0.1:4318", false, 0, 0), ("127.0.0.1:4318", true, 0, 14 << 20),
        ("[2001:db8::1]:4318", false, 64, 14 << 20),
    ])
    func `the intake's server has shares of what it can tell the networks of`(
        address: String, isBehindProxy: Bool, connections: Int, bytes: Int
    ) throws {
        var configuration = CollectorConfiguration(intake: try ListenAddress(address))
        configuration.isBehindProxy = isBehindProxy
        let limits = configuration.effectiveIntakeLimits
        #expect(limits.connectionsPerNetworkMax == connections)
        #expect(limits.bodyBytesPerNetworkMax == bytes)
        #expect(!limits.loopbackIsNetwork)
    }
}
