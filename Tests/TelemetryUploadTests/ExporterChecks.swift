// SPDX-License-Identifier: Apache-2.0

import Compression
import JSON
import Modules
import OTLP
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// What an exporter of OTLP/HTTP must stand, each against a server over loopback that misbehaves on
/// purpose. `docs/upload.md` has the table.
@Suite struct ExporterChecks {
    private static let type = HTTPHeader("Content-Type", "application/x-protobuf")

    /// A home with a number of events, each to be a batch of its own.
    private func home(_ server: FakeServer, events: Int = 1) throws -> Home {
        let home = try Home(url: server.url())
        home.record(events)
        return home
    }

    private func partial(_ rejected: Int64, _ message: String) -> FakeReply {
        let body = ExportLogsResponse(rejectedLogRecords: rejected, errorMessage: message)
        return .answer(200, headers: [Self.type], body: body.encoded())
    }

    /// Nothing is sent again, now or in a week.
    private func expectDone(_ home: Home, _ server: FakeServer, requests: Int = 1) throws {
        home.clock.advance(by: .seconds(7 * 86_400))
        #expect(try home.round().ending == .nothingWaits)
        #expect(server.requests.count == requests)
        #expect(try home.control.status().waiting == 0)
    }

    @Test func `check 1: 200 with an empty body takes the whole batch`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.eventsSent == 1)
        #expect(summary.warnings.isEmpty && summary.problems.isEmpty)
        try expectDone(home, server)
    }

    @Test func `check 2: rejected records are counted and not sent again`() throws {
        let server = try FakeServer(partial(1, "too old"))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.eventsSent == 0 && summary.eventsRejected == 1)
        #expect(try home.control.status().lost.first { $0.reason == "rejected" }?.count == 1)
        try expectDone(home, server)
    }

    @Test func `check 3: a warning alone is told, and the batch is taken`() throws {
        let server = try FakeServer(partial(0, "update soon"))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.eventsSent == 1 && summary.eventsRejected == 0)
        #expect(summary.warnings.first?.hasSuffix("update soon") == true)
        #expect(summary.hasFailed == false)
        try expectDone(home, server)
    }

    @Test(arguments: [400, 401, 403, 404, 408, 413, 500])
    func `check 4: a final status drops the batch once, and counts it by its code`(
        status: Int
    ) throws {
        let server = try FakeServer(.text(status, "no"))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.refusals == ["http_\(status)": 1])
        #expect(try home.control.status().lost.first { $0.reason == "rejected" }?.count == 1)
        let answer = try home.control.ledger().last { $0.kind == "answered" }?.detail
        #expect(answer?["outcome"]?.stringValue == "rejected")
        #expect(answer?["answer"]?.stringValue == "http_\(status)")
        try expectDone(home, server)
    }

    @Test(arguments: [429, 502, 503, 504])
    func `check 5: a passing failure leads to the same bytes later`(status: Int) throws {
        let server = try FakeServer(.answer(status), .answer(200))
        let home = try home(server)
        #expect(try home.round().batchesRetried == 1)
        home.clock.advance(by: .seconds(61))
        #expect(try home.round().batchesSent == 1)
        let requests = server.requests
        #expect(requests.count == 2 && requests[0].body == requests[1].body)
        #expect(try home.control.status().lost.isEmpty)
    }

    /// The clock stands at Mon, 23 Nov 2026 00:00:00 GMT; the own backoff is a minute at most.
    @Test(arguments: [
        ("7", Int64(7)...60), ("600", 600...600), ("Mon, 23 Nov 2026 00:10:00 GMT", 600...600),
        ("Sun, 22 Nov 2026 00:00:00 GMT", 0...60), ("soon", 0...60), ("-5", 0...60),
        ("99999999999", 86_400...86_400), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400...86_400),
    ])
    func `check 6: Retry-After is obeyed up to a day, also after a restart`(
        value: String, seconds: ClosedRange<Int64>
    ) throws {
        let later = HTTPHeader("Retry-After", value)
        let server = try FakeServer(.answer(503, headers: [later]), .answer(200))
        let home = try home(server)
        let start = home.clock.now()
        _ = try home.round()
        // Each round is a restart: nothing but the home's files is left of the one before.
        let due = try #require(try home.control.uploadAgenda().retryAt)
        #expect(seconds.contains((due.nanoseconds - start.nanoseconds) / 1_000_000_000))
        home.clock.jump(to: due.advanced(byNanoseconds: -1))
        if due > start { #expect(try home.round().ending == .waits(until: due)) }
        #expect(server.requests.count == 1)
        home.clock.jump(to: due)
        #expect(try home.round().batchesSent == 1)
    }

    @Test func `check 7: a reply lost after the batch was stored leads to no second copy`() throws {
        let collector = try RunningCollector()
        let losses = Once()
        let relay = try FaultyRelay(
            to: collector.port, fault: { losses.first() ? .loseReply(afterBytes: 0) : .none })
        let home = try Home(
            url: collector.url(by: relay.port), clock: ManualClock(SystemClock().now()))
        home.record(1)
        guard case .sealed(let batch, _) = try home.control.preview(),
            let json = batch.json
        else {
            Issue.record("nothing was sealed")
            return
        }
        #expect(try home.round().batchesRetried == 1)
        let stored = try collector.storedUIDs()
        #expect(try stored == uids(of: ExportLogsRequest(json: json)))
        home.clock.advance(by: .seconds(61))
        #expect(try home.round().batchesSent == 1)
        #expect(try collector.storedUIDs() == stored)
        #expect(try home.control.status().uploaded == 1)
    }

    @Test(arguments: [
        FakeReply.neverAnswer, .drip(200, body: [1, 2, 3], pause: .milliseconds(50)),
        .endlessBody,
    ])
    func `check 8: a server that does not come to an end is left`(reply: FakeReply) throws {
        let server = try FakeServer(reply)
        let home = try home(server)
        let start = ContinuousClock.now
        let summary = try home.round(timeMax: .milliseconds(400))
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(summary.batchesSent == 0)
        #expect(summary.hasFailed)
        try server.waitUntilIdle()
        let isEndless = if case .endlessBody = reply { true } else { false }
        #expect(summary.refusals == (isEndless ? ["answer_too_large": 1] : [:]))
        #expect(try home.control.status().waiting == (isEndless ? 0 : 1))
    }

    @Test(arguments: ["text/html", "application/json", ""])
    func `check 9: a wrong content type is told and changes nothing`(type: String) throws {
        let header = HTTPHeader("Content-Type", type)
        let body = Array("<html>welcome to this network</html>".utf8)
        let server = try FakeServer(.answer(200, headers: [header], body: body))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.eventsSent == 1)
        #expect(summary.warnings.first?.contains("could not be read") == true)
        try expectDone(home, server)
    }

    @Test func `check 10: a bomb in gzip is neither inflated by us nor by our collector`() throws {
        let bomb = try compress([UInt8](repeating: 0, count: 32 << 20), as: .gzip)
        let coding = HTTPHeader("Content-Encoding", "gzip")
        let server = try FakeServer(.answer(200, headers: [Self.type, coding], body: bomb))
        let home = try home(server)
        #expect(try home.round().batchesSent + home.round().batchesRejected == 1)

        let collector = try RunningCollector()
        for body in [bomb, Array(bomb.prefix(100)), [0x1F, 0x8B, 0xFF], []] {
            let reply = try HTTPClient.send(
                "POST", "/v1/logs", port: collector.port, headers: [Self.type, coding], body: body)
            #expect([400, 413].contains(reply.status), "\(body.count) bytes: \(reply.status)")
        }
        #expect(try collector.storedUIDs().isEmpty)
    }

    @Test(arguments: [
        // A length that goes beyond the end; a number that never ends; a field that nobody knows;
        // the same field twice; groups in groups.
        ([0x0A, 0x7F, 0x08], true), ([UInt8](repeating: 0xFF, count: 40), true),
        ([0xFA, 0x3F, 0x03, 1, 2, 3], false),
        ([0x0A, 0x02, 0x08, 0x01, 0x0A, 0x02, 0x08, 0x01], false),
        ([UInt8](repeating: 0x0B, count: 5000), true),
    ])
    func `check 11: odd protobuf in an answer never leads to a resend`(
        body: [UInt8], isWarned: Bool
    ) throws {
        let server = try FakeServer(.answer(200, headers: [Self.type], body: body))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.batchesSent == 1)
        #expect(summary.warnings.isEmpty != isWarned)
        try expectDone(home, server)
    }

    @Test func `check 11: odd protobuf in a request is refused or passed over by our collector`()
        throws
    {
        let collector = try RunningCollector()
        let home = try Home(url: collector.url, clock: ManualClock(SystemClock().now()))
        home.record(1)
        guard case .sealed(let batch, _) = try home.control.preview() else {
            throw TestKitError("nothing is sealed")
        }
        let whole = try decompress(batch.body, as: .gzip, outputBytesMax: 1 << 20)
        var deep = AnyValue.string("end")
        for _ in 0..<200 { deep = .kvlist([KeyValue(key: "k", value: deep)]) }
        var nested = try ExportLogsRequest(decoding: whole)
        nested.resourceLogs[0].resource.attributes.append(KeyValue(key: "deep", value: deep))
        let cases: [(body: [UInt8], status: Int)] = [
            (Array(whole.dropLast(3)), 400), (nested.encoded(), 413),
            (whole + [0xFA, 0x3F, 0x03, 1, 2, 3], 200),
        ]
        for (body, status) in cases {
            let reply = try HTTPClient.send(
                "POST", "/v1/logs", port: collector.port, headers: [Self.type], body: body)
            #expect(reply.status == status)
        }
        #expect(try collector.storedUIDs().count == 1)
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func `check 12: a redirect is refused, and its goal hears nothing`(status: Int) throws {
        let other = try FakeServer(.answer(200))
        let location = HTTPHeader("Location", other.url())
        let server = try FakeServer(.answer(status, headers: [location]))
        let home = try home(server)
        let summary = try home.round()
        #expect(summary.refusals == ["http_\(status)": 1])
        #expect(summary.problems.first?.text.contains("redirects are not followed") == true)
        #expect(other.connectionCount == 0)
        try expectDone(home, server)
    }

    @Test func `check 13: variables for proxies and exporters lead nothing elsewhere`() throws {
        let server = try FakeServer(.answer(200))
        let other = try FakeServer(.answer(200))
        let home = try Home(url: server.url(), clock: ManualClock(SystemClock().now()))
        try home.folder.write(
            #"{"telemetry": {"upload_url": "\#(server.url())"}}"#, to: "config.json")
        home.record(1)
        var environment: [String: String] = [:]
        for name in ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy"] {
            environment[name] = other.url("")
            environment[name.uppercased()] = other.url("")
        }
        for name in ["ENDPOINT", "LOGS_ENDPOINT"] {
            environment["OTEL_EXPORTER_OTLP_\(name)"] = other.url()
        }
        for name in ["HEADERS", "LOGS_HEADERS"] {
            environment["OTEL_EXPORTER_OTLP_\(name)"] = "x-secret=1"
        }
        environment["OTEL_EXPORTER_OTLP_COMPRESSION"] = "none"
        environment["OTEL_RESOURCE_ATTRIBUTES"] = "host.name=somebody"
        let result = try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", home.folder.path],
            environment: environment)
        #expect(result.status == 0)
        #expect(other.connectionCount == 0)
        let request = try #require(server.requests.first)
        #expect(request.header("content-encoding") == "gzip")
        #expect(request.header("x-secret") == nil)
        let body = try decompress(request.body, as: .gzip, outputBytesMax: 1 << 20)
        #expect(!String(decoding: body, as: UTF8.self).contains("somebody"))
    }

    @Test func `check 14: the JSON that is shown and the bytes that leave are the same records`()
        throws
    {
        let server = try FakeServer(.answer(200))
        let home = try home(server)
        guard case .sealed(let batch, _) = try home.control.preview(), let json = batch.json else {
            Issue.record("nothing was sealed")
            return
        }
        _ = try home.round()
        let body = try #require(server.requests.first?.body)
        let bytes = try decompress(body, as: .gzip, outputBytesMax: 1 << 20)
        let text = json.serialized(.compact)
        let shown = try ExportLogsRequest(json: JSONValue.parse(text))
        #expect(try shown == ExportLogsRequest(decoding: bytes))
        #expect(shown.encoded() == bytes)

        let collector = try RunningCollector()
        let reply = try HTTPClient.send(
            "POST", "/v1/logs", port: collector.port,
            headers: [HTTPHeader("Content-Type", "application/json")], body: Array(text.utf8))
        #expect(reply.status == 200)
    }
}
