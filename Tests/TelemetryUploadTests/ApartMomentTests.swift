// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Synchronization
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// What is kept apart is so from before the first byte until long after the last, whatever ends a
/// process, a yes or an identifier in between.
@Suite struct ApartMomentTests {
    private static let offline = TransferOutcome.failed(TransferFailure(.connect, "refused"))
    private var home: Home

    init() throws { home = try Home(url: "https://collector.example.org/v1/logs") }

    private func apart() throws -> Timestamp? { try home.control.uploadAgenda().apartUntil }

    private func isHoursAhead(_ time: Timestamp?) -> Bool {
        let now = home.clock.now()
        return time.map { $0 >= now.advanced(bySeconds: 3600) } ?? false
    }

    @Test func `after a no no batch begins to leave, however long erasures are kept away`() throws {
        try home.owe()
        home.record(1)
        home.clock.advance(by: .seconds(7 * 3600))
        let transport = ScriptedTransport(Self.offline, .status(200))
        let summary = try home.round(onBatch: { [home] _ in
            #expect(throws: Never.self) { try home.control.disable() }
        }) { transport }
        #expect(summary?.batchesLeft == 0)
        #expect(transport.requests.map(\.method) == ["DELETE"])
    }

    @Test func `batches are kept away before the first byte of an erasure leaves`() throws {
        try home.owe()
        home.record(1)
        let apart = Mutex<Timestamp?>(nil)
        let transport = ScriptedTransport(.status(204)) { [home] in
            let agenda = try? home.control.uploadAgenda()
            apart.withLock { $0 = agenda?.apartUntil }
        }
        #expect(try home.round { transport }?.erasuresDone == 1)
        #expect(isHoursAhead(apart.withLock { $0 }))
        #expect(try apart.withLock { $0 } == self.apart())
    }

    @Test func `batches are kept away before another folder's erasures are asked for`() throws {
        home.record(1)
        let apart = Mutex<Timestamp?>(nil)
        let none = UploadSummary(ending: .erasuresOnly)
        _ = try home.uploader.whileNoBatchLeaves { [home] _ in
            let agenda = try? home.control.uploadAgenda()
            apart.withLock { $0 = agenda?.apartUntil }
            return none
        }
        #expect(isHoursAhead(apart.withLock { $0 }))
        #expect(try self.apart() == nil, "none left")
    }

