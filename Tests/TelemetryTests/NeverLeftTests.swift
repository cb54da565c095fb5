// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A batch whose sending was tried, and of which nothing ever left.
@Suite struct NeverLeftTests {
    private let home: Home
    private let before: TelemetryModuleConfig

    init() throws {
        home = try Home()
        var config = TelemetryModuleConfig.withURL
        config.anonymizeData = false
        before = config
        // Not at midnight, which is the time of all events of a coarse batch.
        home.clock.advance(by: .seconds(3600))
        try home.enable(config)
        home.record(3, config)
    }

    private func outbox(_ config: TelemetryModuleConfig? = nil) throws -> Outbox {
        try #require(try home.control(config ?? before).outbox())
    }

    private func begin(_ outbox: Outbox) throws -> SealedBatch {
        guard case .batch(let batch) = try outbox.next(isAskedFor: true), try outbox.begin(batch)
        else { throw TestKitError("nothing to send") }
        return batch
    }

    /// Meets nobody where the oldest batch goes.
    @discardableResult
    private func failToLeave(_ config: TelemetryModuleConfig? = nil) throws -> SealedBatch {
        let outbox = try outbox(config)
        let batch = try begin(outbox)
        let time = home.clock.now().advanced(bySeconds: 60)
        try outbox.retry(batch, notBefore: time, hasLeft: false, answer: "could not connect")
        return batch
    }

    private var reviewed: TelemetryModuleConfig {
        var config = before
        config.uploadReview = .manual
        return config
    }

    private var coarse: TelemetryModuleConfig {
        var config = before
        config.anonymizeData = true
        return config
    }

    private func says(_ text: String, _ batch: SealedBatch) -> Bool {
        batch.json?.serialized(.compact).contains(text) ?? true
    }

    @Test func `it waits its time, and is told with the reason`() throws {
        let batch = try failToLeave()
        let later = home.clock.now().advanced(bySeconds: 60)
        #expect(try outbox().next() == .later(later))
        let status = try home.control(before).status()
        #expect((status.waiting, status.uploaded) == (3, 0))
        #expect(status.unanswered?.events == 3)
        #expect(status.unanswered?.reason == "could not connect")
        #expect(status.nextUpload == later.rfc3339)
        home.record(2, before)
        home.clock.advance(by: .seconds(60))
        let last = try outbox()
        let again = try begin(last)
        #expect(again.sha256 == batch.sha256 && again.attempts == 1)
        try last.accepted(again, rejected: 0, answer: "200")
        let begun = try home.control(before).ledger().filter { $0.kind == "sending_begun" }
        #expect(begun.map { $0.detail["attempt"] } == [1, 2])
        #expect(try home.control(before).verifyLedger().isSound)
        #expect(try home.control(before).status().uploaded == 3)
    }

    @Test func `once review is asked for it is held, and can be changed`() throws {
        let batch = try failToLeave()
        #expect(try outbox(reviewed).next(isAskedFor: true) == .held(3))
        let control = home.control(reviewed)
        #expect(try control.reviewable().map(\.uid) == [batch.uid])
        #expect(try control.status().unanswered == nil)
        let outcome = try control.drop(.events([1]), from: batch.uid)
        #expect(outcome.successor?.events == 2)
    }

    @Test func `it is not said to go to where it was sealed for, if that is elsewhere by now`()
        throws
    {
        let old = try failToLeave()
        var moved = before
        moved.uploadURL = old.url.replacing("/v1/logs", with: "/new/v1/logs")
        let told = try #require(try home.control(moved).status().unanswered)
        #expect(told.elsewhere == nil && told.events == 3)
        let batch = try begin(outbox(moved))
        #expect(batch.url == moved.uploadURL)
        #expect(try home.control(before).status().unanswered?.elsewhere == batch.url)
    }

    @Test func `what a person released stays released`() throws {
        let held = try #require(try home.control(reviewed).reviewable().first)
        try home.control(reviewed).release(held.uid)
        let tried = try failToLeave(reviewed)
        #expect(tried.uid == held.uid)
        #expect(try begin(outbox(reviewed)).uid == held.uid)
    }

