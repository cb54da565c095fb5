// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// Batches of one folder of a home and what leaves, or may have left, from another one are hours
/// apart.
@Suite struct FoldersApartTests {
    private let home: Home

    init() throws { home = try Home(url: "https://collector.example.org/v1/logs") }

    private func batchesAt() throws -> Timestamp {
        try #require(try home.control.uploadAgenda().batchesAt)
    }

    @Test func `an erasure of another folder keeps the batches of this one away`() throws {
        home.record(1)
        home.clock.jump(to: try batchesAt())
        var summary = UploadSummary(ending: .erasuresOnly)
        summary.erasuresLeft = 1
        summary.firstErasuresLeft = 1
        let told = summary
        #expect(try home.uploader.whileNoBatchLeaves { _ in told } == told)
        let now = home.clock.now()
        let hours = now.advanced(bySeconds: 3600)..<now.advanced(bySeconds: 6 * 3600)
        #expect(try hours.contains(batchesAt()))
    }

    @Test func `no erasure of another folder is asked for while a batch of this one is on its way`()
        throws
    {
        let outbox = try #require(try home.control.outbox())
        let other = try home.uploader.whileNoBatchLeaves { _ in
            Issue.record("it was asked for")
            return UploadSummary()
        }
        #expect(other == nil)
        withExtendedLifetime(outbox) {}
    }

    @Test(arguments: ["EXCLUSIVE", "IMMEDIATE"])
    func `while the store is busy only a person asks for an erasure of another folder`(
        lock: String
    ) throws {
        home.record(1)
        let store = try Connection(path: home.folder.file("telemetry/store.sqlite"))
        try store.execute("BEGIN \(lock)")
        let other = try home.uploader.whileNoBatchLeaves { _ in
            Issue.record("it was asked for")
            return UploadSummary()
        }
        #expect(other == nil)
        let asked = UploadSummary(ending: .erasuresOnly)
        let typed = try home.uploader.whileNoBatchLeaves(isAskedFor: true) { _ in asked }
        #expect(typed == asked)
        try store.execute("ROLLBACK")
    }

    @Test func `a folder that can't be read keeps batches six hours from when that was found`()
        throws
    {
        home.record(1)
        let start = home.clock.now()
        let end = start.advanced(bySeconds: 6 * 3600)
        func apart() throws -> Timestamp? { try home.control.uploadAgenda().apartUntil }
        for _ in 0..<3 {
            try home.control.keepBatchesAway(isUnseen: true)
            #expect(try apart() == end)
            home.clock.advance(by: .seconds(3600))
        }
        let transport = ScriptedTransport(.status(200))
        let early = try #require(try home.round { transport })
        #expect(early.ending.word == "apart" && early.batchesLeft == 0)
        home.clock.jump(to: end)
        try home.control.keepBatchesAway(isUnseen: true)
        #expect(try home.round { transport }?.batchesSent == 1)
        // Found anew something may have left meanwhile; what can be read tells itself.
        try home.control.keepBatchesAway(isUnseen: false)
        #expect(try apart() == nil)
        try home.control.keepBatchesAway(isUnseen: true)
        #expect(try apart() == end.advanced(bySeconds: 6 * 3600))
        // A clock that was set back tells nothing of how long.
        home.clock.jump(to: start)
        try home.control.keepBatchesAway(isUnseen: true)
        #expect(try apart() == end)
    }

    @Test func `a batch of which a folder was not told is known for six hours, a deletion or not`()
        throws
    {
        home.record(1)
        let end = home.clock.now().advanced(bySeconds: 6 * 3600)
        _ = try home.control.noteUntold()
        _ = try home.control.deleteData()
        #expect(try home.control.untoldUntil() == end)
        home.clock.jump(to: end)
        #expect(try home.control.untoldUntil() == nil)
    }

    /// Whether the store has when batches went of which a folder was not told.
    private var isNoted: Bool {
        get throws {
            try Connection(path: home.folder.file("telemetry/store.sqlite"), mode: .readOnly)
                .integer("SELECT 1 FROM memory WHERE key = 'upload.untold'") != nil
        }
    }

    @Test(arguments: [true, false])
    func `when it went is kept no longer than that`(isDeletion: Bool) throws {
        home.record(1)
        _ = try home.control.noteUntold()
        home.clock.advance(by: .seconds(6 * 3600))
        #expect(try isNoted)
        if isDeletion {
            _ = try home.control.deleteData()
        } else {
            #expect(try home.control.untoldUntil() == nil)
        }
        #expect(try !isNoted)
    }

    @Test func `each such batch keeps away what was due when it went, and what was not only once`()
        throws
    {
        try home.owe()
        func end() -> Timestamp { home.clock.now().advanced(bySeconds: 6 * 3600) }
        let first = end()
        try home.control.keepErasuresAway(until: first)
        #expect(home.control.erasureDueAt == first)
        home.clock.advance(by: .seconds(3600))
        try home.control.keepErasuresAway(until: end())
        #expect(home.control.erasureDueAt == first, "it has its turn")
        home.clock.jump(to: first)
        let second = end()
        for _ in 0..<2 {
            try home.control.keepErasuresAway(until: second)
            #expect(home.control.erasureDueAt == second)
        }
    }

    @Test func `a batch that found no way out leaves it as it was, one that went since goes on`()
        throws
    {
        home.record(1)
        _ = try home.control.noteUntold()
        let end = try #require(try home.control.untoldUntil())
        home.clock.advance(by: .seconds(600))
        let untold = try #require(try home.control.noteUntold())
        try home.control.forgetUntold(until: end)
        #expect(try home.control.untoldUntil() == end.advanced(bySeconds: 600))
        try home.control.putBack(untold)
        #expect(try home.control.untoldUntil() == end)
        try home.control.forgetUntold(until: end)
        #expect(try home.control.untoldUntil() == nil)
    }
}
