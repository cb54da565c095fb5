// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Compression
import JSON
import Modules
import OTLP
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct IntakeServerTests {
    private static let sample = SampleRequest().with("app_start", ("mode", .string("watch")))

    @Test(arguments: [ContentCoding.identity, .gzip, .zstd])
    func `an accepted request is answered with 200 and an empty body`(
        coding: ContentCoding
    ) throws {
        let collector = try SampleCollector()
        let body = try compress(Self.sample.bytes, as: coding)
        let reply = try collector.post(body, coding: coding == .identity ? nil : coding.rawValue)
        #expect(reply.status == 200)
        #expect(reply.body.isEmpty)
        #expect(reply.header("Content-Type") == "application/x-protobuf")
    }

    @Test func `JSON is taken as protobuf is and answered in JSON`() throws {
        let collector = try SampleCollector()
        let body = Array(Self.sample.message.json().serialized(.compact).utf8)
        let reply = try collector.post(body, type: "application/json; charset=utf-8")
        #expect(reply.status == 200)
        #expect(reply.text == "{}")
        let lines = try collector.store.storage.lines()
        #expect(lines.first == "\(today) arpguard: 1")
        let again = try collector.post(Self.sample.bytes)
        #expect(again.status == 200)
        #expect(try collector.store.storage.lines() == lines)
    }

    @Test func `an empty request succeeds`() throws {
        let collector = try SampleCollector()
        #expect(try collector.post([]).status == 200)
    }

    @Test func `a resend is answered alike and changes no number`() throws {
        let collector = try SampleCollector()
        for number in 1...3 {
            let request = SampleRequest(number, batch: number).with("app_start").with("fashion")
            #expect(try collector.post(request.bytes).status == 200)
        }
        let before = try collector.insight()
        let resend = SampleRequest(2, batch: 2).with("app_start").with("fashion")
        let reply = try collector.post(resend.bytes)
        #expect(reply.status == 200)
        #expect(try ExportLogsResponse(decoding: reply.body).rejectedLogRecords == 1)
        #expect(try collector.insight() == before)
    }

    @Test func `figures beyond the most of an installation and day are counted, and once`() throws {
        let words = (1...300).map { "w\($0)" }
        let events = [(1, "run"), (2, "walk")].map { id, name in
            EventDefinition(
                id: id, name, purpose: "Which",
                [PropertyDefinition(id: 1, "word", .choice(words), purpose: "Which")])
        }
        let collector = try SampleCollector(k: 2) { configuration in
            configuration.policy = IntakePolicy(catalogues: ["words": Catalogue(events)])
        }
        func post(_ event: String, batch: Int) throws {
            var request = SampleRequest(1, batch: batch)
            request.service = "words"
            for word in words { request = request.with(event, ("word", .string(word))) }
            #expect(try collector.post(request.bytes).status == 200)
        }
        func leftOut() throws -> [String?] {
            let metric = #"arpguard_collector_left_out_total{reason="contribution.share"}"#
            let tally = try collector.store.storage.tally(in: today...today)
            return [try collector.metric(metric), "\(tally.counts[.share] ?? 0)"]
        }
        try post("walk", batch: 1)
        #expect(try leftOut() == ["0", "0"])
        try post("run", batch: 2)
        // Two events with their words, and the version.
        let beyond = String(2 * (1 + words.count) + 1 - DayCounters.figuresMax)
        #expect(try leftOut() == [beyond, beyond])
        try post("run", batch: 2)
        #expect(try leftOut() == [beyond, beyond])
        let lines = try collector.store.storage.lines()
        #expect(lines.count == 1 + DayCounters.figuresMax && lines.contains("version/0.1.0 1 2"))
    }

    @Test func `rejected records are told in the request's encoding`() throws {
        let collector = try SampleCollector()
        let request = Self.sample.with("fashion").with("app_stop", day: .init(number: 0))
        let reply = try collector.post(request.bytes)
        #expect(reply.status == 200)
        let answer = try ExportLogsResponse(decoding: reply.body)
        #expect(answer.rejectedLogRecords == 2)
        #expect(answer.errorMessage == "2 records rejected: record.day 1, record.event 1")
        var other = SampleRequest(2, batch: 2)
        other = other.with("fashion")
        let json = try collector.post(
            Array(other.message.json().serialized(.compact).utf8), type: "application/json")
        #expect(
            try JSONValue.parse(json.text) == [
                "partialSuccess": [
                    "rejectedLogRecords": "1", "errorMessage": "1 records rejected: record.event 1",
                ]
            ])
    }

    @Test func `days that somebody invents leave nothing in the store but a count`() throws {
        let collector = try SampleCollector()
        var message = Self.sample.message
        for number in 2...61 {
            var sample = SampleRequest(1, batch: number)
            sample.batch = batchText(number, day: Day(number: today.number + 2 + Int32(number)))
            message.resourceLogs += sample.with("app_start").message.resourceLogs
        }
        let reply = try collector.post(message.encoded())
        #expect(reply.status == 200)
        #expect(try ExportLogsResponse(decoding: reply.body).rejectedLogRecords == 60)
        let store = try Connection(path: collector.store.path)
        #expect(try store.integer("SELECT count(*) FROM day_change") == 1)
        #expect(try store.integer("SELECT count(*) FROM batch") == 1)
        #expect(try collector.store.storage.tally(in: today...today).counts == [.day: 60])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: [UInt8]
        var type: String? = "application/x-protobuf"
        var coding: String?
        let status: Int
        /// Where the reason is told, what it says.
        var reason = ""
    }

    /// A request of so many records that say nothing.
    private static func crowd(_ count: Int) -> [UInt8] {
        var message = SampleRequest().message
        message.resourceLogs[0].scopeLogs[0].logRecords = .init(
            repeating: LogRecord(), count: count)
        return message.encoded()
    }

    private static let zeros = [UInt8](repeating: 0, count: 5 << 20)

    @Test(arguments: [
        Refused(
            testDescription: "truncated protobuf", body: Array(sample.bytes.dropLast(3)),
            status: 400),
        Refused(
            testDescription: "bytes that are no gzip", body: [1, 2], coding: "gzip", status: 400),
        Refused(
            testDescription: "truncated zstd",
            body: (try? compress(sample.bytes, as: .zstd).dropLast(2)) ?? [], coding: "zstd",
            status: 400),
        Refused(testDescription: "wrong content type", body: [], type: "text/plain", status: 415),
        Refused(testDescription: "no content type", body: [], type: nil, status: 415),
        Refused(testDescription: "unknown coding", body: [], coding: "br", status: 415),
        Refused(
            testDescription: "a gzip bomb", body: (try? compress(zeros, as: .gzip)) ?? [],
            coding: "gzip", status: 413, reason: "more than 4194304 bytes after decompression"),
        Refused(
            testDescription: "a zstd bomb", body: (try? compress(zeros, as: .zstd)) ?? [],
            coding: "zstd", status: 413, reason: "more than 4194304 bytes after decompression"),
        Refused(testDescription: "an oversize body", body: zeros, status: 413),
        Refused(testDescription: "too many records", body: crowd(20_001), status: 413),
        Refused(
            testDescription: "JSON that nests too deeply",
            body: Array(String(repeating: "[", count: 200).utf8), type: "application/json",
            status: 413),
    ])
    func `a bad request is refused with a status message and keeps nothing`(
        _ row: Refused
    ) throws {
        let collector = try SampleCollector()
        let reply = try collector.post(row.body, type: row.type, coding: row.coding)
        #expect(reply.status == row.status)
        if row.type == "application/x-protobuf" {
            #expect(reply.header("Content-Type") == "application/x-protobuf")
            let reason = try RPCStatus(decoding: reply.body).message
            #expect(!reason.isEmpty && reason.contains(row.reason), "\(reason)")
        }
        #expect(try collector.store.storage.tally(in: today...today).counts.isEmpty)
    }

    @Test func `errors in JSON are a status object in JSON`() throws {
        let collector = try SampleCollector()
        let reply = try collector.post(Array("{".utf8), type: "application/json")
        #expect(reply.status == 400)
        #expect(reply.header("Content-Type") == "application/json")
        let status = try JSONValue.parse(reply.text)
        #expect(status["code"] == 3)
        #expect(status["message"]?.stringValue?.hasPrefix("can't be decoded: ") == true)
    }

    @Test func `another method or path is answered with 405 or 404`() throws {
        let collector = try SampleCollector()
        let get = try HTTPClient.send("GET", "/v1/logs", port: collector.intakePort)
        #expect(get.status == 405)
        #expect(get.header("Allow") == "POST")
        let lost = try HTTPClient.send("POST", "/v1/traces", port: collector.intakePort)
        #expect(lost.status == 404)
        let health = try HTTPClient.send("GET", "/healthz", port: collector.intakePort)
        #expect(health.status == 200)
    }

    @Test func `days that could not be folded are folded by a request a minute later`() throws {
        let collector = try SampleCollector()
        #expect(try collector.post(SampleRequest().with("app_start").bytes).status == 200)
        let path = collector.store.path
        func folded() throws -> Int64? {
            try Connection(path: path).integer("SELECT count(*) FROM day_total")
        }
        func send(_ number: Int) throws {
            var request = SampleRequest(number)
            request.batch = batchText(number, day: collector.clock.now().day)
            let bytes = request.with("app_start", day: collector.clock.now().day).bytes
            #expect(try collector.post(bytes).status == 200)
        }
        collector.clock.advance(by: .seconds(100 * 86_400))
        let other = try Connection(path: path)
        try other.execute(
            "CREATE TRIGGER stop BEFORE DELETE ON batch BEGIN SELECT RAISE(FAIL, 'no'); END")
        try send(2)
        #expect(try folded() == 0)
        try other.execute("DROP TRIGGER stop")
        try send(3)
        #expect(try folded() == 0)
        collector.clock.advance(by: .seconds(61))
        try send(4)
        #expect(try folded() == 1)
    }

    @Test func `a store that fails is answered with 503 and a time to wait`() throws {
        let collector = try SampleCollector()
        let connection = try Connection(path: collector.store.path)
        try connection.execute("DROP TABLE batch")
        let reply = try collector.post(Self.sample.bytes)
        #expect(reply.status == 503)
        #expect(reply.header("Retry-After") == "30")
        #expect(try RPCStatus(decoding: reply.body).code == 14)
    }
}
