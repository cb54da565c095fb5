// SPDX-License-Identifier: Apache-2.0

import JSON
import Program
import TestKit
import Testing

/// What a person sees of the request before it leaves, and what they can do about it.
@Suite struct ReviewCommandTests {
    let arpguard: Arpguard
    let server: FakeServer
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws {
        arpguard = try Arpguard()
        server = try FakeServer(.answer(200))
        for setting in [["upload_url", server.url()], ["max_events_per_batch", "4"]] {
            let set = try arpguard("config", "set", "telemetry.\(setting[0])", setting[1])
            try #require(set.status == 0, "\(set.stderr)")
        }
    }

    private func hold() throws {
        #expect(try arpguard("config", "set", "telemetry.upload_review", "manual").status == 0)
    }

    /// Says yes and records the events of one run.
    private func record() throws {
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        _ = try arpguard("replay", capture)
    }

    private func lines(_ result: CommandResult) throws -> [JSONValue] {
        #expect(result.status == 0, "\(result.stderr)")
        return try result.stdout.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    @Test func `while nothing may leave what waits is shown, marked, with how much more waits`()
        throws
    {
        try record()
        let waiting = try arpguard.telemetryStatus()["events"]?["waiting"]?.integerValue ?? 0
        let next = try arpguard("telemetry", "preview").stdout
        let off = ["DO_NOT_TRACK": "1"]
        let shown = try arpguard("telemetry", "preview", environment: off)
        #expect(shown.stdout == next)
        #expect(shown.stderr.contains("nothing would leave: "))
        #expect(shown.stderr.contains("this is a request that was sealed before, and waits"))
        let more = "\(waiting - 4) events more wait"
        #expect(shown.stderr.contains(more), "\(shown.stderr)")
        let words = ["telemetry", "preview", "--format", "json"]
        #expect(try lines(arpguard(words, environment: off)).map { $0["sealed"] } == [true])
        let elsewhere = "https://elsewhere.example.org/v1/logs"
        _ = try arpguard("config", "set", "telemetry.upload_url", elsewhere)
        let unsealed = try arpguard(words)
        #expect(try lines(unsealed).map { $0["sealed"] } == [false])
        #expect(unsealed.stderr.contains(more), "\(unsealed.stderr)")
    }

    private func list() throws -> [JSONValue] {
        try lines(arpguard("telemetry", "review", "--list", "--format", "json"))
    }

    /// The headers between the request line and the empty line, for each request that was printed.
    private func headers(in text: String) -> [[String]] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .split(whereSeparator: { $0.hasPrefix("POST ") }).dropFirst()
            .map { $0.prefix { !$0.isEmpty }.map(String.init) }
    }

    @Test func `preview prints every header and byte that the server then receives`() throws {
        try record()
        let shown = try arpguard("telemetry", "preview")
        let raw = try arpguard("telemetry", "preview", "--raw")
        #expect(try arpguard("telemetry", "upload").status == 0)
        let request = try #require(server.requests.first)
        #expect(shown.stdout.contains("# to \(server.url())"))
        #expect(shown.stdout.contains("\(request.method) \(request.target) HTTP/1.1"))
        #expect(headers(in: shown.stdout) == [request.headers.map(\.description)])
        #expect(raw.stdoutBytes == request.body)
    }

    @Test func `a dry run prints all requests as they then arrive, and sends nothing`() throws {
        try record()
        let shown = try arpguard("telemetry", "upload", "--dry-run")
        let objects = try lines(
            arpguard("telemetry", "upload", "--dry-run", "--format", "json"))
        #expect(shown.stderr.contains("nothing was sent"))
        #expect(server.connectionCount == 0)
        #expect(try arpguard("telemetry", "upload").status == 0)
        let requests = server.requests
        #expect(requests.count > 1)
        #expect(headers(in: shown.stdout) == requests.map { $0.headers.map(\.description) })
        for (object, request) in zip(objects, requests) {
            #expect(object["url"]?.stringValue == server.url())
            let headers = (object["headers"]?.arrayValue ?? []).map {
                HTTPHeader($0["name"]?.stringValue ?? "", $0["value"]?.stringValue ?? "")
            }
            #expect(headers == request.headers)
            #expect(object["body_bytes"]?.integerValue == Int64(request.body.count))
            let digest = try CommandRunner.run("/usr/bin/sha256sum", stdin: request.body)
            #expect(object["sha256"]?.stringValue == String(digest.stdout.prefix(64)))
            #expect(shown.stdout.contains(digest.stdout.prefix(64)))
        }
    }

