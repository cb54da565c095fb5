// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import Modules
import OTLP
import Testing

@testable import Collector

@Suite struct IntakeDecisionTests {
    private static func decide(
        _ request: SampleRequest, _ policy: IntakePolicy = IntakePolicy()
    ) throws -> (batches: [AdmittedBatch], tally: [Tally.Reason: Int]) {
        let decision = try policy.decide(request.flat, on: today)
        let tally = decision.batches.reduce(into: decision.tally) { $0.merge($1.tally) }
        return (decision.batches, tally.counts)
    }

    @Test func `events become figures of their day`() throws {
        let request = SampleRequest()
            .with("app_start", ("mode", .string("replay")))
            .with(
                "feature_usage", ("feature", .string("arp_scan")), ("duration_ms", .int(1250))
            )
            .with("detection_run", ("mode", .string("replay")), ("duration_ms", .int(7)))
            .with(
                "alert_generated", ("alert_type", .string("arp_spoofing")),
                ("severity", .string("high"))
            )
            .with(
                "error", ("feature", .string("replay")), ("error_type", .string("output_failed")))
        let (batches, tally) = try Self.decide(request)
        #expect(tally.isEmpty)
        #expect(batches.count == 1)
        let figures = try #require(batches.first?.figures[today]?.figures)
        let lines = figures.map { name, figure in
            let longest = figure.durations.bins.last.map { Int($0.bucket) }
            return "\(name) \(longest.map(DurationHistogram.largest) ?? -1)"
        }
        #expect(
            Set(lines) == [
                "event/app_start -1", "event/feature_usage -1", "feature/arp_scan 1279",
                "event/detection_run -1", "run/replay 7", "event/alert_generated -1",
                "alert/arp_spoofing/high -1", "event/error -1", "error/replay/output_failed -1",
                "version/0.1.0 -1", "property/app_start/os/not_told -1",
                "property/app_start/arch/not_told -1", "property/app_start/mode/replay -1",
            ])
    }

    @Test func `figures beyond the most of a batch are left out and counted`() throws {
        let words = (1..<DayCounters.figuresMax).map { "w\($0)" }
        let catalogue = Catalogue([
            EventDefinition(
                id: 1, "run", purpose: "Which",
                [PropertyDefinition(id: 1, "word", .choice(words), purpose: "Which")])
        ])
        var request = SampleRequest()
        request.service = "words"
        for word in words { request = request.with("run", ("word", .string(word))) }
        let policy = IntakePolicy(catalogues: ["words": catalogue])
        let (batches, tally) = try Self.decide(request, policy)
        let figures = try #require(batches.first?.figures[today]?.figures)
        #expect(figures.count == DayCounters.figuresMax)
        #expect(tally == [.share: 1], "a word, beside the version, the event and other words")
        #expect(figures["version/0.1.0"]?.count == 1)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: SampleRequest
        let records: Int
        let tally: [Tally.Reason: Int]

        init(_ name: String, _ request: SampleRequest, _ records: Int, _ tally: [Tally.Reason: Int])
        {
            testDescription = name
            self.request = request
            self.records = records
            self.tally = tally
        }
    }

    private static func day(_ distance: Int32) -> Day { Day(number: today.number + distance) }

    private static func changed(_ change: (inout SampleRequest) -> Void) -> SampleRequest {
        var request = SampleRequest()
        change(&request)
        return request.with("app_start")
    }

    private static func uid(_ text: String) -> SampleRequest {
        var request = SampleRequest().with("app_start")
        request.records[0].attributes = [KeyValue(key: "log.record.uid", value: .string(text))]
        return request
    }

    @Test(arguments: [
        Case("an unknown event", SampleRequest().with("fashion").with("app_start"), 1, [.event: 1]),
        Case(
            "an unknown property",
            SampleRequest().with(
                "app_start", ("host_name", .string("x")), ("mode", .string("watch"))),
            1, [.unknownProperty: 1]),
        Case(
            "a word that only a newer program knows",
            SampleRequest().with("app_start", ("mode", .string("newer"))), 1, [.unknownWord: 1]),
        Case(
            "a value of the wrong kind",
            SampleRequest().with("app_start", ("mode", .array([.string("watch")]))), 1,
            [.refusedValue: 1]),
        Case(
            "a property twice, once by its alias",
            SampleRequest().with(
                "feature_usage", ("feature", .string("replay")),
                ("feature_name", .string("watch"))),
            1, [.refusedValue: 1]),
        Case("the oldest day", SampleRequest().with("app_start", day: day(-32)), 1, [:]),
        Case("a day too old", SampleRequest().with("app_start", day: day(-33)), 0, [.day: 1]),
        Case("the newest day", SampleRequest().with("app_start", day: day(1)), 1, [:]),
        Case("a day too new", SampleRequest().with("app_start", day: day(2)), 0, [.day: 1]),
        Case("another service", changed { $0.service = "other" }, 0, [.service: 1]),
        Case(
            "an installation in upper case",
            changed { $0.installation = "ABCDEF00-0000-4000-8000-000000000000" },
            0, [.installation: 1]),
        Case("an identifier of another make", uid("018f3c1e-7b1a-7cc2-9d2e-0242ac120002"), 1, [:]),
        Case("an identifier without an index", uid(batchText(1)), 1, [:]),
        Case("an empty identifier", uid(""), 0, [.identifier: 1]),
        Case(
            "an identifier that is too long", uid(String(repeating: "x", count: 129)), 0,
            [.identifier: 1]),
        Case("a batch of a day long ago", uid(batchText(1, day: day(-33)) + "-1"), 0, [.day: 1]),
        Case(
            "a resource attribute that is not agreed",
            SampleRequest().resource("host.name", .string("laptop")).with("app_start"), 1,
            [.resource: 1]),
        Case(
            "a version that is free text",
            SampleRequest().resource("service.version", .string("my own")).with("app_start"), 1,
            [.resource: 1]),
        Case(
            "a version that could be an address",
            SampleRequest().resource("service.version", .string("10.0.0.7")).with("app_start"), 1,
            [.resource: 1]),
    ])
    func `what the catalogue or the agreement does not know is left out and counted`(
        _ row: Case
    ) throws {
        let (batches, tally) = try Self.decide(row.request)
        #expect(batches.reduce(0) { $0 + $1.recordCount } == row.records)
        #expect(tally == row.tally)
    }

    @Test func `batches of days that are not admitted are none, and their records are counted`()
        throws
    {
        var message = SampleRequest().with("app_start").message
        for number in 2...64 {
            var sample = SampleRequest().resource("telemetry.lost.queue_full", .int(2))
            let distance = Int32(number.isMultiple(of: 9) ? -33 - number : number * 1000)
            sample.batch = batchText(number, day: Self.day(distance))
            message.resourceLogs += sample.with("app_start").message.resourceLogs
        }
        let decision = try IntakePolicy().decide(FlatLogs(message.encoded()), on: today)
        #expect(decision.batches.map(\.day) == [today])
        #expect(decision.batches.map(\.recordCount) == [1])
        #expect(decision.tally.counts == [.day: 63])
    }

    @Test func `a record that comes twice in a batch counts once`() throws {
        var request = SampleRequest().with("app_start")
        request.records += request.records
        let (batches, tally) = try Self.decide(request)
        #expect(batches.map(\.recordCount) == [1])
        #expect(tally == [.identifier: 1])
    }

    @Test func `a batch that comes in several groups of a request is one batch`() throws {
        let whole = SampleRequest().with("app_start").with("app_stop").with("app_start")
        var request = whole.message
        request.resourceLogs = whole.records.map { record in
            var group = whole.message.resourceLogs[0]
            group.scopeLogs[0].logRecords = [record]
            return group
        }
        #expect(
            try IntakePolicy().decide(FlatLogs(request.encoded()), on: today)
                == IntakePolicy().decide(whole.flat, on: today))
        request.resourceLogs[1].resource = SampleRequest(2).message.resourceLogs[0].resource
        let batches = try IntakePolicy().decide(FlatLogs(request.encoded()), on: today).batches
        #expect(batches.map(\.recordCount) == [2])
        #expect(batches.map(\.tally.counts) == [[.identifier: 1]])
    }

    @Test func `losses count on the day of the batch and no other reason is taken`() throws {
        let request = SampleRequest()
            .resource("telemetry.lost.queue_full", .int(12))
            .resource("telemetry.lost.invented", .int(5))
            .resource("telemetry.lost.retention", .int(-5))
            .with("app_start", day: Self.day(-3))
        let (batches, tally) = try Self.decide(request)
        let figures = try #require(batches.first?.figures[today]?.figures)
        #expect(figures.mapValues(\.count) == ["loss/queue_full": 12, "version/0.1.0": 1])
        #expect(tally == [.resource: 2])
    }

    @Test func `what is kept holds nothing of the resource and nothing that was dropped`() throws {
        var request = SampleRequest()
            .resource("host.name", .string("laptop"))
            .with("app_start", ("mode", .string("watch")), ("owner", .string("somebody")))
        request.records[0].body = .string("free text")
        request.records[0].severityText = "LOUD"
        request.records[0].severityNumber = 19_216_811
        let batch = try #require(try Self.decide(request).batches.first)
        let records = try decompress(batch.records, as: .zstd, outputBytesMax: 1000)
        let kept = try ExportLogsRequest(decoding: records)
        #expect(kept.resourceLogs.map(\.resource.attributes) == [[]])
        let record = try #require(kept.resourceLogs.first?.scopeLogs.first?.logRecords.first)
        #expect(record.attributes.map(\.key) == ["mode"])
        #expect(record.body == nil)
        #expect(record.severityText.isEmpty)
        #expect(record.severityNumber == 0)
    }

    @Test func `records of another make are batches of their own, known by installation and name`()
        throws
    {
        func ids(_ names: [String], of number: Int) throws -> [[UInt8]] {
            var request = SampleRequest(number)
            for _ in names { request = request.with("app_start") }
            for (index, name) in names.enumerated() {
                request.records[index].attributes = [
                    KeyValue(key: "log.record.uid", value: .string(name))
                ]
            }
            return try Self.decide(request).batches.map(\.id)
        }
        let first = try ids(["a", "b"], of: 1)
        #expect(Set(first).count == 2)
        #expect(first.allSatisfy { $0.count == AdmittedBatch.idBytes })
        #expect(try ids(["b", "c"], of: 1)[0] == first[1])
        #expect(try ids(["a"], of: 2) != [first[0]])
        let policy = IntakePolicy(foreignRecordsMax: 1)
        var request = SampleRequest().with("app_start").with("app_start")
        for index in 0..<2 {
            request.records[index].attributes = [
                KeyValue(key: "log.record.uid", value: .string("\(index)"))
            ]
        }
        #expect(throws: IntakeRefusal.self) { try policy.decide(request.flat, on: today) }
    }

    @Test func `a host's own events are counted by their properties`() throws {
        let catalogue = Catalogue([
            EventDefinition(
                id: 1, "rule_run", purpose: "Which rules are slow",
                [
                    PropertyDefinition(id: 1, "rule", .identifier, purpose: "Which rule"),
                    PropertyDefinition(id: 2, "cached", .bool, purpose: "Whether it was cached"),
                    PropertyDefinition(
                        id: 3, "took", .duration(.seconds, max: 100), purpose: "How long"),
                ])
        ])
        var request = SampleRequest()
        request.service = "swiftlinter"
        request = request.with(
            "rule_run", ("rule", .string("unused")), ("cached", .bool(true)), ("took", .int(2))
        ).with("rule_run", ("rule", .string("10.0.0.1")))
        let (batches, tally) = try Self.decide(
            request, IntakePolicy(catalogues: ["swiftlinter": catalogue]))
        let figures = try #require(batches.first?.figures[today]?.figures)
        #expect(
            figures.mapValues(\.count) == [
                "event/rule_run": 2, "property/rule_run/rule/unused": 1,
                "property/rule_run/rule/not_told": 1, "property/rule_run/cached/true": 1,
                "property/rule_run/cached/not_told": 1, "version/0.1.0": 1,
            ])
        #expect(
            figures["event/rule_run"]?.durations
                == DurationHistogram(counts: [DurationHistogram.bucket(of: 2000): 1]))
        #expect(tally == [.refusedValue: 1])
    }

    @Test func `a request with too many batches is refused as a whole`() throws {
        var request = SampleRequest()
        for number in 0..<3 {
            request.batch = batchText(number)
            request = request.with("app_start")
        }
        let policy = IntakePolicy(batchesMax: 2)
        #expect(throws: IntakeRefusal.self) { try policy.decide(request.flat, on: today) }
    }
}
