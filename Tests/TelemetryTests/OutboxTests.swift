// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct OutboxTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func begin(_ outbox: Outbox, isAskedFor: Bool = false) throws -> SealedBatch {
        guard case .batch(let batch) = try outbox.next(isAskedFor: isAskedFor),
            try outbox.begin(batch)
        else {
            throw TestKitError("nothing to send")
        }
        return batch
    }

    @Test func `one process uploads at a time`() throws {
        let first = try home.control().outbox()
        #expect(first != nil)
        #expect(try home.control().outbox() == nil)
        withExtendedLifetime(first) {}
    }

    @Test func `an accepted batch is done and counted`() throws {
        home.record(5)
        let outbox = try #require(try home.control().outbox())
        try outbox.accepted(begin(outbox), rejected: 2, answer: "200")
        #expect(try outbox.next() == .empty)
        let status = try home.control().status()
        #expect(status.uploaded == 3)
        #expect(status.waiting == 0)
        #expect(status.lost.first { $0.reason == "rejected" }?.count == 2)
    }

    @Test func `a resend is byte for byte the same, and not before its time`() throws {
        home.record(5)
        let outbox = try #require(try home.control().outbox())
        let batch = try begin(outbox)
        let later = home.clock.now().advanced(bySeconds: 60)
        try outbox.retry(batch, notBefore: later, answer: "503")
        home.record(3)
        #expect(try outbox.next() == .later(later))
        #expect(try home.control().status().nextUpload == later.rfc3339)
        home.clock.advance(by: .seconds(60))
        let again = try begin(outbox)
        #expect(again.body == batch.body)
        #expect(again.sha256 == batch.sha256)
        #expect(again.attempts == 1)
    }

    @Test func `who asks for it waits out a server's wish, and no pause of our own`() throws {
        home.record(1)
        let outbox = try #require(try home.control().outbox())
        let batch = try begin(outbox)
        let (soon, later) = (
            home.clock.now().advanced(bySeconds: 60), home.clock.now().advanced(bySeconds: 3600)
        )
        try outbox.retry(batch, notBefore: later, wish: soon, answer: "503")
        #expect(try outbox.next(isAskedFor: true) == .later(soon))
        home.clock.jump(to: soon)
        #expect(try outbox.next() == .later(later))
        let again = try begin(outbox, isAskedFor: true)
        #expect(again.sha256 == batch.sha256)
        try outbox.retry(again, notBefore: later, answer: "no route to host")
        #expect(try outbox.next() == .later(later))
        #expect(try begin(outbox, isAskedFor: true).sha256 == batch.sha256)
    }

    @Test func `a server's wish outlives a no and the next yes, and is that server's alone`() throws
    {
        home.record(1)
        let soon = home.clock.now().advanced(bySeconds: 60)
        do {
            let outbox = try #require(try home.control().outbox())
            try outbox.retry(try begin(outbox), notBefore: soon, wish: soon, answer: "503")
            #expect(try home.control().outlook().notBefore == soon)
        }
        try home.control().disable()
        try home.enable()
        home.record(1)
        for isAskedFor in [false, true] {
            let outbox = try #require(try home.control().outbox())
            #expect(try outbox.next(isAskedFor: isAskedFor) == .later(soon))
        }
        var config = TelemetryModuleConfig.withURL
        config.uploadURL = "https://elsewhere.example.net/v1/logs"
        let other = home.control(config)
        try other.enable(other.terms)
        #expect(try other.outlook().notBefore == nil)
        do {
            let outbox = try #require(try other.outbox())
            home.record(1, config)
            guard case .batch(let batch) = try outbox.next() else { throw TestKitError("nothing") }
            #expect(try outbox.begin(batch))
            try outbox.retry(batch, notBefore: soon, answer: "no route to host")
        }
        try home.enable()
        #expect(try home.control().outlook().notBefore == soon)
        // It puts off what is due, and makes nothing due.
        let agenda = try home.control().uploadAgenda()
        #expect(try agenda.batchesAt == #require(agenda.schedule).dueAt)
        #expect(agenda.batchesAt.map { $0 > soon } == true)
    }

    @Test func `a look ahead tells a server's wish, and no pause of our own`() throws {
        home.record(1)
        let outbox = try #require(try home.control().outbox())
        let later = home.clock.now().advanced(bySeconds: 3600)
        try outbox.retry(try begin(outbox), notBefore: later, answer: "no route to host")
        #expect(try home.control().outlook().notBefore == nil)
        #expect(try home.control().status().nextUpload == later.rfc3339)
    }

    @Test func `a wish that a clock gone wrong noted holds nobody up`() throws {
        home.record(1)
        let outbox = try #require(try home.control().outbox())
        let wish = home.clock.now().advanced(bySeconds: Outbox.patienceSecondsMax + 1)
        try outbox.retry(try begin(outbox), notBefore: wish, wish: wish, answer: "503")
        #expect(try begin(outbox, isAskedFor: true).attempts == 1)
    }

    @Test func `a batch whose bytes the disk has changed never leaves, and its events stay`() throws
    {
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        let batch = try begin(outbox)
        home.record(1)
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try store.execute("UPDATE batches SET body = zeroblob(length(body))")
        let next = try begin(outbox)
        #expect(next.uid != batch.uid)
        #expect(next.events == 1)
        let status = try home.control().status()
        #expect((status.recorded, status.waiting, status.keptHere) == (3, 1, 2))
        #expect(try home.control().verifyLedger().isSound)
        #expect(home.told.contains("damaged on the disk"))
    }

    @Test(arguments: [
        "https://elsewhere.example.org/v1/logs", "https://telemetry.example.org:8443/v1/logs",
        "http://telemetry.example.org/v1/logs", "http://127.0.0.1/v1/logs", "nowhere", "",
    ])
    func `a batch whose address the disk has changed never leaves`(url: String) throws {
        home.record(2)
        _ = try home.control().preview()
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try store.run("UPDATE batches SET url = ?", [.text(url)])
        home.record(1)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let next) = try outbox.next() else {
            Issue.record("nothing to send")
            return
        }
        #expect(next.url == "https://telemetry.example.org/v1/logs" && next.events == 1)
        let status = try home.control().status()
        #expect((status.recorded, status.waiting, status.keptHere) == (3, 1, 2))
        #expect(home.told.contains("damaged on the disk"))
    }

    @Test func `a batch that is on its way stays the same when its log is lost to damage`() throws {
        home.record(3)
        var outbox = try home.control().outbox()
        let batch = try begin(#require(outbox))
        let (store, log) = ("home/telemetry/store.sqlite", "home/telemetry/store.sqlite-wal")
        let (pages, frames) = (try home.folder.read(store), try home.folder.read(log))
        outbox = nil
        #expect(!frames.isEmpty)
        try home.folder.write(pages, to: store)
        try home.folder.write(frames.map { ~$0 }, to: log)
        let again = try begin(#require(try home.control().outbox()))
        #expect(again.uid == batch.uid)
        #expect(again.body == batch.body)
    }

    @Test func `a damaged page that nobody has read yet is found before anything is sent`() throws {
        home.record(400)
        _ = try home.control().uploadAgenda()
        home.clock.advance(by: .seconds(2 * 86_400))
        _ = try home.control().status()
        var store = try home.folder.read("home/telemetry/store.sqlite")
        // A leaf of a table, by its first byte, with more than 30 rows.
        let pages = stride(from: 0, to: store.count, by: 4096).reversed()
        let leaf = try #require(
            pages.first { (page: Int) -> Bool in
                let rows = Int(store[page + 3]) << 8 | Int(store[page + 4])
                return store[page] == 0x0D && rows > 30
            })
        // Where its tenth row stands: beyond its end.
        store[leaf + 28] = 0xFF
        try home.folder.write(store, to: "home/telemetry/store.sqlite")
        let outbox = try #require(try home.control().outbox())
        #expect(throws: SQLiteError.damage) { try outbox.noteRound() }
        try outbox.replaceStoreIfDamaged(after: SQLiteError.damage)
        #expect(try home.control().status().lost.map(\.reason) == ["damaged"])
    }

    @Test func `an index that lacks rows is found before anything is sent`() throws {
        home.record(1)
        _ = try home.control().uploadAgenda()
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        let (root, sql) = try #require(
            store.rows("SELECT rootpage, sql FROM sqlite_master WHERE name = 'events_waiting'", [])
            {
                ($0.integer(0), $0.text(1))
            }.first)
        try store.execute(
            """
            PRAGMA writable_schema = ON;
            DELETE FROM sqlite_master WHERE name = 'events_waiting';
            PRAGMA writable_schema = RESET;
            """)
        try store.execute("UPDATE events SET batch = 7; UPDATE events SET batch = NULL")
        try store.execute(
            "INSERT INTO events(epoch, time, name, properties) "
                + "SELECT epoch, time, name, properties FROM events")
        try store.execute("PRAGMA writable_schema = ON")
        try store.run(
            "INSERT INTO sqlite_master(type, name, tbl_name, rootpage, sql) "
                + "VALUES ('index', 'events_waiting', 'events', ?, ?)",
            [.integer(root), .text(sql)])
        try store.execute("PRAGMA writable_schema = RESET")
        home.clock.advance(by: .seconds(2 * 86_400))
        let outbox = try #require(try home.control().outbox())
        #expect(throws: SQLiteError.damage) { try outbox.noteRound() }
    }

    @Test func `a batch whose answer never came is sent again after a restart`() throws {
        home.record(2)
        var outbox = try home.control().outbox()
        let batch = try begin(try #require(outbox))
        outbox = nil
        let next = try #require(try home.control().outbox())
        #expect(try begin(next).body == batch.body)
    }

    @Test func `a batch that is refused for good is counted as lost`() throws {
        home.record(4)
        let outbox = try #require(try home.control().outbox())
        try outbox.refused(begin(outbox), answer: "400")
        #expect(try outbox.next() == .empty)
        let status = try home.control().status()
        #expect(status.lost.first { $0.reason == "rejected" }?.count == 4)
        #expect(status.uploaded == 0)
    }

    @Test func `nothing is sent once consent is taken back, not even what was sealed`() throws {
        home.record(4)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            Issue.record("nothing to send")
            return
        }
        try home.control().disable()
        #expect(try !outbox.begin(batch))
        #expect(try outbox.next() == .blocked([.withdrawn]))
        try home.enable()
        #expect(try outbox.next() == .empty)
    }

    @Test func `a batch of an earlier yes is neither shown, nor sent, nor in the way`() throws {
        home.record(4)
        guard case .sealed(let old, _) = try home.control().preview() else {
            throw TestKitError("nothing was sealed")
        }
        let other = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        try home.enable(other)
        home.record(2, other)
        let outbox = try #require(try home.control(other).outbox())
        guard case .sealed(let shown, _) = try home.control(other).preview(),
            case .batch(let next) = try outbox.next()
        else { throw TestKitError("nothing to send") }
        #expect(next.uid != old.uid)
        #expect(next.uid == shown.uid)
        #expect(next.url == "https://other.example.org/v1/logs")
        #expect(try outbox.begin(next))
    }

    @Test func `an answer to a deleted batch is not taken for an answer to a later one`() throws {
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        let sent = try begin(outbox)
        _ = try home.control().deleteData()
        home.record(3)
        _ = try home.control().preview()
        try outbox.accepted(sent, rejected: 0, answer: "200")
        let status = try home.control().status()
        #expect(status.uploaded == 0)
        #expect(status.waiting == 3)
    }

    @Test func `a batch sealed before review was asked for is held as well`() throws {
        home.record(4)
        _ = try home.control().preview()
        var config = TelemetryModuleConfig.withURL
        config.uploadReview = .manual
        let outbox = try #require(try home.control(config).outbox())
        #expect(try outbox.next() == .held(4))
        #expect(try home.control(config).status().held == 4)
    }

    @Test func `a change of consent that hangs ends a round, and is not waited for again`() throws {
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        let lock = try #require(try RealFileSystem().lock("\(home.storage)/change.lock"))
        let error = #expect(throws: TelemetryError.self) { try outbox.begin(batch) }
        #expect(error?.code == .busy)
        withExtendedLifetime(lock) {}
    }

    @Test func `a clock that was set back keeps nothing waiting for a year`() throws {
        let start = home.clock.now()
        home.clock.jump(to: start.advanced(bySeconds: 365 * 86_400))
        home.record(2)
        let outbox = try #require(try home.control().outbox())
        let batch = try begin(outbox)
        let later = home.clock.now().advanced(bySeconds: 3600)
        try outbox.retry(batch, notBefore: later, answer: "503")
        #expect(try outbox.next() == .later(later))
        home.clock.jump(to: start)
        #expect(try begin(outbox).uid == batch.uid)
    }

    @Test func `a day's bytes are limited, and the next day goes on`() throws {
        var config = TelemetryModuleConfig.withURL
        config.maxEventsPerBatch = 50
        config.uploadBytesPerDayMax = 1024
        home.record(200)
        let outbox = try #require(try home.control(config).outbox())
        var sent = 0
        while case .batch(let batch) = try outbox.next(), try outbox.begin(batch), sent < 10 {
            try outbox.accepted(batch, rejected: 0, answer: "200")
            sent += 1
        }
        #expect((1...2).contains(sent))
        #expect(try outbox.next() == .budgetSpent)
        home.clock.advance(by: .seconds(86_400))
        guard case .batch = try outbox.next() else {
            Issue.record("the next day sends nothing")
            return
        }
    }

    @Test func `a no voids whatever was sealed and has not left, and nothing else`() throws {
        var manual = TelemetryModuleConfig.withURL
        manual.maxEventsPerBatch = 1
        manual.uploadReview = .manual
        home.record(4, manual)
        let batches = try home.control(manual).reviewable()
        try #require(batches.count == 4)
        for batch in batches.prefix(3) { try home.control(manual).release(batch.uid) }
        let outbox = try #require(try home.control(manual).outbox())
        guard case .batch(let first) = try outbox.next(), try outbox.begin(first) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(first, rejected: 0, answer: "200")
        guard case .batch(let second) = try outbox.next(), try outbox.begin(second) else {
            throw TestKitError("nothing to send")
        }
        try home.control(manual).disable()
        let states = try batches.map { try home.control(manual).batch($0.uid)?.state }
        #expect(states == [.accepted, .void, .void, .void])
    }
}
