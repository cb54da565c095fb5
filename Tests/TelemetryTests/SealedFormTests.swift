// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Telemetry
import TestKit
import Testing

/// What is sealed, and what was configured since.
@Suite struct SealedFormTests {
    let home: Home
    private let before: TelemetryModuleConfig

    init() throws {
        home = try Home()
        var config = TelemetryModuleConfig.withURL
        config.anonymizeData = false
        before = config
        try home.enable(config)
        let module = home.module(config)
        module.initialize()
        for number in 1...4 {
            module.trackEvent(
                "feature_usage", ["feature": "replay", "duration_ms": PropertyValue(700 + number)])
        }
        module.trackEvent("app_start", ["os": "linux"])
        module.end()
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let make: @Sendable (inout TelemetryModuleConfig) -> Void
        /// Whether a batch has what is configured now.
        let holds: @Sendable (SealedBatch) -> Bool

        init(
            _ name: String, _ make: @escaping @Sendable (inout TelemetryModuleConfig) -> Void,
            holds: @escaping @Sendable (SealedBatch) -> Bool
        ) {
            testDescription = name
            self.make = make
            self.holds = holds
        }
    }

    private static let path = "\(origin)/b/v1/logs"
    private static let origin = "https://telemetry.example.org"

    private static let changes = [
        Change("another path", { $0.uploadURL = path }, holds: { $0.url == path }),
        Change("anonymising", { $0.anonymizeData = true }, holds: { !says("\"703\"", $0) }),
        Change("fewer types", { $0.allowedEventTypes = ["app_start"] }, holds: { $0.events == 1 }),
        Change("a coding", { $0.compression = "zstd" }, holds: { $0.contentCoding == "zstd" }),
        Change("a place for erasure", { $0.erasureURL = origin }, holds: { $0.events == 5 }),
        Change(
            "erasure nowhere", { $0.uploadURL = "\(origin)/otlp" },
            holds: { !says("erasure_key", $0) }),
    ]

    private static func says(_ text: String, _ batch: SealedBatch) -> Bool {
        batch.json?.serialized(.compact).contains(text) ?? true
    }

    private func seal() throws -> SealedBatch {
        guard case .sealed(let batch, _) = try home.control(before).preview() else {
            throw TestKitError("nothing was sealed")
        }
        return batch
    }

    private func next(_ config: TelemetryModuleConfig) throws -> Outbox.Next {
        try #require(try home.control(config).outbox()).next()
    }

    @Test(arguments: changes)
    func `what has not begun to leave is sealed anew when the configuration changes`(
        change: Change
    ) throws {
        let old = try seal()
        #expect(try next(before) == .batch(old))
        var now = before
        change.make(&now)
        guard case .batch(let batch) = try next(now) else {
            throw TestKitError("nothing to send")
        }
        #expect(change.holds(batch))
        guard case .sealed(let shown, _) = try home.control(now).preview() else {
            throw TestKitError("nothing is shown")
        }
        #expect(shown.uid == batch.uid && shown.sha256 == batch.sha256)
        #expect(try next(now) == .batch(batch))
        let status = try home.control(now).status()
        #expect(status.recorded == 5)
        #expect(status.waiting + status.keptHere == 5)
        #expect(try home.control(now).account()?.isBalanced == true)
        guard batch.uid != old.uid else { return }
        let row = try #require(try home.control().ledger().last { $0.kind == "batch_voided" })
        #expect(row.detail["batch"]?.stringValue == old.uid)
        #expect(row.detail["reason"]?.stringValue == "the configuration changed")
    }

    @Test func `what has begun to leave goes on as it was, and the status says where`() throws {
        let old = try seal()
        do {
            let outbox = try #require(try home.control(before).outbox())
            #expect(try outbox.next() == .batch(old))
            #expect(try outbox.begin(old))
        }
        var now = before
        now.uploadURL = Self.path
        now.anonymizeData = true
        guard case .batch(let again) = try next(now) else { throw TestKitError("nothing to send") }
        #expect(again.sha256 == old.sha256 && again.url == old.url)
        let unanswered = try #require(try home.control(now).status().unanswered)
        #expect(unanswered.elsewhere == old.url)
        #expect(unanswered.description.contains("to \(old.url), as when they were sealed"))
        #expect(try home.control(before).status().unanswered?.elsewhere == nil)
    }

    @Test func `what a person released in another form is asked for again`() throws {
        var manual = before
        manual.uploadReview = .manual
        let batch = try #require(try home.control(manual).reviewable().first)
        try home.control(manual).release(batch.uid)
        manual.anonymizeData = true
        #expect(try next(manual) == .held(5))
        #expect(throws: TelemetryError.self) { try home.control(manual).release(batch.uid) }
    }

    @Test func `a batch of an earlier yes is void, and its events stay here`() throws {
        let old = try seal()
        let other = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        try home.enable(other)
        #expect(try next(other) == .empty)
        let row = try #require(try home.control(other).ledger().last { $0.kind == "batch_voided" })
        #expect(row.detail["batch"]?.stringValue == old.uid)
    }
}
