// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import OTLP
import SQLite
import TestKit
import Testing

@testable import Telemetry

/// What a person has not released waits for that, whatever happens to it meanwhile; and what a
/// person dropped is gone.
@Suite struct HeldBatchTests {
    private let home: Home
    private let manual = TelemetryModuleConfig.withReview
    private var store: String { "\(home.storage)/store.sqlite" }

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func next(_ config: TelemetryModuleConfig) throws -> Outbox.Next {
        try #require(try home.control(config).outbox()).next()
    }

    private func held(_ config: TelemetryModuleConfig, catalogue: Catalogue = .standard) throws
        -> SealedBatch
    {
        try #require(try home.control(config, catalogue: catalogue).reviewable().first)
    }

    private func voided(_ batch: SealedBatch) throws -> String? {
        try home.control().ledger().last {
            $0.kind == "batch_voided" && $0.detail["batch"]?.stringValue == batch.uid
        }?.detail["reason"]?.stringValue
    }

    @Test(arguments: [TelemetryModuleConfig.UploadReview.manual, .automatic])
    func `what is held in an old form is held in the new one`(
        review: TelemetryModuleConfig.UploadReview
    ) throws {
        home.record(4, manual)
        let old = try held(manual)
        var config = TelemetryModuleConfig.withURL
        config.uploadReview = review
        config.compression = "zstd"
        #expect(try next(config) == .held(4))
        #expect(try home.control(config).status().held == 4)
        #expect(try voided(old) == "the configuration changed")
        let batch = try held(config)
        #expect(batch.uid != old.uid && batch.contentCoding == "zstd")
        #expect(batch.state == .held && batch.events == 4)
        try home.control(config).release(batch.uid)
        #expect(try next(config) != .held(4))
        #expect(try #require(try home.control(config).account()).isBalanced)
    }

