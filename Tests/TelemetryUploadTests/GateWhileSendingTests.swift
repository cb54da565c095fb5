// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
@testable import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// What holds while a batch is on its way.
@Suite(.timeLimit(.minutes(3)))
struct GateWhileSendingTests {
    @Test func `an administrator's no ends a transfer on its way, and its batch waits`() throws {
        let server = try FakeServer(.neverAnswer, .answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        let uploader = home.uploader
        let running = OwnThread { try? uploader.run() }
        _ = try server.waitForRequests(1)
        try home.folder.write(#"{"telemetry": "deny"}"#, to: "policy.json")
        let summary = try #require(try running.value())
        #expect(summary.ending == .blocked([.adminPolicy]))
        #expect(summary.batchesCutOff == 0 && summary.batchesSent == 0)
        try server.waitUntilIdle()
        #expect(try home.control.status().waiting == 1)
        try RealFileSystem().remove(home.folder.file("policy.json"))
        #expect(try uploader.run()?.batchesSent == 1)
        #expect(server.requests.count == 2)
        #expect(server.requests[0].body == server.requests[1].body)
    }

    @Test func `when a batch's first byte leaves, its mark is on the disk with every commit`()
        throws
    {
        let home = try Home(url: "https://collector.example.org/v1/logs")
        home.record(2)
        let outbox = try #require(try home.control.outbox())
        let transport = LevelTransport(outbox.store.database)
        let round = UploadRound(
            outbox: outbox, clock: home.clock, random: home.random, makeTransport: { transport })
        #expect(try round.run().batchesSent == 2)
        // FULL: the log is synced at each commit, and not with the next checkpoint alone.
        #expect(transport.levels == [2, 2])
    }
}

/// Asks, while a request would be on its way, how commits are synced. `@unchecked`: one thread
/// alone uses it.
private final class LevelTransport: UploadTransport, @unchecked Sendable {
    private let database: Connection
    private(set) var levels: [Int64?] = []

    init(_ database: Connection) { self.database = database }

    func perform(_ request: UploadRequest) -> TransferOutcome {
        levels.append(try? database.integer("PRAGMA synchronous"))
        return .status(200)
    }
}
