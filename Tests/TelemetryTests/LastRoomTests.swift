// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Testing

@testable import Telemetry

/// A full home in which events are not what takes the room.
@Suite struct LastRoomTests {
    private let home: Home
    private var config = TelemetryModuleConfig.withURL

    init() throws {
        home = try Home()
        config.storageBytesMax = 1 << 20
        try home.enable(config)
    }

    private func store() throws -> Connection {
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
    }

    private var batches: Int64? {
        get throws { try store().integer("SELECT count(*) FROM batches") }
    }

    /// Everything is under the cap, every event is accounted for, and the ledger is whole.
    private func expectOrder() throws {
        let bytes = try TelemetryDirectory(home.storage).allocatedBytes(RealFileSystem())
        #expect(bytes <= config.storageBytesMax)
        #expect(try home.control(config).account()?.isBalanced == true)
        #expect(try home.control(config).verifyLedger().isSound)
    }

    @Test func `batches that were sent make room before any event does`() throws {
        for _ in 1...3 {
            home.record(2, config)
            try home.haveOneBatchAccepted()
        }
        try store().run("UPDATE batches SET body = randomblob(300000)")
        home.record(5, config)
        #expect(try home.control(config).status().waiting == 5)
        #expect(try home.control(config).status().lost.isEmpty)
        #expect(try batches == 1)
        try expectOrder()
    }

    @Test func `a batch that is being sent goes last of all, and recording goes on`() throws {
        home.record(5, config)
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next() else {
            Issue.record("nothing to send")
            return
        }
        #expect(try outbox.begin(batch))
        try store().run("UPDATE batches SET body = randomblob(1200000)")
        home.record(3, config)
        #expect(try batches == 0)
        let lost = try home.control(config).status().lost
        #expect(lost.map(\.reason) == ["storage_cap"] && lost.first?.count == 8)
        home.record(4, config)
        #expect(try home.control(config).status().waiting == 4)
        try expectOrder()
    }

    @Test func `a ledger that takes all the room loses its older half`() throws {
        home.record(1, config)
        let connection = try store()
        let ledger = Ledger(database: connection, seams: home.seams())
        try connection.transaction {
            for _ in 0..<400 {
                try ledger.append(.batch(.batchVoided, String(repeating: "a", count: 4000)))
            }
        }
        home.record(3, config)
        let verdict = try home.control(config).verifyLedger()
        #expect(verdict.prunedThrough > 100 && verdict.rows > 100)
        home.record(2, config)
        #expect(try home.control(config).status().waiting == 2)
        try expectOrder()
    }
}