    @Test func `young events of a held batch wait for a person when the old ones are deleted`()
        throws
    {
        home.record(3, manual)
        home.clock.advance(by: .seconds(20 * 86_400))
        let module = home.module(manual)
        module.initialize()
        module.trackEvent("no_such_event")
        for _ in 0..<5 { module.trackEvent("feature_usage", ["feature": "replay"]) }
        module.end()
        let old = try held(manual)
        home.clock.advance(by: .seconds(11 * 86_400))
        let status = try home.control().status()
        #expect(status.recorded == 5 && status.held == 5)
        #expect(try voided(old) == "what it held was too old")
        #expect(try next(.withURL) == .held(5))
        let batch = try held(.withURL)
        #expect(batch.uid != old.uid && batch.events == 5)
        // Nobody was told of the loss yet.
        #expect(batch.json?.serialized(.compact).contains("telemetry.lost.catalogue") == true)
        #expect(try #require(try home.control().account()).isBalanced)
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try home.control().status().recorded == 0)
        #expect(try home.control().reviewable().isEmpty)
    }

    @Test func `where review is automatic a look seals what waits, so that it can be dropped`()
        throws
    {
        home.record(3)
        let batch = try held(.withURL)
        #expect(batch.state == .sealed && batch.events == 3)
        let outcome = try home.control().drop(.type("feature_usage"), from: batch.uid)
        #expect(outcome.dropped == 3)
        #expect(try next(.withURL) == .empty)
    }

    @Test(arguments: [ReviewDrop.events([1]), .type("feature_usage")])
    func `no byte of a batch from which something was dropped is left`(what: ReviewDrop) throws {
        var plain = manual
        plain.compression = "none"
        home.record(3, plain)
        let batch = try held(plain)
        #expect(try home.holds("\(batch.uid)-1"))
        // As long as somebody has it open the log is not emptied by the last who leaves.
        let beside = try Connection(path: store, mode: .readWrite)
        #expect(try beside.integer("SELECT count(*) FROM batches") == 1)
        _ = try home.control(plain).drop(what, from: batch.uid)
        #expect(try !home.holds("\(batch.uid)-1"))
        withExtendedLifetime(beside) {}
        #expect(try home.control(plain).batch(batch.uid)?.isEmptied == true)
    }

    private static func catalogue(max: Int64) -> Catalogue {
        Catalogue([
            EventDefinition(
                id: 1, "run", purpose: "Why",
                [
                    PropertyDefinition(id: 1, "rule", .choice(["a", "b"]), purpose: "Why"),
                    PropertyDefinition(id: 2, "number", .count(max: max), purpose: "Why"),
                ])
        ])
    }

    @Test func `what is dropped is that event, though a property of it is withheld since`() throws {
        let (old, new) = (Self.catalogue(max: 10), Self.catalogue(max: 100))
        try home.enable(manual, catalogue: old)
        let module = home.module(manual, catalogue: old)
        module.initialize()
        for (rule, number) in [("a", 1), ("b", 2), ("a", 3)] as [(PropertyValue, PropertyValue)] {
            module.trackEvent("run", ["rule": rule, "number": number])
        }
        module.end()
        let batch = try held(manual, catalogue: new)
        let text = try #require(batch.json?.serialized(.compact))
        #expect(!text.contains("\"number\""))
        let records = batch.request?.resourceLogs.first?.scopeLogs.first?.logRecords ?? []
        let place = try #require(
            records.firstIndex { $0.attributes.contains { $0.value == .string("b") } })
        let control = home.control(manual, catalogue: new)
        _ = try control.drop(.events([place + 1]), from: batch.uid)
        let left = try control.events().map { $0.properties.first { $0.name == "rule" }?.value }
        #expect(left == ["a", "a"])
    }

    @Test func `a batch that the disk has changed is shown to nobody, and its events stay`() throws
    {
        home.record(2, manual)
        let damaged = try held(manual)
        home.record(3, manual)
        let database = try Connection(path: store, mode: .readWrite)
        try database.run("UPDATE batches SET body = x'00'")
        for _ in 0..<2 {
            guard case .sealed(let batch, _) = try home.control(manual).preview() else {
                throw TestKitError("nothing is shown")
            }
            #expect(batch.uid != damaged.uid && batch.events == 3)
        }
        #expect(try voided(damaged) == "damaged on the disk")
        let error = #expect(throws: TelemetryError.self) {
            try home.control(manual).release(damaged.uid)
        }
        #expect(error?.code == .blocked)
        let status = try home.control(manual).status()
        #expect(status.recorded == 5 && status.keptHere == 2)
    }

    @Test func `a batch that was given up meanwhile is not taken for a damaged one`() throws {
        home.record(2, manual)
        let batch = try held(manual)
        let database = try Connection(path: store, mode: .readWrite)
        let control = home.control(manual)
        let opened = try #require(try control.openStore())
        // Read, as another process has it, before and after it was given up.
        for body in ["x'00'", "x''"] {
            try database.run("UPDATE batches SET body = \(body)")
            let seen = try #require(try control.batch(batch.uid))
            try database.run("UPDATE batches SET body = x''")
            try control.sealer.voidDamaged(seen, in: opened)
        }
        #expect(try control.status().held == 2)
        #expect(throws: TelemetryError.self) { try control.release(batch.uid) }
        #expect(try held(manual).events == 2)
        #expect(try voided(batch) == nil)
    }

    @Test func `two who look at once under two configurations lose no event`() throws {
        var (one, other) = (manual, manual)
        one.maxEventsPerBatch = 1
        other.compression = "zstd"
        home.record(20, one)
        #expect(try home.control(one).reviewable().count == 20)
        let running = [one, other].map { config in
            OwnThread { [home] in
                for _ in 0..<20 { _ = try? home.control(config).reviewable() }
            }
        }
        for thread in running { try thread.value() }
        #expect(try home.control(one).status().held == 20)
        let reasons = try home.control(one).ledger().compactMap { $0.detail["reason"]?.stringValue }
        #expect(Set(reasons) == ["the configuration changed"])
        #expect(try #require(try home.control(one).account()).isBalanced)
    }

    @Test func `rows that can't be read keep those behind them from no batch`() throws {
        var config = TelemetryModuleConfig.withURL
        config.maxEventsPerBatch = 2
        home.record(4, config)
        let database = try Connection(path: store, mode: .readWrite)
        let first = "SELECT id FROM events ORDER BY id LIMIT 2"
        try database.run("UPDATE events SET properties = x'ffffffff' WHERE id IN (\(first))")
        guard case .batch(let batch) = try next(config) else { throw TestKitError("nothing goes") }
        #expect(batch.events == 2)
        #expect(try home.control(config).status().lost.map(\.reason) == ["damaged"])
    }
}