    @Test func `an erasure that found no way out keeps no batch away`() throws {
        try home.owe()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(Self.offline) } != nil)
        #expect(try apart() == nil)
    }

    @Test func `a deletion ends neither the wait of the one before nor a server's`() throws {
        try home.owe()
        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        let apart = try #require(try apart())
        let patience = UploadHeader("Retry-After", "7200")
        home.record(1)
        let transport = ScriptedTransport(.status(429, [patience]))
        #expect(try home.round(isAskedFor: true) { transport }?.batchesRetried == 1)
        let wish = try #require(try home.control.status().batchesNotBefore)
        #expect(try home.control.deleteData().erasureRequested)
        home.record(1)
        #expect(try self.apart() == nil, "the batch that left had ended it")
        #expect(try home.control.status().batchesNotBefore == wish)

        #expect(try home.round(erasuresOnly: true) { ScriptedTransport(.status(204)) } != nil)
        let second = try #require(try self.apart())
        #expect(try !home.control.deleteData().erasureRequested)
        home.record(1)
        #expect(try self.apart() == second && second != apart)
    }

    @Test func `what is asked for again within the hour before batches waits until these are due`()
        throws
    {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        let batchesAt = try #require(try home.control.uploadAgenda().batchesAt)
        home.clock.jump(to: batchesAt.advanced(bySeconds: -1200))
        let transport = ScriptedTransport(.status(503))
        #expect(try home.round(erasuresOnly: true) { transport }?.erasuresTried == 0)
        #expect(try home.control.uploadAgenda().erasureAt == batchesAt)
        home.clock.jump(to: batchesAt)
        #expect(try home.round { transport }?.erasuresTried == 1, "no batch waits")
    }

    @Test func `what is asked for the first time waits for no batch`() throws {
        try home.owe()
        let batchesAt = try #require(try home.control.uploadAgenda().batchesAt)
        home.clock.jump(to: batchesAt.advanced(bySeconds: -1200))
        let transport = ScriptedTransport(.status(503))
        #expect(try home.round(erasuresOnly: true) { transport }?.erasuresTried == 1)
    }

    @Test func `with nothing to send in the batches' turn all erasures are told as they go`()
        throws
    {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().batchesAt))
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().apartUntil))
        let outlook = try home.control.outlook()
        let transport = ScriptedTransport(.status(503))
        #expect(outlook.areErasuresAlone)
        #expect(try home.round(isAskedFor: true) { transport }?.erasuresTried == 1)
        #expect(outlook.erasureURLs.count == 1)
    }

    @Test func `a wait that can't be put back hides nothing of what was asked`() throws {
        home.record(1)
        let store = try Connection(path: home.folder.file("telemetry/store.sqlite"))
        let asked = UploadSummary(ending: .erasuresOnly)
        let told = try home.uploader.whileNoBatchLeaves { _ in
            #expect(throws: Never.self) { try store.execute("BEGIN IMMEDIATE") }
            return asked
        }
        try store.execute("ROLLBACK")
        #expect(try #require(told).problems.map(\.hint) == ["status tells until when"])
        #expect(try isHoursAhead(apart()))
    }

    @Test(arguments: ["7200", "82800"])
    func `what was asked for or put off meanwhile is not put back`(patience: String) throws {
        for _ in 0..<2 { try home.owe() }
        let kept = try home.control.keepErasuresAway()
        let transport = ScriptedTransport(.status(429, [UploadHeader("Retry-After", patience)]))
        #expect(try home.round(erasuresOnly: true, isAskedFor: true) { transport } != nil)
        let wish = try #require(try home.control.status().erasuresNotBefore)
        try home.control.putBack(kept)
        #expect(try home.control.status().erasuresNotBefore == wish)
        #expect(try #require(try home.control.uploadAgenda().erasureAt) >= wish)
    }

    @Test func `no turn comes back to batches whose identifier ended meanwhile`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.clock.jump(to: try #require(try home.control.uploadAgenda().batchesAt))
        let outbox = try #require(try home.control.outbox())
        #expect(try outbox.isTurnOfBatches())
        let away = try #require(try outbox.keepBatchesAway(isFirst: true))
        _ = try home.control.rotateID()
        try outbox.putBack(away, hasLeft: false, isFirst: false)
        #expect(try !outbox.isTurnOfBatches())
    }

    @Test func `requests of another folder heed the batches of this one, and draw nothing again`()
        throws
    {
        try home.owe()
        let apart = home.clock.now().advanced(bySeconds: 5000)
        let transport = ScriptedTransport(.status(503))
        func ask(batchesAt: Timestamp?, _ apart: Timestamp? = nil) throws -> Int? {
            let elsewhere = UploadRound.BatchesElsewhere(
                batchesAt: batchesAt, apartUntil: apart, isHeeded: true)
            return try home.round(erasuresOnly: true, elsewhere: elsewhere) { transport }?
                .erasuresTried
        }
        #expect(try ask(batchesAt: nil, apart) == 1)
        #expect(try self.apart() == apart)
        home.clock.jump(to: apart.advanced(bySeconds: 60))
        let soon = home.clock.now().advanced(bySeconds: 1200)
        #expect(try ask(batchesAt: soon) == 0)
        #expect(try home.control.uploadAgenda().erasureAt == soon)
        home.clock.jump(to: soon)
        #expect(try ask(batchesAt: nil) == 1)
        #expect(try home.control.apartUntil() == nil)
    }

    @Test func `what the folder of the batches can't be told of is to be found here, each time`()
        throws
    {
        try home.owe()
        for _ in 0..<3 {
            let transport = ScriptedTransport(.status(503))
            let asked = try home.round(
                erasuresOnly: true, isAskedFor: true, elsewhere: UploadRound.BatchesElsewhere()
            ) { transport }
            #expect(asked?.erasuresLeft == 1)
            let apart = try #require(try home.control.apartUntil())
            #expect(isHoursAhead(apart))
            home.clock.jump(to: apart.advanced(bySeconds: 60))
        }
    }

    @Test func `what is asked for again under a no keeps the batches of the next yes away`() throws
    {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        let terms = home.control.terms
        try home.control.disable()
        home.clock.advance(by: .seconds(30 * 3600))
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresLeft == 1)
        try home.control.enable(terms)
        home.record(1)
        #expect(try isHoursAhead(apart()))
    }

    @Test func `a wait of another folder is taken over, whatever turn there was here`() throws {
        try home.owe()
        #expect(try home.round { ScriptedTransport(.status(503)) }?.erasuresPending == 1)
        home.clock.advance(by: .seconds(30 * 3600))
        let later = home.clock.now().advanced(bySeconds: 7000)
        #expect(home.control.isTurnOfBatches)
        try home.control.keepBatchesAway(until: later)
        try home.control.keepBatchesAway(until: later.advanced(bySeconds: -1000))
        #expect(try apart() == later)
    }
}
