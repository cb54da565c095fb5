// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct ReviewTests {
    let home: Home
    private let manual = TelemetryModuleConfig.withReview

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// The next thing to send under a configuration; the uploader's lock is given back.
    private func next(_ config: TelemetryModuleConfig) throws -> Outbox.Next {
        try #require(try home.control(config).outbox()).next()
    }

    private func heldBatch(_ events: Int = 4) throws -> SealedBatch {
        home.record(events, manual)
        return try #require(try home.control(manual).reviewable().first)
    }

    private func uids(_ batch: SealedBatch) -> [String] {
        records(batch).compactMap { attributes($0)["log.record.uid"] }
    }

    private func records(_ batch: SealedBatch) -> [JSONValue] {
        let group = batch.json?["resourceLogs"]?.arrayValue?.first
        return group?["scopeLogs"]?.arrayValue?.first?["logRecords"]?.arrayValue ?? []
    }

    private func resource(_ batch: SealedBatch) -> JSONValue? {
        batch.json?["resourceLogs"]?.arrayValue?.first?["resource"]
    }

    private func attributes(_ holder: JSONValue?) -> [String: String] {
        let members = holder?["attributes"]?.arrayValue ?? []
        return Dictionary(
            members.map { ($0["key"]?.stringValue ?? "", $0["value"]?.serialized(.compact) ?? "") }
        ) { first, _ in first }
    }

    /// What the records say, without what tells one from another.
    private func contents(_ batch: SealedBatch) -> [String] {
        records(batch).map { record in
            attributes(record).filter { $0.key != "log.record.uid" }
                .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        }
    }

    @Test func `what leaves to the second is found here, and deleted, once it is dropped`() throws {
        var exact = manual
        exact.anonymizeData = false
        try home.enable(exact)
        home.clock.advance(by: .milliseconds(1987))
        home.record(3, exact)
        let control = home.control(exact)
        let batch = try #require(try control.reviewable().first)
        #expect(try control.drop(.events([1]), from: batch.uid).successor?.events == 2)
        #expect(try control.events().count == 2)
    }

    @Test func `preview shows what the next upload sends, before what waits for a person`() throws {
        func shown() throws -> String {
            guard case .sealed(let batch, _) = try home.control(manual).preview() else {
                throw TestKitError("nothing is shown")
            }
            return batch.uid
        }
        let first = try heldBatch()
        home.record(2, manual)
        let batches = try home.control(manual).reviewable()
        try #require(batches.count == 2 && batches[0].uid == first.uid)
        #expect(try shown() == first.uid)
        try home.control(manual).release(batches[1].uid)
        #expect(try shown() == batches[1].uid)
        guard case .batch(let next) = try next(manual) else { throw TestKitError("nothing goes") }
        #expect(next.uid == batches[1].uid)
    }

    @Test func `nothing leaves before a person releases it`() throws {
        home.record(4, manual)
        #expect(try next(manual) == .held(4))
        let status = try home.control(manual).status()
        #expect(status.held == 4)
        #expect(status.waiting == 4)
        let batch = try #require(try home.control(manual).reviewable().first)
        #expect(batch.state == .held)
        #expect(try next(manual) == .held(4))
        try home.control(manual).release(batch.uid)
        guard case .batch(let released) = try next(manual) else {
            Issue.record("a released batch does not go")
            return
        }
        #expect(released.body == batch.body)
    }

    @Test func `a held batch needs its release also where review is automatic again`() throws {
        let batch = try heldBatch()
        #expect(try next(.withURL) == .held(4))
        #expect(try home.control().status().held == 4)
        home.record(2)
        guard case .batch(let later) = try next(.withURL) else {
            Issue.record("what was recorded later does not go")
            return
        }
        #expect(later.uid != batch.uid)
        #expect(later.events == 2)
    }

    @Test func `an event that was dropped is in no later batch, and the rest is as it was`() throws
    {
        let batch = try heldBatch(5)
        let outcome = try home.control(manual).drop(.events([2]), from: batch.uid)
        let successor = try #require(outcome.successor)
        #expect(outcome.dropped == 1)
        #expect(successor.uid != batch.uid)
        #expect(successor.state == .held)
        var rest = contents(batch)
        rest.remove(at: 1)
        #expect(contents(successor) == rest)
        #expect(uids(successor) == (0..<4).map { #"{"stringValue":"\#(successor.uid)-\#($0)"}"# })
        #expect(try home.control(manual).reviewable().map(\.uid) == [successor.uid])
        let status = try home.control(manual).status()
        #expect(status.recorded == 4)
        #expect(status.waiting == 4)
        #expect(status.lost.first { $0.reason == "dropped_in_review" }?.count == 1)
        let kinds = try home.control(manual).ledger().suffix(4).map(\.kind)
        #expect(kinds == ["batch_reviewed", "losses", "batch_succeeded", "batch_sealed"])
        let link = try home.control(manual).ledger().first { $0.kind == "batch_succeeded" }?.detail
        #expect(link?["batch"]?.stringValue == batch.uid)
        #expect(link?["successor"]?.stringValue == successor.uid)
        #expect(try home.control(manual).events().count == 4)
    }

    @Test func `the successor tells of what was dropped, and of the losses before`() throws {
        let module = home.module(manual)
        module.initialize()
        module.trackEvent("no_such_event")
        module.end()
        let batch = try heldBatch(3)
        let before = attributes(resource(batch))
        let successor = try #require(
            try home.control(manual).drop(.events([1]), from: batch.uid).successor)
        let after = attributes(resource(successor))
        #expect(before["telemetry.lost.catalogue"] != nil)
        #expect(after["telemetry.lost.catalogue"] == before["telemetry.lost.catalogue"])
        #expect(after["telemetry.lost.dropped_in_review"] == #"{"intValue":"1"}"#)
    }

    @Test func `a dropped type takes all its events, and nothing is left of an empty batch`() throws
    {
        let batch = try heldBatch(3)
        let outcome = try home.control(manual).drop(.type("feature_usage"), from: batch.uid)
        #expect(outcome.dropped == 3)
        #expect(outcome.successor == nil)
        #expect(try home.control(manual).events().isEmpty)
        #expect(try next(manual) == .empty)
        #expect(try home.control(manual).status().waiting == 0)
    }

    @Test func `what is withheld stays here to be seen and is never sent`() throws {
        let batch = try heldBatch(3)
        #expect(try home.control(manual).withhold(batch.uid) == 3)
        #expect(try next(manual) == .empty)
        #expect(try next(.withURL) == .empty)
        let status = try home.control(manual).status()
        #expect(status.keptHere == 3)
        #expect(status.waiting == 0)
        #expect(status.lost.isEmpty)
        #expect(try home.control(manual).events().count == 3)
    }

    @Test func `once sending has begun nothing can be changed`() throws {
        let batch = try heldBatch()
        let control = home.control(manual)
        try control.release(batch.uid)
        do {
            let outbox = try #require(try control.outbox())
            #expect(try outbox.begin(batch))
        }
        for change: () throws -> Void in [
            { try control.release(batch.uid) }, { try control.withhold(batch.uid) },
            { _ = try control.drop(.events([1]), from: batch.uid) },
        ] {
            let error = #expect(throws: TelemetryError.self) { try change() }
            #expect(error?.code == .blocked)
            #expect(error?.description.contains("sending") == true)
        }
        #expect(try control.status().waiting == 4)
    }

    @Test func `what was replaced while an uploader had it in hand does not leave`() throws {
        home.record(3)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        _ = try home.control().drop(.events([1]), from: batch.uid)
        #expect(try !outbox.begin(batch))
        guard case .batch(let successor) = try outbox.next() else {
            throw TestKitError("no successor")
        }
        #expect(successor.events == 2)
    }

    @Test func `an event or a batch that is not there is an error`() throws {
        let batch = try heldBatch(2)
        let control = home.control(manual)
        for numbers: Set<Int> in [[0], [3], [-1], [Int.max], [], [1, 3]] {
            #expect(throws: TelemetryError.self) {
                try control.drop(.events(numbers), from: batch.uid)
            }
        }
        #expect(throws: TelemetryError.self) {
            try control.drop(.type("app_start"), from: batch.uid)
        }
        #expect(throws: TelemetryError.self) { try control.release("nothing") }
        #expect(try control.reviewable().map(\.uid) == [batch.uid])
    }

    @Test func `without consent there is nothing to review`() throws {
        _ = try heldBatch()
        try home.control(manual).disable()
        #expect(throws: TelemetryError.self) { try home.control(manual).reviewable() }
    }

    @Test(arguments: ["x'00'", "body || x'00'"])
    func `of a batch that can't be read nothing is dropped, but it can be withheld`(
        damage: String
    ) throws {
        var plain = manual
        plain.compression = "none"
        home.record(3, plain)
        let batch = try #require(try home.control(plain).reviewable().first)
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try store.run("UPDATE batches SET body = \(damage)")
        let control = home.control(plain)
        for change: () throws -> Void in [
            { try control.release(batch.uid) },
            { _ = try control.drop(.events([1]), from: batch.uid) },
            { _ = try control.drop(.type("feature_usage"), from: batch.uid) },
        ] {
            let error = #expect(throws: TelemetryError.self) { try change() }
            #expect(error?.code == .storage)
            #expect(error?.hint.contains("withhold") == true)
        }
        #expect(try control.status().recorded == 3)
        try control.withhold(batch.uid)
        #expect(try control.reviewable().isEmpty)
    }
}
