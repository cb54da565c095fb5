// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

@Suite struct OutboxTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func begin(_ outbox: Outbox) throws -> SealedBatch {
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
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

    @Test func `held batches wait for a person`() throws {
        var config = TelemetryModuleConfig.withURL
        config.uploadReview = .manual
        home.record(4)
        let outbox = try #require(try home.control(config).outbox())
        #expect(try outbox.next() == .empty)
        let status = try home.control(config).status()
        #expect(status.held == 4)
        #expect(status.waiting == 4)
    }

    @Test func `held batches go once review is automatic again`() throws {
        var config = TelemetryModuleConfig.withURL
        config.uploadReview = .manual
        home.record(4)
        let held = try #require(try home.control(config).outbox()?.next())
        #expect(held == .empty)
        let outbox = try #require(try home.control().outbox())
        #expect(try begin(outbox).events == 4)
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
}
