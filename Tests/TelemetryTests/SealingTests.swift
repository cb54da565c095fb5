// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import Hashing
import JSON
import Modules
import OTLP
import Telemetry
import TestKit
import Testing

@Suite struct SealingTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func sealed(
        _ config: TelemetryModuleConfig = .withURL
    ) throws -> (batch: SealedBatch, headers: [(name: String, value: String)]) {
        guard case .sealed(let batch, let headers) = try home.control(config).preview() else {
            throw TestKitError("nothing was sealed")
        }
        return (batch, headers)
    }

    private func request(_ batch: SealedBatch) throws -> ExportLogsRequest {
        let bytes = try decompress(batch.body, as: .gzip, outputBytesMax: 1 << 20)
        return try ExportLogsRequest(decoding: bytes)
    }

    @Test func `a batch says what the installation is, and nothing else about it`() throws {
        home.record(3)
        let request = try request(sealed().batch)
        let attributes = request.resourceLogs[0].resource.attributes
        #expect(
            attributes.map(\.key) == [
                "service.name", "service.version", "app.installation.id",
                "telemetry.catalogue.digest", "telemetry.erasure_key_sha256",
            ])
        #expect(attributes[0].value == .string("arpguard"))
        let id = try home.control().status().installationID ?? ""
        #expect(attributes[2].value == .string(id))
    }

    @Test func `anonymised events carry the day, coarse numbers and nothing finer`() throws {
        home.clock.advance(by: .seconds(40_000))
        let module = home.module()
        module.initialize()
        module.trackEvent("detection_run", ["frames": 660, "duration_ms": 1250, "mode": "replay"])
        module.end()
        let record = try request(sealed().batch).resourceLogs[0].scopeLogs[0].logRecords[0]
        #expect(record.timeUnixNano == UInt64(home.clock.now().day.start.nanoseconds))
        #expect(record.observedTimeUnixNano == record.timeUnixNano)
        let values = Dictionary(
            uniqueKeysWithValues: record.attributes.map { ($0.key, $0.value) })
        #expect(values["frames"] == .int(512))
        #expect(values["duration_ms"] == .int(3000))
        #expect(values["mode"] == .string("replay"))
    }

    @Test func `times that are not made coarse leave to the second, which is all that is shown`()
        throws
    {
        var exact = TelemetryModuleConfig.withURL
        exact.anonymizeData = false
        try home.enable(exact)
        home.clock.advance(by: .seconds(40_000))
        let second = UInt64(home.clock.now().nanoseconds)
        home.clock.advance(by: .milliseconds(987))
        home.record(2, exact)
        let records = try request(sealed(exact).batch).resourceLogs[0].scopeLogs[0].logRecords
        #expect(records.map(\.timeUnixNano) == [second, second])
        #expect(records.map(\.observedTimeUnixNano) == [second, second])
        // What stays here keeps what was recorded.
        let stored = try home.control(exact).events().map(\.time)
        #expect(stored == [home.clock.now(), home.clock.now()])
    }

    @Test func `every record has the batch's identifier and its own place`() throws {
        home.record(3)
        let batch = try sealed().batch
        let records = try request(batch).resourceLogs[0].scopeLogs[0].logRecords
        let uids = records.compactMap { record -> String? in
            guard case .string(let uid)? = record.attributes.first?.value else { return nil }
            return uid
        }
        #expect(uids == (0..<3).map { "\(batch.uid)-\($0)" })
        #expect(batch.uid.count == 26)
    }

    @Test func `what is previewed twice is the same bytes, and more events make another batch`()
        throws
    {
        home.record(2)
        let first = try sealed()
        home.record(2)
        let second = try sealed()
        #expect(first.batch == second.batch)
        #expect(first.batch.sha256 == Hex.encode(SHA256.hash(first.batch.body)))
        #expect(
            first.headers.map(\.name) == [
                "Host", "User-Agent", "Content-Type", "Content-Encoding", "Content-Length",
            ])
        #expect(first.headers[1].value == "arpguard/0.1.0")
    }

    @Test func `a batch takes no more events than the configuration says`() throws {
        var config = TelemetryModuleConfig.withURL
        config.maxEventsPerBatch = 10
        home.record(25)
        #expect(try sealed(config).batch.events == 10)
        #expect(try home.control(config).status().waiting == 25)
    }

    @Test(arguments: ["gzip", "zstd", "none"])
    func `each content coding holds the same events`(coding: String) throws {
        var config = TelemetryModuleConfig.withURL
        config.compression = coding
        home.record(5)
        let batch = try sealed(config).batch
        #expect(batch.contentCoding == coding)
        #expect(batch.json?.objectValue?["resourceLogs"] != nil)
        let hasHeader = batch.headers(userAgent: "x").contains { $0.name == "Content-Encoding" }
        #expect(hasHeader == (coding != "none"))
    }

    @Test func `a property that is declared no more is not sent`() throws {
        let property = PropertyDefinition(id: 1, "flag", .bool, purpose: "A flag")
        let number = PropertyDefinition(id: 2, "number", .count(max: 1000), purpose: "A number")
        let older = Catalogue.standard.adding(
            EventDefinition(id: 50, "more", purpose: "More", [property, number]))
        let newer = Catalogue.standard.adding(
            EventDefinition(id: 50, "more", purpose: "More", [property]))
        try home.enable(catalogue: older)
        let module = home.module(catalogue: older)
        module.initialize()
        #expect(module.trackEvent("more", ["flag": true, "number": 777]))
        module.end()
        guard case .sealed(let batch, _) = try home.control(catalogue: newer).preview() else {
            Issue.record("nothing was sealed")
            return
        }
        let text = try #require(batch.json).serialized(.compact)
        #expect(text.contains("flag"))
        #expect(!text.contains("777"))
    }

    @Test func `losses travel once`() throws {
        let module = home.module()
        module.initialize()
        module.trackEvent("app_start", ["undeclared": 1])
        module.end()
        let first = try request(sealed().batch)
        #expect(
            first.resourceLogs[0].resource.attributes.contains {
                $0.key == "telemetry.lost.catalogue" && $0.value == .int(1)
            })
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            Issue.record("nothing to send")
            return
        }
        #expect(try outbox.begin(batch))
        try outbox.accepted(batch, rejected: 0, answer: "200")
        home.record(1)
        let second = try request(sealed().batch)
        #expect(
            !second.resourceLogs[0].resource.attributes.contains {
                $0.key.hasPrefix("telemetry.lost")
            })
    }

    @Test func `while sending is blocked what waits is shown as it would be, and not sealed`()
        throws
    {
        home.record(2)
        let before = try home.control().status().json
        guard
            case .unsealed(let json, let causes) =
                try home.control(TelemetryModuleConfig()).preview()
        else {
            Issue.record("no events")
            return
        }
        #expect(causes == [.configuration])
        #expect(json.objectValue?["sealed"] == false)
        let shown = try ExportLogsRequest(json: json).resourceLogs[0].scopeLogs[0].logRecords
        #expect(try home.control().status().json == before)
        // But for the order, which is drawn anew, the upload would say the same.
        let sealed = try request(sealed().batch).resourceLogs[0].scopeLogs[0].logRecords
        #expect(shown.map(\.eventName).sorted() == sealed.map(\.eventName).sorted())
        #expect(Set(shown.map(\.timeUnixNano)) == Set(sealed.map(\.timeUnixNano)))
        let values = { (records: [LogRecord]) in
            records.map { $0.attributes.dropFirst().map { "\($0)" }.joined() }.sorted()
        }
        #expect(values(shown) == values(sealed))
    }

    @Test func `while sending is blocked and nothing waits a sample shows the form`() throws {
        let nowhere = TelemetryModuleConfig()
        guard case .sample(let json, let causes) = try home.control(nowhere).preview() else {
            Issue.record("no sample")
            return
        }
        #expect(causes == [.configuration])
        #expect(json.objectValue?["sealed"] == false)
        let request = try ExportLogsRequest(json: json)
        #expect(
            request.resourceLogs[0].scopeLogs[0].logRecords.map(\.eventName)
                == Catalogue.standard.events.map(\.name))
    }

    /// The numbers of a batch's events, in the order in which they leave.
    private func numbers(_ config: TelemetryModuleConfig) throws -> [Int64] {
        let module = home.module(config)
        module.initialize()
        for power in 0..<16 {
            module.trackEvent("feature_usage", ["hosts_found": .integer(1 << power)])
        }
        module.end()
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
        return try request(batch).resourceLogs[0].scopeLogs[0].logRecords.compactMap { record in
            guard
                case .int(let number)? = record.attributes.first(where: { $0.key == "hosts_found" }
                )?
                .value
            else { return nil }
            return number
        }
    }

    @Test func `anonymised events leave in an order that tells nothing, others in their own`()
        throws
    {
        let recorded = (0..<16).map { Int64(1 << $0) }
        let orders = try (0..<3).map { _ in try numbers(.withURL) }
        for order in orders {
            #expect(order.sorted() == recorded)
            #expect(order != recorded && order != recorded.reversed())
        }
        #expect(Set(orders).count == 3)
        var exact = TelemetryModuleConfig.withURL
        exact.anonymizeData = false
        try home.enable(exact)
        #expect(try numbers(exact) == recorded)
    }
}
