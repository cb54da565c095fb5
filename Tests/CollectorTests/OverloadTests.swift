// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPServing
import Hashing
import JSON
import Modules
import OTLP
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct OverloadTests {
    @Test func `too much in flight is answered with 503 and a time to wait`() throws {
        let collector = try SampleCollector { $0.bytesInFlightMax = 4096 }
        var request = SampleRequest()
        for _ in 0..<60 { request = request.with("app_start", ("mode", .string("watch"))) }
        let reply = try collector.post(request.bytes)
        #expect(reply.status == 503)
        #expect(reply.header("Retry-After") == "30")
        #expect(
            try collector.post(SampleRequest(2, batch: 2).with("app_start").bytes).status == 200)
        #expect(try collector.metric("arpguard_collector_bytes_in_flight") == "0")
    }

    /// A request of many batches, each of which tells of the last days.
    private static func wide(batches: Int, days: Int32) -> [UInt8] {
        var message = SampleRequest(1, batch: 1).message
        for number in 1...batches {
            var request = SampleRequest(1, batch: number)
            for distance in 0..<days {
                request = request.with(
                    "alert_generated", ("alert_type", .string("arp_scan")),
                    ("severity", .string("low")), day: Day(number: today.number - distance))
            }
            message.resourceLogs += request.message.resourceLogs
        }
        return message.encoded()
    }

    @Test func `what waits for a commit is weighed by its figures, not by its bytes`() throws {
        let collector = try SampleCollector { $0.bytesInFlightMax = 2 << 20 }
        let body = Self.wide(batches: 60, days: 31)
        #expect(body.count * (1 + RequestReader.protobufBytesPerByte) < 2 << 20)
        let reply = try collector.post(body)
        #expect(reply.status == 413)
        #expect(reply.text.contains("more memory than there is for all requests"))
        #expect(try collector.post(Self.wide(batches: 10, days: 31)).status == 200)
        #expect(try collector.metric("arpguard_collector_bytes_in_flight") == "0")
    }

    @Test func `a request of too many figures is refused`() throws {
        let logs = try FlatLogs(Self.wide(batches: 4, days: 10))
        // Each day has the event, the alert and the version.
        for (figuresMax, isAdmitted) in [(120, true), (119, false)] {
            let policy = IntakePolicy(figuresMax: figuresMax)
            let decision = try? policy.decide(logs, on: today)
            #expect((decision != nil) == isAdmitted)
        }
    }

    @Test func `reading JSON takes room for the tree that it becomes`() throws {
        let collector = try SampleCollector { $0.bytesInFlightMax = 64 << 10 }
        let body = "{\"x\":[" + Array(repeating: "[]", count: 2000).joined(separator: ",") + "]}"
        let reply = try collector.post(Array(body.utf8), type: "application/json")
        #expect(reply.status == 413)
        #expect(reply.text.contains("more memory than there is for all requests"))
        let large = try SampleCollector().post(
            [UInt8](repeating: 0x20, count: IntakePolicy().jsonBytesMax + 1),
            type: "application/json")
        #expect(large.status == 413)
    }

    @Test func `erasures are limited for all alike`() throws {
        let collector = try SampleCollector { $0.erasuresPerMinuteMax = 2 }
        let statuses = try (1...3).map { try collector.erase(installation($0), secret: "x").status }
        #expect(statuses == [204, 204, 429])
        collector.clock.advance(by: .seconds(60))
        #expect(try collector.erase(installation(4), secret: "x").status == 204)
    }

    @Test func `one network can't use up the erasures of all others`() throws {
        let collector = try SampleCollector {
            $0.isBehindProxy = true
            $0.erasuresPerMinuteMax = 30
        }
        func erase(_ number: Int, from address: String) throws -> Int {
            try HTTPClient.send(
                "DELETE", "/v1/installations/\(installation(number))", port: collector.intakePort,
                headers: [
                    HTTPHeader("Authorization", "Bearer x"),
                    HTTPHeader("X-Forwarded-For", address),
                ]
            ).status
        }
        let statuses = try (1...5).map { try erase($0, from: "192.0.2.\($0)") }
        #expect(statuses == [204, 204, 204, 429, 429])
        #expect(try erase(6, from: "198.51.100.1") == 204)
        collector.clock.advance(by: .seconds(60))
        #expect(try erase(7, from: "192.0.2.1") == 204)
    }

    @Test(arguments: [
        nil, "203.0.113.9, 127.0.0.1", "203.0.113.9,::1", "127.0.0.1:5000", "unknown",
        "203.0.113.9, _hidden",
    ])
    func `where the proxy tells no network, all are of one, and that is said once`(
        forwarded: String?
    ) throws {
        let log = Monitor([String]())
        let collector = try SampleCollector(
            {
                $0.isBehindProxy = true
                $0.newPerNetworkMax = 2
            }, sink: { line in log.update { $0.append(line) } })
        let type = HTTPHeader("Content-Type", "application/x-protobuf")
        let statuses = try (1...4).map { number in
            try HTTPClient.send(
                "POST", "/v1/logs", port: collector.intakePort,
                headers: [type] + (forwarded.map { [HTTPHeader("X-Forwarded-For", $0)] } ?? []),
                body: SampleRequest(number, batch: number).with("app_start").bytes
            ).status
        }
        #expect(statuses == [200, 200, 429, 429])
        let told = log.read { $0.filter { $0.contains("X-Forwarded-For") } }
        #expect(told.count == 1, "\(told)")
        #expect(try collector.metric("arpguard_collector_unknown_networks_total") == "4")
    }

    @Test func `a network brings only so many new installations a day`() throws {
        let collector = try SampleCollector {
            $0.isBehindProxy = true
            $0.newPerNetworkMax = 2
        }
        func send(_ number: Int, from address: String) throws -> HTTPReply {
            try HTTPClient.send(
                "POST", "/v1/logs", port: collector.intakePort,
                headers: [
                    HTTPHeader("Content-Type", "application/x-protobuf"),
                    HTTPHeader("X-Forwarded-For", "10.9.8.7, \(address)"),
                ], body: SampleRequest(number, batch: number).with("app_start").bytes)
        }
        #expect(try send(1, from: "192.0.2.1").status == 200)
        #expect(try send(2, from: "192.0.2.99").status == 200)
        let refused = try send(3, from: "192.0.2.7")
        #expect(refused.status == 429)
        #expect(refused.header("Retry-After") == "30")
        #expect(try send(3, from: "198.51.100.1").status == 200)
        #expect(try send(1, from: "192.0.2.1").status == 200, "a known one is no new one")
    }

    @Test func `places are drawn anew each day`() {
        let limit = NewcomerLimit(max: 1, random: SeededRandom(seed: 3))
        func admits(_ network: Int?, on day: Day = today, taken: Int = 1) -> Bool {
            var batches = [batch("A", of: 1, [today: [:]])]
            limit.settle(limit.admit(&batches, of: network, on: day), taken: taken)
            return batches[0].admitsNew
        }
        #expect(admits(7, taken: 0), "one that was known gives its room back")
        #expect(admits(7))
        #expect(!admits(7))
        #expect(admits(nil))
        #expect(admits(7, on: Day(number: today.number + 1)))
    }

    @Test func `room that was set aside before the clock was set back is not given back after`() {
        let limit = NewcomerLimit(max: 2, random: SeededRandom(seed: 3))
        func admit(_ number: Int, _ distance: Int32) -> (NewcomerLimit.Room, Bool) {
            var batches = [batch("\(number)", of: number, [today: [:]])]
            let day = Day(number: today.number + distance)
            return (limit.admit(&batches, of: 7, on: day), batches[0].admitsNew)
        }
        let first = admit(1, 0)
        let second = admit(2, 1)
        let third = admit(3, 0)
        #expect([first, second, third].map(\.1) == [true, true, true])
        for (room, _) in [first, second] { limit.settle(room, taken: 0) }
        #expect(admit(4, 0).1)
        #expect(!admit(5, 0).1, "the third keeps its room")
    }

    @Test func `requests that come at once share what is left of the room`() {
        let limit = NewcomerLimit(max: 3, random: SeededRandom(seed: 3))
        var first = [1, 2, 1].map { batch("A\($0)", of: $0, [today: [:]]) }
        var second = [3, 4, 3].map { batch("B\($0)", of: $0, [today: [:]]) }
        let rooms = [limit.admit(&first, of: 7, on: today), limit.admit(&second, of: 7, on: today)]
        #expect(first.map(\.admitsNew) == [true, true, true])
        #expect(second.map(\.admitsNew) == [true, false, true])
        for (room, taken) in zip(rooms, [1, 1]) { limit.settle(room, taken: taken) }
        var third = [5, 6].map { batch("C\($0)", of: $0, [today: [:]]) }
        _ = limit.admit(&third, of: 7, on: today)
        #expect(third.map(\.admitsNew) == [true, false])
    }

    @Test func `one request brings no more new installations than its network may`() throws {
        let collector = try SampleCollector {
            $0.isBehindProxy = true
            $0.newPerNetworkMax = 3
        }
        var message = SampleRequest(1, batch: 1).with("app_start").message
        for number in 2...20 {
            message.resourceLogs +=
                SampleRequest(number, batch: number).with("app_start").message
                .resourceLogs
        }
        let reply = try HTTPClient.send(
            "POST", "/v1/logs", port: collector.intakePort,
            headers: [
                HTTPHeader("Content-Type", "application/x-protobuf"),
                HTTPHeader("X-Forwarded-For", "2001:db8::1"),
            ], body: message.encoded())
        #expect(reply.status == 429)
        let figures = try collector.store.storage.figures(in: today...today)
        #expect(figures.map(\.installations) == [3])
    }

    private static let canMount: Bool = {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }()

    @Test(
        .enabled(if: canMount, "the kernel gives this user no mount namespace"),
        arguments: [("32m", 503), ("96m", 200)])
    func `a collector is ready only while its disk has room`(size: String, status: Int) throws {
        let folder = try TemporaryDirectory()
        let script = """
            mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99
            exec "$3" serve --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \\
                --store "sqlite:$2/store"
            """
        let server = try RunningProcess(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, "sh", size,
                folder.path, Executables.path("arpguard-collector"),
            ])
        defer { server.kill() }
        let line = try server.waitForLine(containing: "insight ")
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        let reply = try HTTPClient.send("GET", "/readyz", port: try #require(UInt16(digits)))
        #expect(reply.status == status)
    }

    @Test func `a read-only store is not ready, answers 503, and loses nothing`() throws {
        let collector = try SampleCollector()
        #expect(try collector.admin("/readyz").status == 200)
        let first = SampleRequest(1, batch: 1).with("app_start")
        #expect(try collector.post(first.bytes).status == 200)
        let lock = try Connection(path: collector.store.path)
        try lock.execute(
            "CREATE TRIGGER no BEFORE INSERT ON batch BEGIN SELECT RAISE(FAIL, 'x'); END")
        let second = SampleRequest(2, batch: 2).with("app_start")
        #expect(try collector.post(second.bytes).status == 503)
        try lock.execute("DROP TRIGGER no")
        #expect(try collector.post(second.bytes).status == 200)
        #expect(try collector.store.storage.lines().first == "\(today) arpguard: 2")
        #expect(try collector.metric("arpguard_collector_commit_failures_total") == "1")
    }

    @Test func `metrics are Prometheus text and name no installation`() throws {
        let collector = try SampleCollector()
        for number in 1...3 {
            let request = SampleRequest(number, batch: number).with("app_start").with("fashion")
            #expect(try collector.post(request.bytes).status == 200)
            #expect(try collector.post(request.bytes).status == 200)
        }
        _ = try collector.erase(installation(1), secret: "wrong")
        let page = try collector.admin("/metrics")
        #expect(page.header("Content-Type") == "text/plain; version=0.0.4")
        for (name, value) in [
            ("records_admitted_total", "3"), ("batches_total{outcome=\"stored\"}", "3"),
            ("batches_total{outcome=\"resent\"}", "3"),
            ("left_out_total{reason=\"record.event\"}", "3"),
            ("erasures_total{outcome=\"refused\"}", "1"), ("new_installations_total", "3"),
            ("answers_total{status=\"200\"}", "6"),
        ] {
            #expect(try collector.metric("arpguard_collector_\(name)") == value, "\(name)")
        }
        #expect(!page.text.contains("00000000-"))
        for line in page.text.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.]+/) != nil, "\(line)")
        }
    }
}

@Suite struct TokenTests {
    @Test func `an admin listener with a token opens to it alone`() throws {
        let collector = try SampleCollector { $0.adminToken = "a-long-token-of-32-characters-00" }
        func status(_ authorization: String?) throws -> Int {
            let headers = authorization.map { [HTTPHeader("Authorization", $0)] } ?? []
            return try HTTPClient.send("GET", "/", port: collector.adminPort, headers: headers)
                .status
        }
        #expect(try status(nil) == 401)
        #expect(try status("Bearer a-long-token-of-32-characters-01") == 401)
        #expect(try status("Bearer a-long-token-of-32-characters-00") == 200)
        let basic = Base64.encode(Array("me:a-long-token-of-32-characters-00".utf8))
        #expect(try status("Basic \(basic)") == 200)
        #expect(try status("Basic \(Base64.encode(Array("me:x".utf8)))") == 401)
    }
}
