// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

@Suite struct InsightServerTests {
    private static func filled(
        _ configure: (inout CollectorConfiguration) -> Void = { _ in }
    ) throws -> SampleCollector {
        let collector = try SampleCollector(k: 10, configure)
        for number in 1...12 {
            var request = SampleRequest(number, batch: number)
                .with("detection_run", ("mode", .string("replay")), ("duration_ms", .int(100)))
            if number <= 3 {
                request = request.with(
                    "error", ("feature", .string("replay")),
                    ("error_type", .string("capture_truncated")))
            }
            #expect(try collector.post(request.bytes).status == 200)
        }
        return collector
    }

    @Test func `the JSON shows large groups and hides small ones`() throws {
        let json = try JSONValue.parse(Self.filled().insight())
        #expect(json["active_installations"] == 12)
        #expect(json["k"] == 10)
        #expect(json["detection_runs"]?["rows"]?.arrayValue?.count == 1)
        #expect(json["errors"] == ["rows": [], "further_rows": 0])
        #expect(json["versions"]?["rows"]?.arrayValue?[0]["version"] == "0.1.0")
    }

    @Test func `the page shows the same without a script`() throws {
        let reply = try Self.filled().admin("/")
        #expect(reply.status == 200)
        #expect(reply.header("Content-Security-Policy")?.contains("script") == false)
        #expect(reply.text.contains("<p class=\"figure\">12</p>"))
        #expect(reply.text.contains("<svg class=\"chart\""))
        #expect(!reply.text.contains("capture_truncated"))
        #expect(!reply.text.contains("<script") && !reply.text.contains("style=\""))
    }

    @Test func `a day of few installations is not told from one without any`() throws {
        let collector = try SampleCollector(k: 10)
        let request = SampleRequest(1, batch: 1).with("app_start")
        #expect(try collector.post(request.bytes).status == 200)
        let page = try collector.admin("/").text
        #expect(page.contains("Fewer than 10 on every day"))
        let empty = try SampleCollector(k: 10)
        #expect(try page == empty.admin("/").text)
        #expect(try collector.insight() == empty.insight())
    }

    @Test func `the page's links lead to a program of any name`() throws {
        let collector = try SampleCollector(k: 1)
        let name = "a&b=c d%+é"
        for (number, service) in ["arpguard", "arpguard", "arpguard", name, name].enumerated() {
            var sent = batch("\(number)", of: number, [today: ["event/app_start": 1]])
            sent.service = service
            try collector.store.storage.commit(sent)
        }
        let value = "a%26b%3Dc%20d%25%2B%C3%A9"
        #expect(try collector.admin("/").text.contains("<a href=\"/?service=\(value)\">"))
        let page = try collector.admin("/?service=\(value)").text
        #expect(page.contains("What installations of <strong>a&amp;b=c d%+é</strong>"))
        #expect(page.contains("\"/?service=\(value)&amp;from="))
        #expect(page.contains("<a href=\"/?service=arpguard\">"))
    }

    @Test(arguments: [
        ("/", 200), ("/api/v1/insight", 200), ("/api/v1/insight?from=x", 400), ("/metrics", 200),
        ("/readyz", 200),
    ])
    func `no cache keeps what the admin listener tells`(target: String, status: Int) throws {
        let reply = try SampleCollector().admin(target)
        #expect(reply.status == status)
        #expect(reply.header("Cache-Control") == "no-store")
        #expect(reply.header("X-Content-Type-Options") == "nosniff")
    }

    @Test func `the style sheet is served beside the page`() throws {
        let reply = try SampleCollector().admin("/style.css")
        #expect(reply.status == 200)
        #expect(reply.header("Content-Type") == "text/css; charset=utf-8")
    }

    @Test(arguments: [
        ("?from=2026-13-01", 400), ("?from=2026-11-02&to=2026-11-01", 400),
        ("?from=2026-11-01&to=2026-11-02", 200), ("?to=2026-11-02", 200),
        ("?from=2023-10-30&to=2026-11-02", 200), ("?from=2023-10-29&to=2026-11-02", 400),
        ("?to=2026-11-02&to=x", 400), ("?from=2026-11-01&to=2026-11-02&from=2026-11-01", 400),
        ("?from=0001-01-01&to=9999-12-31", 400), ("?days=7", 400), ("?k=2", 400),
        ("?service=other&to=2026-11-02", 200), ("?service=", 400), ("?service=&to=2026-11-02", 400),
    ])
    func `a range of days is read from the query`(query: String, status: Int) throws {
        let reply = try SampleCollector().admin("/api/v1/insight" + query)
        #expect(reply.status == status)
        if status == 200 {
            #expect(try JSONValue.parse(reply.text)["to"] == "2026-11-02")
        }
    }

    @Test(arguments: [
        ("127.0.0.1:1", 200), ("LOCALHOST", 200), ("[::1]:4319", 200), ("evil.example", 421),
        ("127.0.0.1.evil.example", 421), ("localhost.evil.example:80", 421),
    ])
    func `the admin listener answers only to names of this machine`(
        host: String, status: Int
    ) throws {
        let collector = try SampleCollector()
        let head = "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let bytes = try HTTPClient.exchange(Array(head.utf8), port: collector.adminPort)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 \(status) "))
    }

    @Test func `what has passed its time is folded on the first request of a later day`() throws {
        let collector = try Self.filled()
        collector.clock.advance(by: .seconds(86_400 * 91))
        let day = collector.clock.now().day
        var request = SampleRequest(20, batch: 20)
        request.batch = batchText(20, day: day)
        #expect(try collector.post(request.with("app_start", day: day).bytes).status == 200)
        let figures = try collector.store.storage.figures(in: today...day)
        #expect(figures.map(\.day) == [today, day])
        #expect(figures.map(\.isFolded) == [true, false])
    }

    @Test func `what has passed its time is folded also where no request comes`() throws {
        let collector = try Self.filled { $0.sweepCheckMilliseconds = 1 }
        collector.clock.advance(by: .seconds(86_400 * 91))
        let deadline = ContinuousClock.now.advanced(by: CommandRunner.deadline)
        var isFolded: [Bool] = [false]
        while isFolded != [true], ContinuousClock.now < deadline {
            isFolded = try collector.store.storage.figures(in: today...today).map(\.isFolded)
        }
        #expect(isFolded == [true])
    }
}
