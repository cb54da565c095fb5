// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Telemetry
import TestKit
import Testing

/// What a status says of the next upload, and of what keeps everybody from one.
@Suite struct NextUploadTests {
    private let home: Home
    private let words = TelemetryStatus.UploadWords(program: "arpguard", sender: "by a timer")

    init() throws {
        home = try Home()
        try home.enable()
        home.record(5)
    }

    private var tight: TelemetryModuleConfig {
        var config = TelemetryModuleConfig.withURL
        config.uploadBytesPerDayMax = 1024
        config.compression = "none"
        return config
    }

    /// Has sending begin, and has it met a server that asks for patience, or nobody.
    private func fail(until time: Timestamp, wish: Timestamp?) throws {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.retry(batch, notBefore: time, wish: wish, answer: "503")
    }

    @Test func `a server's wish is told, and no command that would get by it`() throws {
        let wish = home.clock.now().advanced(bySeconds: 86_400)
        try fail(until: wish, wish: wish)
        var memory = StatusMemory()
        for status in [try home.control().status(), try home.control().status(&memory)] {
            #expect(status.batchesNotBefore == wish)
            #expect(!status.isBudgetSpent)
            let time = wish.rfc3339
            #expect(
                status.nextUploadText(words)
                    == "due at \(time), by a timer; nothing before \(time), as the server wished")
        }
        home.clock.jump(to: wish)
        for status in [try home.control().status(), try home.control().status(&memory)] {
            #expect(status.batchesNotBefore == nil)
            #expect(status.nextUploadText(words).hasSuffix(", or by: arpguard telemetry upload"))
        }
    }

    @Test func `batches that are kept away from an erasure are told so, also from memory`() throws {
        var memory = StatusMemory()
        let first = try #require(try home.control().status(&memory).nextUpload)
        home.clock.jump(to: try #require(try home.control().uploadAgenda().schedule).dueAt)
        _ = try home.control().status(&memory)
        _ = try #require(try home.control().outbox()).keepBatchesAway(isFirst: true)
        let later = try #require(try home.control().status().nextUpload)
        #expect(later > first)
        #expect(try home.control().status(&memory).nextUpload == later)
    }

    @Test func `a pause of our own keeps nobody from the command`() throws {
        let pause = home.clock.now().advanced(bySeconds: 3600)
        try fail(until: pause, wish: nil)
        let status = try home.control().status()
        #expect(status.batchesNotBefore == nil)
        #expect(
            status.nextUploadText(words)
                == "due at \(pause.rfc3339), by a timer, or by: arpguard telemetry upload")
    }

    @Test(arguments: [true, false])
    func `that the day's bytes are used up is told until the day is over`(isSealed: Bool) throws {
        home.record(200, tight)
        var memory = StatusMemory()
        #expect(try !home.control(tight).status(&memory).isBudgetSpent)
        let outbox = try #require(try home.control(tight).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try #require(batch.body.count > 1024, "the first is to use up all of it")
        try outbox.accepted(batch, rejected: 0, answer: "200")
        if isSealed { #expect(try outbox.next() == .budgetSpent) }
        let tomorrow = Day(number: home.clock.now().day.number + 1).start
        for status in [
            try home.control(tight).status(), try home.control(tight).status(&memory),
        ] {
            #expect(status.isBudgetSpent)
            let due = try #require(status.nextUpload)
            #expect(due >= tomorrow.rfc3339)
            #expect(
                status.nextUploadText(words)
                    == "due at \(due), by a timer; today's bytes are used up")
        }
        home.clock.jump(to: tomorrow)
        for status in [
            try home.control(tight).status(), try home.control(tight).status(&memory),
        ] {
            #expect(!status.isBudgetSpent)
            #expect(status.nextUploadText(words).contains(", or by: "))
        }
    }

    @Test func `used up bytes keep nothing here where nothing waits, or only what is held`() throws
    {
        home.record(200, tight)
        var config = tight
        config.maxEventsPerBatch = 1000
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
        #expect(try home.control(config).status().waiting == 0)
        #expect(try !home.control(config).status().isBudgetSpent)
        config.uploadReview = .manual
        home.record(1, config)
        let status = try home.control(config).status()
        #expect((status.waiting, status.held, status.isBudgetSpent) == (1, 1, false))
    }

    @Test func `where all that waits is held no upload of it is due, in any form`() throws {
        var config = TelemetryModuleConfig.withURL
        config.uploadReview = .manual
        let held = try home.control(config).status()
        try #require(held.waiting > 0 && held.held == held.waiting)
        #expect(held.nextUpload == nil && held.json["next_upload"] == .null)
        #expect(held.nextUploadText(words).hasPrefix("none: all 5 that wait are held"))
        #expect(try home.control().status().nextUpload != nil)
    }

    @Test func `what is being retried has no time that a clock gone wrong noted`() throws {
        let start = home.clock.now()
        home.clock.jump(to: start.advanced(bySeconds: 20 * 86_400))
        let ahead = home.clock.now().advanced(bySeconds: 60)
        try fail(until: ahead, wish: nil)
        #expect(try home.control().unanswered()?.notBefore == ahead)
        home.clock.jump(to: start)
        let unanswered = try #require(try home.control().unanswered())
        #expect(unanswered.notBefore == nil)
        #expect(unanswered.description.hasSuffix(", next with the next upload: 503"))
    }

    @Test func `a clock that is set back ends no server's wish, and no wait beside an erasure`()
        throws
    {
        let now = home.clock.now()
        let (wish, apart) = (
            now.advanced(bySeconds: 86_400), now.advanced(bySeconds: 6 * 3600 - 60)
        )
        try fail(until: wish, wish: wish)
        _ = try #require(try home.control().outbox()).keepBatchesAway(isFirst: true, until: apart)
        home.clock.jump(to: now.advanced(bySeconds: -3600))
        #expect(try home.control().status().batchesNotBefore == wish)
        #expect(try home.control().outlook().notBefore == wish)
        #expect(try home.control().unanswered()?.notBefore == wish)
        let agenda = try home.control().uploadAgenda()
        #expect((agenda.retryAt, agenda.apartUntil) == (wish, apart))
    }
}
