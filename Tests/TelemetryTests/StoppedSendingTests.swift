// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import OTLP
import SQLite
import TestKit
import Testing

@testable import Telemetry

/// What appears in the way of sending after a batch was handed out.
@Suite struct StoppedSendingTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// What somebody else puts into the way while a program runs, and takes away again.
    enum Obstacle: String, CaseIterable, Sendable {
        case policy, unreadablePolicy, otherMachine

        func put(into home: Home) throws {
            switch self {
            case .policy: try home.folder.write(#"{"telemetry": "deny"}"#, to: "policy.json")
            case .unreadablePolicy: try home.folder.write("{", to: "policy.json")
            case .otherMachine: try home.folder.write("machine-two\n", to: "machine-id")
            }
        }

        func take(from home: Home) throws {
            switch self {
            case .policy, .unreadablePolicy: try RealFileSystem().remove(home.policyPath)
            case .otherMachine: try home.folder.write("machine-one\n", to: "machine-id")
            }
        }

        var cause: Cause { self == .otherMachine ? .copiedHome : .adminPolicy }
    }

    @Test(arguments: Obstacle.allCases)
    func `what comes between a batch's turn and its first byte keeps it here`(
        obstacle: Obstacle
    ) throws {
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        let standing = outbox.standing
        #expect(standing.holds)
        try obstacle.put(into: home)
        #expect(!standing.holds)
        #expect(try !outbox.begin(batch))
        #expect(try outbox.next() == .blocked([obstacle.cause]))
        #expect(try home.control().ledger().allSatisfy { $0.kind != "sending_begun" })
        try obstacle.take(from: home)
        #expect(standing.holds)
        #expect(try outbox.begin(batch))
    }

    @Test(arguments: Obstacle.allCases)
    func `what comes between a batch's turn and its sealing leaves its events unsealed`(
        obstacle: Obstacle
    ) throws {
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        try obstacle.put(into: home)
        #expect(try outbox.sealer.seal(from: outbox.store) == nil)
        #expect(try outbox.store.database.integer("SELECT count(*) FROM batches") == 0)
        try obstacle.take(from: home)
        #expect(try outbox.sealer.seal(from: outbox.store)?.events == 2)
    }

    @Test func `losses leave a coarse home as powers of two, and the rest with the next batch`()
        throws
    {
        var coarse = TelemetryModuleConfig.withURL
        coarse.anonymizeData = true
        try home.enable(coarse)
        func told(_ config: TelemetryModuleConfig) throws -> Int64? {
            let outbox = try #require(try home.control(config).outbox())
            guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
                throw TestKitError("nothing to send")
            }
            try outbox.accepted(batch, rejected: 0, answer: "200")
            let bytes = try #require(batch.json)
            let resource = try ExportLogsRequest(json: bytes).resourceLogs[0].resource
            return resource.attributes.value(for: "telemetry.lost.catalogue")?.intValue
        }
        let module = home.module(coarse)
        module.initialize()
        for _ in 0..<7 { module.trackEvent("app_start", ["undeclared": 1]) }
        module.end()
        var all: [Int64?] = []
        for _ in 0..<4 {
            all.append(try told(coarse))
            home.record(1, coarse)
        }
        #expect(all == [4, 2, 1, nil])
    }

    @Test func `the bytes of a batch that was accepted go when its events have to`() throws {
        home.record(1)
        try home.haveOneBatchAccepted()
        func kept() throws -> [Int64?] {
            _ = try home.control().status()
            let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            return try ["batches", "events"].map {
                try store.integer("SELECT count(*) FROM \($0)")
            }
        }
        #expect(try kept() == [1, 1])
        home.clock.advance(by: .seconds(29 * 86_400))
        #expect(try kept() == [1, 1])
        home.clock.advance(by: .seconds(2 * 86_400))
        #expect(try kept() == [0, 0])
        #expect(try home.control().status().uploaded == 1)
    }
}
