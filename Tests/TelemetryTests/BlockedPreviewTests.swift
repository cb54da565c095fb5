// SPDX-License-Identifier: Apache-2.0

import OTLP
import SQLite
import Telemetry
import TestKit
import Testing

/// What a preview shows of what waits while nothing may leave.
@Suite struct BlockedPreviewTests {
    private let home: Home
    private let forbidding = ["DO_NOT_TRACK": "1"]

    init() throws {
        home = try Home()
        try home.enable()
        home.record(2)
    }

    private func sealed(_ config: TelemetryModuleConfig = .withURL) throws -> SealedBatch {
        guard case .sealed(let batch, _) = try home.control(config).preview() else {
            throw TestKitError("nothing was sealed")
        }
        return batch
    }

    private func blocked(
        _ config: TelemetryModuleConfig = .withURL
    ) throws -> (batch: SealedBatch, headers: [String], causes: [Cause])? {
        let preview = try home.control(config, environment: forbidding).preview()
        guard case .blocked(let batch, let headers, let causes) = preview else { return nil }
        return (batch, headers.map { "\($0.name): \($0.value)" }, causes)
    }

    @Test(arguments: [TelemetryModuleConfig.withURL, .withReview])
    func `a request that is sealed or held is shown as it would leave`(
        config: TelemetryModuleConfig
    ) throws {
        let batch = try sealed(config)
        home.record(1)
        let ledger = try home.control(config).ledger().count
        let shown = try #require(try blocked(config))
        #expect(shown.batch == batch)
        #expect(shown.causes == [.doNotTrack])
        #expect(shown.headers.contains("Content-Length: \(batch.body.count)"))
        #expect(try home.control(config).status().waiting == 3)
        #expect(try home.control(config).ledger().count == ledger)
    }

    @Test func `a request on its way is shown as it goes again, whatever is configured since`()
        throws
    {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        var smaller = TelemetryModuleConfig.withURL
        smaller.compression = "none"
        for config in [.withURL, smaller] {
            let shown = try #require(try blocked(config)).batch
            #expect(shown.uid == batch.uid && shown.sha256 == batch.sha256)
            #expect(shown.state == .sending)
        }
    }

    @Test func `what would be sealed anew is shown among the events that wait`() throws {
        _ = try sealed()
        home.record(1)
        let other = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        guard case .unsealed(let json, _) = try home.control(other).preview() else {
            throw TestKitError("no events")
        }
        let scope = try ExportLogsRequest(json: json).resourceLogs[0].scopeLogs[0]
        #expect(scope.logRecords.count == 3)
    }

    @Test func `a damaged request is not shown as one that could leave`() throws {
        _ = try sealed()
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try store.execute("UPDATE batches SET body = zeroblob(length(body))")
        #expect(try blocked() == nil)
    }
}
