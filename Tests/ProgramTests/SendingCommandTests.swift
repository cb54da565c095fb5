// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import TestKit
import Testing

@Suite struct SendingCommandTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    /// Agrees to send to a server, records what a capture gives, and sends it.
    private func send(to server: FakeServer) throws {
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "upload").status == 0)
    }

    @Test func `preview without a place to send shows a sample, marked as such`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let result = try arpguard("telemetry", "preview", "--format", "json")
        #expect(result.status == 0)
        #expect(try JSONValue.parse(result.stdout)["sealed"] == false)
        #expect(result.stderr.contains("configuration"))
        #expect(try arpguard("telemetry", "preview", "--raw").status == 2)
    }

    @Test func `preview without a place to send shows what is stored, and seals nothing`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let result = try arpguard("telemetry", "preview")
        #expect(result.stdout.contains("alert_generated"))
        #expect(result.stdout.contains("T00:00:00Z"))
        #expect(result.stderr.contains("what is stored, not sealed"))
        #expect(result.stderr.contains("no later yes sends it"))
        let json = try JSONValue.parse(arpguard("telemetry", "preview", "--format", "json").stdout)
        #expect(json["sealed"] == false)
        #expect(try !arpguard("telemetry", "log").stdout.contains("batch_sealed"))
    }

    @Test func `a deletion that leaves telemetry on says so, and how to end it`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let on = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(on.stdout.contains("telemetry stays on"))
        #expect(on.stdout.contains("\(arpguard.told) telemetry disable"))
        _ = try arpguard("telemetry", "disable")
        let off = try arpguard("telemetry", "delete-data", "--confirm", "--format", "json")
        #expect(try JSONValue.parse(off.stdout)["enabled"] == false)
        #expect(try !arpguard("telemetry", "delete-data", "--confirm").stdout.contains("stays on"))
    }

    @Test func `events that meet a failure are seen everywhere, with the reason`() throws {
        let patience = HTTPHeader("Retry-After", "600")
        let server = try FakeServer(otherwise: .answer(503, headers: [patience]))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "upload").status == 2)
        let told = try arpguard.telemetryStatus()["unanswered"]
        let count = try #require(told?["events"]?.integerValue)
        #expect(count == (try arpguard.telemetryStatus()["events"]?["waiting"]?.integerValue))
        #expect(told?["reason"]?.stringValue == "the server answered 503")
        let (since, next) = (told?["since"]?.stringValue ?? "", told?["not_before"]?.stringValue)
        let sentence =
            "\(count) events are being retried since \(since), next not before \(next ?? ""): the "
            + "server answered 503"
        #expect(try arpguard("telemetry", "status").stdout.contains(sentence))
        let review = try arpguard("telemetry", "review", "--list")
        #expect(review.stderr.contains("nothing waits for a decision: \(sentence)"))
        #expect(try arpguard("telemetry", "upload", "--dry-run").stderr.contains(sentence))
        let again = try arpguard("telemetry", "upload")
        #expect(again.status == 0)
        #expect(again.stderr.contains(sentence))
    }

    @Test func `what is due is told with who sends it, and what keeps it here`() throws {
        func next() throws -> String? {
            try arpguard("telemetry", "status").stdout.split(separator: "\n").map(String.init)
                .first { $0.hasPrefix("next upload") }
        }
        _ = try arpguard("telemetry", "enable", "--confirm")
        #expect(try next()?.hasSuffix("none: sending is blocked") == true)
        _ = try arpguard("config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try next()?.contains(", once a watch runs here, or by: arpguard") == true)
        try arpguard.folder.write("", to: "own/watch.lock")
        let lock = try #require(try RealFileSystem().lock(arpguard.home + "/watch.lock"))
        #expect(try next()?.contains(", by the watch that runs here, or by: arpguard") == true)
        // This one says nothing of the gateway.
        #expect(try next()?.contains("none by itself now: the watch of this home") == true)
        #expect(try arpguard.telemetryStatus()["upload_hold"] == "unknown")
        withExtendedLifetime(lock) {}
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        let held = "are held until you run: \(arpguard.told) telemetry review"
        #expect(try next()?.contains(held) == true)
    }

    private func nextUpload() throws -> String {
        let lines = try arpguard("telemetry", "status").stdout.split(separator: "\n")
        return String(lines.first { $0.hasPrefix("next upload") } ?? "")
    }

    @Test func `what no upload gets by is told beforehand: the day's bytes`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        for (key, value) in [
            ("upload_url", server.url()), ("upload_bytes_per_day_max", "1024"),
            ("max_events_per_batch", "8"),
        ] {
            _ = try arpguard("config", "set", "telemetry.\(key)", value)
        }
        _ = try arpguard("telemetry", "enable", "--confirm")
        for _ in 0..<3 { _ = try arpguard("replay", capture) }
        #expect(try arpguard.telemetryStatus()["budget_spent"] == false)
        for _ in 0..<2 {
            let told = try arpguard("telemetry", "upload").stderr
            #expect(told.contains("today's bytes are used up"), "\(told)")
            #expect(try nextUpload().hasSuffix("; today's bytes are used up"))
            #expect(try arpguard.telemetryStatus()["budget_spent"] == true)
        }
    }

    @Test func `what no upload gets by is told beforehand: a server's wish`() throws {
        let patience = HTTPHeader("Retry-After", "600")
        let server = try FakeServer(otherwise: .answer(429, headers: [patience]))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard.telemetryStatus()["batches_not_before"] == .null)
        _ = try arpguard("telemetry", "upload")
        let wish = try #require(
            try arpguard.telemetryStatus()["batches_not_before"]?.stringValue)
        #expect(try nextUpload().hasSuffix("; nothing before \(wish), as the server wished"))
        let again = try arpguard("telemetry", "upload").stderr
        #expect(again.contains("not before \(wish): the server answered 429; run it again then"))
    }

    @Test func `what waits for no answer to an erasure is named with its server`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        try send(to: server)
        _ = try arpguard("replay", capture)
        let waiting = try arpguard.telemetryStatus()["events"]?["waiting"]?.integerValue ?? 0
        let end = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(end.stderr.contains("the identifier is a new one; now the collector is asked"))
        let rotated = end.stdout
        #expect(rotated.contains("the old identifier is kept only to ask for its erasure"))
        #expect(rotated.contains("deleted the bytes of 1 batch that bore it, sent or not"))
        #expect(rotated.contains("what waited (\(waiting) events) stays here"))
        let origin = String(server.url().dropLast("/v1/logs".count))
        #expect(rotated.contains("not confirmed yet: the erasure at \(origin);"))
        #expect(try arpguard("telemetry", "status").stdout.contains("1, at \(origin): "))
        #expect(try arpguard.telemetryStatus()["pending_erasure_origins"] == [.string(origin)])
    }

    @Test func `an identifier whose erasure is confirmed is kept for nothing`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server)
        let rotated = try arpguard("telemetry", "rotate-id", "--confirm").stdout
        #expect(rotated.contains("the collector confirmed the erasure"), "\(rotated)")
        #expect(rotated.contains("the old identifier is forgotten here"), "\(rotated)")
        #expect(!rotated.contains("kept only"), "\(rotated)")
    }

    @Test func `a deletion tells what it did before it waits for an answer`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        try send(to: server)
        let recorded = try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
        let told = try arpguard("telemetry", "delete-data", "--confirm").stderr
        #expect(told.contains("deleted \(recorded) events here; now the collector is asked"))
    }

    @Test(arguments: [["telemetry", "show"], ["replay", "--sample"]])
    func `a deletion that fails on its way says that it goes on, and the next command ends it`(
        next words: [String]
    ) throws {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server)
        do {
            let path = "\(arpguard.home)/telemetry/erasures.lock"
            let lock = try #require(try RealFileSystem().lock(path))
            let end = try arpguard("telemetry", "delete-data", "--confirm")
            #expect(end.status == 2)
            let goesOn = "; what is here is deleted, or will be by the next command"
            #expect(end.stderr.contains(goesOn), "\(end.stderr)")
            withExtendedLifetime(lock) {}
        }
        let next = try arpguard(words)
        #expect(next.stderr.contains("delete-data is done now: deleted"), "\(next.stderr)")
        let recorded = try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
        #expect((recorded > 0) == (words == ["replay", "--sample"]), "recorded after it, and kept")
    }

    @Test func `what a person dropped is not called lost`() throws {
        _ = try arpguard("config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs")
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let drop = try arpguard("telemetry", "review", "--all", "--drop-type", "app_start")
        #expect(drop.stdout.contains("dropped 1 event from "))
        #expect(try arpguard.telemetryStatus()["lost"]?["dropped_in_review"] == 1)
        let rows = try arpguard("telemetry", "status").stdout.split(separator: "\n")
        #expect(rows.contains { $0.hasPrefix("lost ") && $0.hasSuffix(" none") })
        #expect(rows.contains { $0.hasPrefix("dropped ") && $0.hasSuffix(" 1 by you, in review") })
    }

    @Test func `delete-data must be confirmed`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let refused = try arpguard("telemetry", "delete-data")
        #expect(refused.status == 2)
        #expect(refused.stderr.contains("--confirm"))
        #expect(try !arpguard("telemetry", "show").stdout.isEmpty)
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        #expect(try arpguard("telemetry", "show").stdout.isEmpty)
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    @Test func `nobody is told that somebody opted out`() throws {
        let server = try FakeServer(.answer(200))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "disable").status == 0)
        let upload = try arpguard("telemetry", "upload")
        #expect(upload.status == 0)
        #expect(upload.stderr.contains("withdrawn"))
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("to remove it:  \(arpguard.told) telemetry delete-data\n"))
        #expect(try arpguard("replay", capture).status == 1)
        #expect(server.connectionCount == 0)
    }

    @Test func `disable also ends a transfer that is on its way`() throws {
        let server = try FakeServer(otherwise: .neverAnswer)
        let upload = try arpguard.uploading(capture, to: server)
        defer { upload.kill() }
        #expect(try arpguard("telemetry", "disable").status == 0)
        let end = try upload.waitForEnd(within: .seconds(10))
        #expect(end.stderr.contains("cut off"))
        let shown = try arpguard("telemetry", "status").stdout
        #expect(shown.contains("whose sending had begun when their yes ended"), "\(shown)")
        #expect(shown.contains(" 0 kept here only"), "\(shown)")
    }

    @Test func `an erasure that a server puts off is told with its time`() throws {
        let server = try FakeServer(
            .answer(200), otherwise: .answer(503, headers: [HTTPHeader("Retry-After", "86400")]))
        try send(to: server)
        let deletion = try arpguard("telemetry", "delete-data", "--confirm")
        let upload = try arpguard("telemetry", "upload")
        #expect(upload.stderr.contains("1 erasure not asked for before 20"), "\(upload.stderr)")
        let shown = try arpguard("telemetry", "status")
        let time = try #require(
            try arpguard.telemetryStatus()["erasures_not_before"]?.stringValue)
        for text in [deletion.stdout, shown.stdout] { #expect(text.contains("from \(time) on")) }
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test func `an erasure that the server does not support is not called confirmed`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(404))
        try send(to: server)
        let result = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(result.stdout.contains("the server does not support it"))
        #expect(!result.stdout.contains("confirmed"))
        let origin = String(server.url().dropLast("/v1/logs".count))
        let shown = try arpguard("telemetry", "status").stdout
        #expect(shown.contains("what was sent to \(origin): the server does not support erasure"))
        #expect(try arpguard.telemetryStatus()["unsupported_erasure_origins"] == [.string(origin)])
    }

    @Test(arguments: ["delete-data", "rotate-id"])
    func `where no erasure may be asked for, none is promised`(command: String) throws {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server)
        let silent = ["DO_NOT_TRACK": "1"]
        let result = try arpguard("telemetry", command, "--confirm", environment: silent)
        let shown = try arpguard("telemetry", "status", environment: silent)
        for text in [result.stdout, shown.stdout] {
            #expect(text.contains("not asked for from here: DO_NOT_TRACK is set"))
            #expect(!text.contains("ask again"))
        }
        #expect(try arpguard.telemetryStatus(silent)["blocked_erasing"] == ["do_not_track"])
        let dry = try arpguard("telemetry", "upload", "--dry-run", environment: silent)
        #expect(!dry.stdout.contains("DELETE"))
        #expect(dry.stderr.contains("no erasure would be asked for: DO_NOT_TRACK is set"))
        #expect(try arpguard("telemetry", "upload", "--dry-run").stdout.contains("DELETE http"))
        #expect(server.requests.map(\.method) == ["POST"])
    }

    @Test(arguments: ["delete-data", "rotate-id"])
    func `beside a damaged list of erasures nothing is said to be known that is not`(
        command: String
    ) throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let sound = try arpguard("telemetry", command, "--confirm")
        #expect(sound.stdout.contains("nothing was sent under the identifier that ended"))
        try arpguard.folder.write("{", to: "own/telemetry/erasures.json")
        let result = try arpguard("telemetry", command, "--confirm")
        #expect(result.status == 0)
        #expect(!result.stdout.contains("nothing was sent"))
        #expect(result.stdout.contains("is not known: a damaged list of pending erasures"))
        let json = try arpguard("telemetry", command, "--confirm", "--format", "json")
        let error = try JSONValue.parse(json.stdout)["erasures_error"]?.stringValue
        #expect(error?.contains("erasures.damaged.json") == true)
    }

    @Test func `a home that can't be written is told, and replay works without it`() throws {
        let file = try arpguard.folder.write("in the way", to: "blocked")
        let home = ["ARPGUARD_HOME": "\(file)/home"]
        let enable = try arpguard("telemetry", "enable", "--confirm", environment: home)
        #expect(enable.status == 2)
        #expect(enable.stderr.contains("hint: "))
        #expect(try arpguard("replay", capture, environment: home).status == 1)
    }
}