    @Test func `what is configured since holds for it`() throws {
        let time = "\"\(home.clock.now().nanoseconds)\""
        let old = try failToLeave()
        #expect(says(time, old))
        let batch = try begin(outbox(coarse))
        #expect(batch.uid != old.uid && batch.events == 3)
        #expect(!says(time, batch))
        let row = try #require(try home.control(coarse).ledger().last { $0.kind == "batch_voided" })
        #expect(row.detail["batch"]?.stringValue == old.uid)
        #expect(try home.control(coarse).account()?.isBalanced == true)
    }

    @Test func `what was configured while it tried to leave holds for it, and for it alone`() throws
    {
        home.record(1, before)
        let outbox = try outbox()
        let old = try begin(outbox)
        home.record(2, before)
        // Somebody looks meanwhile, and has all else fit.
        let others = try home.control(coarse).reviewable().map(\.uid)
        #expect(others.count == 1 && !others.contains(old.uid))
        let time = home.clock.now()
        try outbox.retry(old, notBefore: time, hasLeft: false, answer: "could not connect")
        let batches = try home.control(coarse).reviewable()
        #expect(batches.map(\.uid).contains(others[0]))
        #expect(!batches.map(\.uid).contains(old.uid))
        #expect(batches.map(\.events).reduce(0, +) == 6)
    }

    @Test(arguments: [true, false])
    func `once an attempt may have left the batch goes as it was, whatever the next met`(
        isReviewed: Bool
    ) throws {
        do {
            let outbox = try outbox()
            let batch = try begin(outbox)
            try outbox.retry(batch, notBefore: home.clock.now(), answer: "503")
        }
        let batch = try failToLeave()
        let again = try begin(outbox(isReviewed ? reviewed : coarse))
        #expect(again.sha256 == batch.sha256 && again.attempts == 2)
        #expect(try home.control(before).reviewable().isEmpty)
    }

    @Test func `a no tells of nothing that was cut off on its way`() throws {
        try failToLeave()
        try home.control(before).disable()
        let status = try home.control(before).status()
        #expect((status.cutOff, status.keptHere) == (0, 3))
        try home.enable(before)
        home.record(1, before)
        _ = try begin(outbox())
        try home.control(before).disable()
        #expect(try home.control(before).status().cutOff == 1)
    }

    @Test func `another identifier counts it as what waited`() throws {
        try failToLeave()
        let outcome = try home.control(before).rotateID()
        #expect((outcome.keptEvents, outcome.begunEvents) == (3, 0))
    }

    @Test(arguments: ["/v1/logs", "/elsewhere"])
    func `nobody is asked to erase it, and nothing is said that can't be erased`(
        path: String
    ) throws {
        var config = before
        config.uploadURL = config.uploadURL?.replacing("/v1/logs", with: path)
        try home.enable(config)
        home.record(1, config)
        try failToLeave(config)
        let outbox = try outbox(config)
        let batch = try begin(outbox)
        try outbox.takeBack(batch, answer: "stopped")
        let outcome = try home.control(config).deleteData()
        #expect(!outcome.erasureRequested && outcome.unerasable.isEmpty)
    }

    @Test func `what left before it is asked to be erased all the same`() throws {
        do {
            let outbox = try outbox()
            try outbox.accepted(begin(outbox), rejected: 0, answer: "200")
        }
        home.record(1, before)
        try failToLeave()
        #expect(try home.control(before).deleteData().erasureRequested)
    }

    @Test func `of an attempt whose end is not known it is asked for`() throws {
        _ = try begin(outbox())
        #expect(try home.control(before).deleteData().erasureRequested)
    }

    @Test func `another identifier that stands by then goes on with what is its own`() throws {
        let outbox = try outbox()
        let batch = try begin(outbox)
        #expect(try home.control(before).rotateID().erasureRequested)
        let id = try home.control(before).status().installationID
        try outbox.takeBack(batch, answer: "stopped")
        let status = try home.control(before).status()
        #expect(status.installationID == id && status.pendingErasures == 1)
    }

    @Test func `losses of which it would have told are told by the batch in its place`() throws {
        let module = home.module(before)
        module.initialize()
        module.trackEvent("app_start", ["undeclared": 1])
        module.end()
        let old = try failToLeave()
        #expect(says("telemetry.lost.catalogue", old))
        #expect(says("telemetry.lost.catalogue", try begin(outbox(coarse))))
    }
}
