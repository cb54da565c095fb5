// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import Synchronization
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
        #expect(try isHoursAhead(#require(try home.control.uploadAgenda().apartUntil)))
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
        let asked = try slow.round(erasuresOnly: true, isAskedFor: true) { transport }
        #expect(asked?.erasuresDone == 1)
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

    @Test(arguments: [TransferOutcome.status(503), .status(200)])
    func `an erasure that waits is hours away from the batches, whatever became of them`(
        answer: TransferOutcome
    ) throws {
        try home.owe()
        home.record(1)
        let offline = TransferOutcome.failed(TransferFailure(.connect, "refused"))
        let transport = ScriptedTransport(offline, answer)
        #expect(try home.round { transport }?.batchesLeft == 1)
        #expect(transport.requests.map(\.method) == ["DELETE", "POST"])
        #expect(try isHoursAhead(#require(try home.control.uploadAgenda().erasureAt)))
    }

    @Test func `an erasure that first found no way out keeps batches away once it leaves`() throws {
        try home.owe()
        func ask(_ outcome: TransferOutcome) throws {
            let transport = ScriptedTransport(outcome)
            let summary = try home.round(erasuresOnly: true, isAskedFor: true) { transport }
            #expect(summary?.erasuresDone == 0)
        }
        try ask(.status(503))
        let first = try #require(try home.control.uploadAgenda().apartUntil)
        home.clock.jump(to: first.advanced(bySeconds: -3000))
        try home.haveOneBatchAccepted()
        #expect(try home.control.rotateID().erasureRequested)
        try ask(.failed(TransferFailure(.connect, "refused")))
        #expect(try home.control.uploadAgenda().apartUntil == first)
        try ask(.status(503))
        #expect(try #require(try home.control.uploadAgenda().apartUntil) > first)
    }

    @Test func `batches that go every half hour keep no erasure away for ever`() throws {
        try home.owe()
        let offline = TransferOutcome.failed(TransferFailure(.connect, "refused"))
        var done = 0
        for number in 0...13 where done == 0 {
            home.record(1)
            let transport =
                number == 0
                ? ScriptedTransport(offline, .status(200)) : ScriptedTransport(.status(200))
            done = try home.round { transport }?.erasuresDone ?? 0
            home.clock.advance(by: .seconds(1800))
        }
        #expect(done == 1)
    }

    @Test func `a batch that failed is tried again in its time, and no erasure goes beside it`()
        throws
    {
        try home.owe()
        home.record(1)
        let transport = ScriptedTransport(.status(503), .status(503), .status(200), .status(204))
        for _ in 0..<2 { _ = try home.round(isAskedFor: true) { transport } }
        let retryAt = try batchesAt()
        home.clock.jump(to: retryAt)
        #expect(try home.round { transport }?.batchesSent == 1)
        #expect(transport.requests.map(\.method) == ["DELETE", "POST", "POST"])
        let erasureAt = try #require(try home.control.uploadAgenda().erasureAt)
        #expect(erasureAt >= retryAt.advanced(bySeconds: 3000))
    }

    @Test func `who types uploads sends batches after one that asked for erasures alone`() throws {
        var slow = home
        slow.config.collectionInterval = 720
        try slow.owe()
        slow.record(1)
        let transport = ScriptedTransport(.status(503), .status(200))
        #expect(try slow.round(isAskedFor: true) { transport }?.batchesSent == 0)
        slow.clock.advance(by: .seconds(7 * 3600))
        #expect(try slow.round(isAskedFor: true) { transport }?.batchesSent == 1)
    }

    @Test func `a clock that was wrong brings no erasure beside a batch`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresLeft == 1)
        home.record(1)
        home.clock.jump(to: try batchesAt())
        let path = "telemetry/erasures.json"
        let text = String(decoding: try home.folder.read(path), as: UTF8.self)
        try home.folder.write(
            text.replacing(#/"next_attempt_at": [0-9]+/#) { _ in
                "\"next_attempt_at\": \(Int64.max)"
            }, to: path)
        #expect(try home.round { ScriptedTransport(.status(200)) }?.batchesSent == 1)
        #expect(try isHoursAhead(#require(try home.control.uploadAgenda().erasureAt)))
    }

    @Test func `a batch that found no way out keeps no erasure away`() throws {
        try home.owe()
        home.record(1)
        let offline = TransferOutcome.failed(TransferFailure(.connect, "refused"))
        #expect(try home.round { ScriptedTransport(offline) }?.batchesRetried == 1)
        let soon = home.clock.now().advanced(bySeconds: 60)
        #expect(try #require(try home.control.uploadAgenda().erasureAt) <= soon)
    }

    @Test func `batches that were not due when they might go are kept away by the next request`()
        throws
    {
        var slow = home
        slow.config.collectionInterval = 720
        try slow.owe()
        #expect(try slow.round(erasuresOnly: true) { ScriptedTransport(.status(503)) } != nil)
        slow.clock.advance(by: .seconds(7 * 3600))
        #expect(try slow.round(erasuresOnly: true) { ScriptedTransport(.status(503)) } != nil)
        let apart = try #require(try slow.control.uploadAgenda().apartUntil)
        #expect(isHoursAhead(apart))
    }

    @Test func `a new identifier's batches wait as long after the erasure that has just left`()
        throws
    {
        try home.owe()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        let apart = try #require(try home.control.uploadAgenda().apartUntil)
        #expect(try !home.control.rotateID().erasureRequested)
        #expect(try home.control.uploadAgenda().apartUntil == apart)
    }

    @Test func `erasures are kept away before the first byte of a batch leaves`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.record(1)
        home.clock.jump(to: try batchesAt())
        let erasureAt = Mutex<Timestamp?>(nil)
        let transport = ScriptedTransport(.status(200)) { [home] in
            let time = try? home.control.uploadAgenda().erasureAt
            erasureAt.withLock { $0 = time }
        }
        let summary = try #require(try home.round { transport })
        #expect(summary.batchesSent == 1 && summary.erasuresPending == 1)
        let time = erasureAt.withLock { $0 }
        #expect(isHoursAhead(try #require(time)))
    }

    @Test func `a batch that found no way out in its turn has it still`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.record(1)
        home.clock.jump(to: try batchesAt())
        let offline = TransferOutcome.failed(TransferFailure(.connect, "refused"))
        #expect(try home.round { ScriptedTransport(offline) }?.batchesRetried == 1)
        #expect(home.control.isTurnOfBatches)
    }

    @Test func `a new identifier's batches have no turn before the erasure of the former one`()
        throws
    {
        try home.owe()
        home.record(1)
        let transport = ScriptedTransport(.status(503), .status(200), .status(204))
        #expect(try home.round { transport }?.erasuresLeft == 1)
        home.clock.jump(to: try batchesAt())
        #expect(try home.control.rotateID().erasureRequested == false)
        #expect(!home.control.isTurnOfBatches)
    }

    @Test func `an erasure that can't be noted is not asked for, and keeps no batch back`() throws {
        try home.owe()
        home.record(1)
        let lock = try RealFileSystem().lock(home.folder.file("telemetry/erasures.lock"))
        try #require(lock != nil)
        let transport = ScriptedTransport(.status(200))
        let summary = try #require(try home.round { transport })
        #expect(summary.batchesSent == 1 && summary.hasFailed)
        #expect(transport.requests.map(\.method) == ["POST"])
        withExtendedLifetime(lock) {}
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

    @Test func `of a batch that failed beside an erasure it is told when it is due`() throws {
        try home.owe()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        home.record(1)
        let offline = TransferOutcome.failed(TransferFailure(.connect, "no connection"))
        let summary = try #require(
            try home.round(isAskedFor: true) { ScriptedTransport(offline) })
        let due = try batchesAt()
        #expect(due >= home.clock.now().advanced(bySeconds: 3600))
        #expect(summary.json["next_attempt"]?.stringValue == due.rfc3339)
        #expect(summary.problems.map { $0.hint.contains("due at \(due.rfc3339)") } == [true])
    }
}
