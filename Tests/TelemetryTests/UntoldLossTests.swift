// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Telemetry
import TestKit
import Testing

/// Losses go with batches; those of which nobody was to know go with none.
@Suite struct UntoldLossTests {
    let home: Home

    init() throws { home = try Home() }

    /// The losses that the next batch tells of.
    private func told(_ config: TelemetryModuleConfig = .withURL) throws -> [String] {
        home.record(1, config)
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("no batch")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
        let text = try #require(batch.json?.serialized(.compact))
        return text.matches(of: #/telemetry\.lost\.([a-z_]+)/#).map { String($0.1) }
    }

    /// Records what no catalogue knows, which is counted.
    private func lose(_ config: TelemetryModuleConfig = .withURL) {
        let module = home.module(config)
        module.initialize()
        module.trackEvent("no_such_event")
        module.end()
    }

    @Test(arguments: [false, true])
    func `a yes after a no tells of no loss from before it`(isSettled: Bool) throws {
        try home.enable()
        lose()
        if isSettled { #expect(try home.control().status().lost.map(\.count) == [1]) }
        try home.control().disable()
        try home.enable()
        #expect(try told() == [])
        #expect(try home.control().status().lost.map(\.reason) == ["catalogue"])
        lose()
        #expect(try told() == ["catalogue"])
    }

    @Test func `what was lost on the way to one server is not told to another`() throws {
        try home.enable()
        lose()
        var other = TelemetryModuleConfig.withURL
        other.uploadURL = "https://other.example.org/v1/logs"
        try home.enable(other)
        #expect(try told(other) == [])
    }

    enum Change: CaseIterable { case newYes, rotation }

    @Test(arguments: Change.allCases)
    func `what gets too old of an earlier yes or identifier is told to nobody`(
        change: Change
    ) throws {
        try home.enable()
        home.record(3)
        #expect(try home.control().status().waiting == 3)
        switch change {
        case .newYes:
            try home.control().disable()
            try home.enable()
        case .rotation: _ = try home.control().rotateID()
        }
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try told() == [])
        #expect(try home.control().status().lost.map(\.reason) == ["retention"])
        home.record(1)
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try told() == ["retention"])
    }

    @Test func `a batch of an earlier yes that gets too old makes no loss untold again`() throws {
        try home.enable()
        lose()
        home.record(1)
        do {
            let outbox = try #require(try home.control().outbox())
            guard case .batch = try outbox.next() else { throw TestKitError("no batch") }
        }
        var other = TelemetryModuleConfig.withURL
        other.uploadURL = "https://other.example.org/v1/logs"
        try home.enable(other)
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try told(other) == [])
    }

    @Test func `what a no dropped is told here alone`() throws {
        try home.enable()
        let module = home.module()
        module.initialize()
        module.trackEvent("feature_usage", ["feature": "replay"])
        try home.control().disable()
        try home.enable()
        module.end()
        #expect(try told() == [])
        #expect(try home.control().status().lost.map(\.reason) == ["revoked"])
    }
}
