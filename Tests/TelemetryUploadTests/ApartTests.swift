// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// Batches of one identifier and requests for the erasure of another are hours apart, whatever
/// begins a round, and however it ends.
@Suite struct ApartTests {
    private static let patient = UploadHeader("Retry-After", "7200")
    private var home: Home

    init() throws { home = try Home(url: "https://collector.example.org/v1/logs") }

    private func batchesAt() throws -> Timestamp {
        try #require(try home.control.uploadAgenda().batchesAt)
    }

    private func isHoursAhead(_ time: Timestamp) -> Bool {
        let now = home.clock.now()
        return (now.advanced(bySeconds: 3600)..<now.advanced(bySeconds: 6 * 3600)).contains(time)
    }

    @Test(arguments: [FakeReply.closeWithoutReply, .neverAnswer])
    func `a request for erasure that nobody answered has left, and no batch goes beside it`(
        reply: FakeReply
    ) throws {
        let server = try FakeServer(.answer(200), reply, .answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        #expect(try home.round().batchesSent == 1)
        #expect(try home.control.deleteData().erasureRequested)
        home.record(1)
        // A bound for what hangs; another round goes once the first request has failed.
        let summary = try home.round(timeMax: .seconds(1))
        #expect(summary.batchesSent == 0 && summary.erasuresPending == 1)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        let batchesAt = try #require(try home.control.uploadAgenda().batchesAt)
        #expect(batchesAt >= home.clock.now().advanced(bySeconds: 3600))
    }

    @Test func `a round that an erasure makes due sends no batch before its time`() throws {
        let server = try FakeServer(.answer(200))
        let home = try Home(url: server.url())
        home.record(1)
        #expect(try home.round().batchesSent == 1)
        #expect(try home.control.deleteData().erasureRequested)
        home.record(1)
        server.stop()
        let batchesAt = try #require(try home.control.uploadAgenda().batchesAt)
        try #require(batchesAt > home.clock.now())
        let summary = try #require(try home.uploader.run(.everythingIfDue))
        #expect(summary.ending == .erasuresOnly && summary.batchesRetried == 0)
        #expect(summary.erasuresPending == 1 && summary.hasFailed)
        #expect(try home.control.uploadAgenda().batchesAt == batchesAt)
    }

    @Test func `an erasure that follows a batch in its round keeps the next batches away`() throws {
        home.record(1)
        let isFirst = Once()
        let transport = ScriptedTransport(.status(200), .status(204)) { [home] in
            guard isFirst.first() else { return }
            #expect(throws: Never.self) { try home.control.rotateID() }
        }
        #expect(try home.round { transport }?.erasuresDone == 1)
        #expect(transport.requests.map(\.method) == ["POST", "DELETE"])
        #expect(try batchesAt() >= home.clock.now().advanced(bySeconds: 3600))
    }

    @Test func `each new erasure keeps batches away, however soon after another one`() throws {
        try home.owe()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        let first = try batchesAt()
        home.clock.jump(to: first.advanced(bySeconds: -10))
        home.record(1)
        let sent = try home.round(isAskedFor: true) { ScriptedTransport(.status(200)) }
        #expect(sent?.batchesSent == 1)
        _ = try home.control.rotateID()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        #expect(try isHoursAhead(batchesAt()))
    }

    @Test func `a batch that would be tried again in seconds waits hours, and no whole window`()
        throws
    {
        var slow = home
        slow.config.collectionInterval = 720
        slow.record(1)
        #expect(try slow.round { ScriptedTransport(.status(200)) }?.batchesSent == 1)
        #expect(try slow.control.rotateID().erasureRequested)
        slow.record(1)
        let transport = ScriptedTransport(
            .failed(TransferFailure(.connect, "refused")), .status(503), .status(204))
        #expect(try slow.round { transport }?.batchesRetried == 1)
        slow.clock.advance(by: .seconds(60))
        #expect(try slow.round(erasuresOnly: true) { transport }?.erasuresDone == 1)
        let time = try #require(try slow.control.uploadAgenda().batchesAt)
        #expect(isHoursAhead(time))
    }

    @Test func `what ends in the turn of the batches is asked to be erased in the same round`()
        throws
    {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.record(1)
        home.clock.jump(to: try batchesAt())
        let isFirst = Once()
        let transport = ScriptedTransport(.status(200), .status(204)) { [home] in
            guard isFirst.first() else { return }
            #expect(throws: Never.self) { try home.control.rotateID() }
        }
        let summary = try #require(try home.round { transport })
        #expect(summary.batchesSent == 1 && summary.erasuresDone == 1)
        #expect(transport.requests.map(\.method) == ["POST", "DELETE"])
        #expect(summary.erasuresPending == 1, "the other one waits")
    }

    @Test func `an erasure of another folder keeps the batches of this one away`() throws {
        home.record(1)
        home.clock.jump(to: try batchesAt())
        try home.uploader.keepBatchesApart(isFirst: true)
        #expect(try isHoursAhead(batchesAt()))
        try home.control.disable()
        try home.uploader.keepBatchesApart(isFirst: true)
    }

    @Test func `a refused erasure is asked for again by a person where no batch waits`() throws {
        try home.owe()
        let transport = ScriptedTransport(.status(500), .status(204))
        #expect(try home.round(isAskedFor: true) { transport }?.erasuresPending == 1)
        #expect(try home.round(isAskedFor: true) { transport }?.erasuresDone == 1)
        #expect(transport.requests.map(\.method) == ["DELETE", "DELETE"])
    }

    @Test func `of several erasures a server that asks for patience is asked for one`() throws {
        for _ in 0..<3 { try home.owe() }
        let transport = ScriptedTransport(.status(429, [Self.patient]), .status(204))
        for isAskedFor in [false, true, true] {
            let summary = try home.round(erasuresOnly: true, isAskedFor: isAskedFor) { transport }
            #expect(summary?.erasuresPending == 3)
        }
        #expect(transport.requests.count == 1)
        home.clock.advance(by: .seconds(7200))
        let later = try home.round(erasuresOnly: true, isAskedFor: true) { transport }
        #expect(later?.erasuresDone == 3)
    }

    /// What a person is told before an upload, and what the upload does then.
    @Test func `what would go in a round is what goes in it`() throws {
        try home.owe()
        home.record(1)
        let transport = ScriptedTransport(.status(503), .status(200), .status(204))
        var sent: [[String]] = []
        for isBefore in [true, false, false] {
            let (outlook, status) = try (home.control.outlook(), home.control.status())
            #expect(status.areErasuresFirst == isBefore)
            #expect(outlook.areBatchesApart == isBefore)
            let batches = outlook.areBatchesApart ? 0 : outlook.batches.count
            let told = outlook.erasureURLs.map { _ in "DELETE" } + (0..<batches).map { _ in "POST" }
            let before = transport.requests.count
            _ = try home.round(isAskedFor: true) { transport }
            sent.append(transport.requests.dropFirst(before).map(\.method))
            #expect(told == sent.last)
        }
        #expect(sent == [["DELETE"], ["POST"], ["DELETE"]])
    }

    @Test func `where batches have their turn the erasures are told to follow`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.record(1)
        home.clock.jump(to: try batchesAt())
        let outlook = try home.control.outlook()
        #expect(outlook.erasureURLs.isEmpty && outlook.erasuresApart == 1)
        #expect(outlook.batchesToday == 1 && !outlook.areBatchesApart)
        #expect(try !home.control.status().areErasuresFirst)
    }
}