    @Test func `held batches go only when they are released, by flags`() throws {
        try hold()
        try record()
        let upload = try arpguard("telemetry", "upload", "--format", "json")
        #expect(upload.status == 0)
        #expect(try JSONValue.parse(upload.stdout)["ending"]?.stringValue == "held")
        #expect(server.connectionCount == 0)
        let listed = try list()
        #expect(listed.count > 1)
        #expect(listed.allSatisfy { $0["state"]?.stringValue == "held" })
        let first = try #require(listed.first?["batch"]?.stringValue)
        let released = try lines(
            arpguard("telemetry", "review", "--batch", first, "--release", "--format", "json"))
        #expect(released.first?["done"]?.stringValue == "released")
        #expect(try arpguard("telemetry", "upload").status == 0)
        #expect(server.requests.count == 1)
        #expect(try arpguard("telemetry", "review", "--all", "--release").status == 0)
        #expect(try arpguard("telemetry", "upload").status == 0)
        #expect(server.requests.count == listed.count)
    }

    @Test func `an event that is dropped by a flag does not leave`() throws {
        try hold()
        try record()
        let first = try #require(try list().first)
        let uid = try #require(first["batch"]?.stringValue)
        let dropped = try lines(
            arpguard(
                "telemetry", "review", "--batch", uid, "--drop-event", "1", "--drop-event", "2",
                "--format", "json"))
        #expect(dropped.first?["dropped"]?.integerValue == 2)
        let before = try #require(first["events"]?.integerValue)
        #expect(dropped.first?["events"]?.integerValue == before - 2)
        let successor = try #require(dropped.first?["successor"]?.stringValue)
        #expect(try list().first { $0["batch"]?.stringValue == successor }?["events"] == 2)
        let again = try arpguard("telemetry", "review", "--batch", uid, "--release")
        #expect(again.status == 2)
        #expect(again.stderr.contains("hint: "))
    }

    @Test(arguments: [
        ["--release"], ["--all", "--drop-event", "1"], ["--all", "--release", "--withhold"],
        ["--all"], ["--all", "--batch", "x", "--release"], ["--list", "--release", "--all"],
        ["--list", "--batch", "x"], ["--all", "--drop-type", "foo"],
    ])
    func `what is not clear is an error of usage and changes nothing`(flags: [String]) throws {
        try hold()
        try record()
        let before = try list()
        let result = try CommandRunner.run(
            Executables.path("arpguard"), ["telemetry", "review"] + flags,
            environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.status == 64)
        #expect(try list() == before)
    }

    @Test func `all that is meant and is none is told, not passed over`() throws {
        try hold()
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let none = try arpguard("telemetry", "review", "--all", "--release")
        #expect(none.status == 0)
        #expect(none.stderr == "arpguard: nothing waits to be uploaded\n")
        try record()
        let before = try list()
        let type = try arpguard("telemetry", "review", "--all", "--drop-type", "config_change")
        #expect(type.status == 0)
        let told = "arpguard: no batch that waits holds an event of type config_change\n"
        #expect(type.stderr == told)
        #expect(try list() == before)
    }

    @Test func `a dialogue on a terminal lists, looks, drops, withholds and releases`() throws {
        try hold()
        try record()
        let before = try list()
        let type = try #require(before.first?["types"]?.objectValue?.members.first?.name)
        let orders = [
            "look 1", "drop 1 1", "nonsense", "drop 1 \(type)", "withhold 2", "release all", "quit",
        ]
        let result = try CommandRunner.run(
            "/usr/bin/script",
            [
                "--quiet", "--return", "--command",
                "'\(Executables.path("arpguard"))' telemetry review", "/dev/null",
            ], environment: ["ARPGUARD_HOME": arpguard.home, "TERM": "dumb"],
            stdin: Array(orders.map { $0 + "\n" }.joined().utf8))
        #expect(result.status == 0, "\(result.stdout)")
        #expect(result.stdout.contains("POST /v1/logs HTTP/1.1"))
        #expect(result.stdout.contains("dropped 1 event from "))
        #expect(result.stdout.contains("the order was not understood"))
        #expect(result.stdout.contains("never leaves: "))
        #expect(try list().allSatisfy { $0["state"]?.stringValue == "released" })
        #expect(try arpguard("telemetry", "upload").status == 0)
        let status = try arpguard.telemetryStatus()
        #expect(status["lost"]?["dropped_in_review"]?.integerValue ?? 0 >= 1)
        #expect(status["events"]?["kept_here"]?.integerValue ?? 0 >= 1)
        #expect(status["events"]?["held"] == 0)
    }
}
