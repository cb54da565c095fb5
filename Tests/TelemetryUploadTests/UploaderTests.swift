// SPDX-License-Identifier: Apache-2.0

import JSON
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// The call of a host program.
@Suite struct UploaderTests {
    @Test func `a host's own call sends what waits and tells how far it is`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(3)
        var sent: [Int] = []
        let summary = try home.uploader.run { sent.append($0.batchesSent) }
        #expect(summary?.batchesSent == 3)
        #expect(sent == [1, 2, 3])
    }

    @Test func `nothing leaves for a host either without consent`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        try home.control.disable()
        #expect(try home.uploader.run()?.ending == .blocked([.withdrawn]))
        #expect(server.connectionCount == 0)
    }

    @Test func `a due round alone is made when only that is asked for`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        let due = try #require(try home.control.uploadAgenda().dueAt)
        #expect(try home.uploader.run(.everythingIfDue)?.ending == .notDue(until: due))
        home.clock.jump(to: due)
        #expect(try home.uploader.run(.everythingIfDue)?.batchesSent == 1)
        let next = try #require(try home.control.uploadAgenda().dueAt)
        #expect(next > due)
        #expect(try home.uploader.run(.everythingIfDue)?.ending == .notDue(until: next))
    }

    @Test func `who mended a failure and asks again need not wait, as a timer does`() throws {
        let server = try FakeServer(.answer(503), .answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().dueAt))
        #expect(try home.uploader.run(.everythingIfDue)?.batchesRetried == 1)
        let retryAt = try #require(try home.control.uploadAgenda().retryAt)
        #expect(retryAt > home.clock.now())
        #expect(try home.uploader.run(.everythingIfDue)?.batchesSent == 0)
        #expect(try home.uploader.run(.everything)?.batchesSent == 1)
        #expect(server.requests.count == 2)
    }

    @Test func `a round that crashed is not made again before the next due time`() throws {
        let home = try Home(url: "https://collector.example.org/v1/logs")
        home.record(1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().dueAt))
        do {
            let outbox = try #require(try home.control.outbox())
            try outbox.noteRound()
            guard case .batch(let batch) = try outbox.next() else {
                throw TestKitError("nothing to send")
            }
            #expect(try outbox.begin(batch))
        }
        #expect(try home.uploader.run(.everythingIfDue)?.batchesSent == 0)
        #expect(try home.control.status().waiting == 1)
    }

    @Test func `a host's bound on the time holds also against a server that hangs`() throws {
        let server = try FakeServer(.neverAnswer)
        var home = try Home(url: server.url())
        home.config.uploadBytesPerSecondMax = 1024
        home.record(2)
        let start = ContinuousClock.now
        let summary = try home.uploader.run(timeMax: .milliseconds(300))
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(summary?.batchesRetried == 1)
        #expect(server.requests.count == 1)
        try server.waitUntilIdle()
    }

    @Test func `a host's wish ends a transfer on its way`() throws {
        let server = try FakeServer(.neverAnswer)
        let home = try Home(url: server.url())
        home.record(1)
        let wish = Cancellation()
        let uploader = home.uploader
        let running = OwnThread { try? uploader.run(cancellation: wish) }
        _ = try server.waitForRequests(1)
        wish.cancel()
        #expect(try running.value()?.ending == .interrupted)
        try server.waitUntilIdle()
        #expect(try uploader.run(cancellation: wish)?.ending == .interrupted)
    }

    enum Change: String, CaseIterable { case disable, rotate, delete }

    @Test(arguments: Change.allCases)
    func `what a batch on its way rests on ends, and the batch goes no further`(
        change: Change
    ) throws {
        let server = try FakeServer(.neverAnswer, .answer(204))
        let home = try Home(url: server.url())
        home.record(1)
        let uploader = home.uploader
        let running = OwnThread { try? uploader.run() }
        _ = try server.waitForRequests(1)
        switch change {
        case .disable: try home.control.disable()
        case .rotate: #expect(try home.control.rotateID().begunEvents == 1)
        case .delete: #expect(try home.control.deleteData().erasureRequested)
        }
        let summary = try #require(try running.value())
        #expect(summary.batchesCutOff == 1)
        #expect(summary.ending == (change == .disable ? .blocked([.withdrawn]) : .nothingWaits))
        // The request for erasure goes with the same round.
        #expect(summary.erasuresDone == (change == .disable ? 0 : 1))
        #expect(!summary.hasFailed)
        try server.waitUntilIdle()
        let status = try home.control.status()
        #expect(status.waiting == 0)
        let isStanding = change == .disable
        #expect((status.keptHere, status.cutOff) == (change == .rotate ? 1 : 0, isStanding ? 1 : 0))
        let last = try #require(try home.control.ledger().last { $0.kind == "answered" })
        #expect(last.detail["outcome"]?.stringValue == "cut_off")
        #expect(try home.control.deleteData().erasureRequested == isStanding)
    }

    /// The process may have stood still while it connected, and look only a moment later.
    @Test func `a no that comes while a batch's connection is made lets no byte of it leave`()
        throws
    {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        let run = try home.uploader.run(
            .everything, timeMax: nil, cancellation: Cancellation(),
            onBatch: { [home] moment in
                guard case .begins = moment else { return }
                #expect(throws: Never.self) { try home.control.disable() }
            })
        let summary = try #require(run)
        #expect((summary.batchesCutOff, summary.batchesLeft, summary.eventsSent) == (1, 0, 0))
        #expect(summary.ending == .blocked([.withdrawn]) && !summary.hasFailed)
        try server.waitUntilIdle()
        #expect(server.byteCount == 0)
        let status = try home.control.status()
        #expect((status.uploaded, status.waiting, status.cutOff) == (0, 0, 1))
    }

    @Test func `one uploader at a time`() throws {
        let home = try Home(url: "https://collector.example.org/v1/logs")
        home.record(1)
        let outbox = try #require(try home.control.outbox())
        #expect(try home.uploader.run() == nil)
        withExtendedLifetime(outbox) {}
    }

    @Test func `requests for erasure alone leave the batches here`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        _ = try home.uploader.run()
        #expect(try home.control.deleteData().erasureRequested)
        home.record(1)
        let summary = try home.uploader.run(.erasures)
        #expect(summary?.erasuresDone == 1 && summary?.batchesSent == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }
}
