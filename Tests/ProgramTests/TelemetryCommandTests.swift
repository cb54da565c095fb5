// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import Telemetry
import TestKit
import Testing

@Suite struct TelemetryCommandTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private func status(_ environment: [String: String] = [:]) throws -> JSONValue {
        let result = try arpguard(
            "telemetry", "status", "--format", "json", environment: environment)
        #expect(result.status == 0)
        return try JSONValue.parse(result.stdout)
    }

    @Test func `the first status tells in five lines that it is off, and makes nothing`() throws {
        let result = try arpguard("telemetry", "status")
        #expect(result.stdout.split(separator: "\n").count == 5)
        #expect(result.stdout.hasPrefix("telemetry is off, nothing is recorded: nobody has"))
        #expect(result.stdout.contains("arpguard telemetry enable"))
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `the status as JSON has every member of its contract`() throws {
        let names = try status().objectValue?.members.map(\.name) ?? []
        for name in [
            "enabled", "blocked_by", "blocked_sending", "withheld_properties", "installation_id",
            "upload_url", "next_upload", "events", "lost", "pending_erasures", "storage_bytes",
            "storage_path", "home", "owner", "recorders",
        ] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(try status()["installation_id"] == .null)
        #expect(try status()["blocked_by"] == ["not_asked"])
    }

    @Test func `enable without a terminal shows the terms, changes nothing and says how`() throws {
        let result = try arpguard("telemetry", "enable")
        #expect(result.status == 2)
        #expect(result.stdout.contains("feature_usage: duration_ms, feature"))
        #expect(result.stdout.contains("nowhere: recorded here only"))
        #expect(result.stderr.contains("arpguard telemetry enable --confirm"))
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `enable with reviewed terms fails once they are others`() throws {
        let shown = try arpguard("telemetry", "enable", "--format", "json")
        let digest = try #require(JSONValue.parse(shown.stdout)["digest"]?.stringValue)
        _ = try arpguard("config", "set", "telemetry.anonymize_data", "false")
        let refused = try arpguard("telemetry", "enable", "--confirm", "--terms", digest)
        #expect(refused.status == 2)
        #expect(try status()["enabled"] == false)
        _ = try arpguard("config", "set", "telemetry.anonymize_data", "true")
        #expect(try arpguard("telemetry", "enable", "--confirm", "--terms", digest).status == 0)
        #expect(try status()["enabled"] == true)
    }

    @Test func `nothing is recorded before a yes, then the replay is, without an address`() throws {
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard.folder.contents().isEmpty)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        let shown = try arpguard("telemetry", "show", "--format", "json")
        let events = try shown.stdout.split(separator: "\n").map {
            try JSONValue.parse(String($0))
        }
        let types = Set(events.compactMap { $0["event_type"]?.stringValue })
        #expect(
            types == [
                "app_start", "app_stop", "feature_usage", "detection_run", "alert_generated",
            ])
        #expect(events.allSatisfy { $0["timestamp"]?.stringValue?.hasSuffix("Z") == true })
        #expect(!shown.stdout.contains("10.66.0"))
        #expect(!shown.stdout.contains("08:00:27"))
        let one = try arpguard("telemetry", "show", "--type", "app_start", "--format", "json")
        #expect(one.stdout.split(separator: "\n").count == 1)
    }

    @Test func `an error is recorded by its type, and its file's name is nowhere`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", "secret-name.pcap").status == 2)
        let shown = try arpguard("telemetry", "show", "--type", "error")
        #expect(shown.stdout.contains("error_type=capture_missing"))
        #expect(try arpguard("telemetry", "show").stdout.contains("exit=error"))
        for name in try arpguard.folder.contents() where name.contains("telemetry/") {
            guard let bytes = try? arpguard.folder.read(name) else { continue }
            #expect(bytes.firstRange(of: Array("secret-name".utf8)) == nil, "\(name)")
        }
    }

    @Test func `a second replay after a changed gateway records config_change`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        _ = try arpguard("config", "set", "detection.gateway", "10.66.0.1")
        _ = try arpguard("replay", capture)
        let shown = try arpguard("telemetry", "show", "--type", "config_change")
        #expect(shown.stdout.contains("setting=detection.gateway"))
        #expect(!shown.stdout.contains("10.66.0.1"))
    }

    @Test
    func `a fault in the configuration keeps it off, names key and value, and replay goes on`()
        throws
    {
        try arpguard.folder.write(
            "{\"telemetry\": {\"collection_interval\": 0}}", to: "own/config.json")
        chmodOwn()
        #expect(try status()["blocked_by"] == ["configuration", "not_asked"])
        let enable = try arpguard("telemetry", "enable", "--confirm")
        #expect(enable.status == 2)
        #expect(enable.stderr.contains("telemetry.collection_interval is 0, must be 1 to 8760"))
        let replay = try arpguard("replay", capture)
        #expect(replay.status == 1)
        #expect(replay.stderr.contains("telemetry.collection_interval is 0"))
    }

    @Test func `a file that forbids is named by enable`() throws {
        _ = try arpguard("config", "set", "telemetry.enabled", "false")
        let result = try arpguard("telemetry", "enable", "--confirm")
        #expect(result.status == 2)
        #expect(result.stderr.contains("\(arpguard.home)/config.json forbids telemetry"))
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("forbids it: telemetry.enabled is false (configuration)"))
    }

    @Test func `the shell's DO_NOT_TRACK is told beside the kept yes`() throws {
        let result = try arpguard(
            "telemetry", "enable", "--confirm", environment: ["DO_NOT_TRACK": "1"])
        #expect(result.status == 0)
        #expect(result.stderr.contains("do_not_track"))
        #expect(try status(["DO_NOT_TRACK": "1"])["blocked_by"] == ["do_not_track"])
        #expect(try status()["blocked_by"] == [])
    }

    @Test func `identifiers are short for people and for reports, and whole on request`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let id = try #require(status()["installation_id"]?.stringValue)
        #expect(try !arpguard("telemetry", "status").stdout.contains(id))
        #expect(try arpguard("telemetry", "status", "--show-id").stdout.contains(id))
        let redacted = try arpguard("telemetry", "status", "--redact", "--format", "json").stdout
        #expect(!redacted.contains(id))
        #expect(!redacted.contains(arpguard.folder.path))
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
        #expect(on.stdout.contains("arpguard telemetry disable"))
        _ = try arpguard("telemetry", "disable")
        let off = try arpguard("telemetry", "delete-data", "--confirm", "--format", "json")
        #expect(try JSONValue.parse(off.stdout)["enabled"] == false)
        #expect(try !arpguard("telemetry", "delete-data", "--confirm").stdout.contains("stays on"))
    }

    @Test func `a yes says how to see and how to undo, and lists as new only what is`() throws {
        _ = try arpguard("telemetry", "disable")
        let result = try arpguard("telemetry", "enable", "--confirm")
        #expect(result.stderr.contains("arpguard telemetry show"))
        #expect(result.stderr.contains("telemetry disable"))
        #expect(!result.stdout.contains("new: "))
    }

    @Test func `another place is told to be outside of the yes, once it was given`() throws {
        let place = "https://t.example.org/v1/logs"
        #expect(try arpguard("config", "set", "telemetry.upload_url", place).stderr.isEmpty)
        _ = try arpguard("telemetry", "enable", "--confirm")
        let other = try arpguard("config", "set", "telemetry.upload_url", "https://u.example.org")
        #expect(other.stderr.contains("your yes does not cover this"))
        #expect(other.stderr.contains("arpguard telemetry enable"))
        let words = try arpguard("config", "set", "detection.gateway", "192.0.2.1").stderr
        #expect(words.isEmpty)
    }

    /// A failure is told in the same words by whatever shows what waits.
    @Test func `events that meet a failure are seen everywhere, with the reason`() throws {
        let patience = HTTPHeader("Retry-After", "600")
        let server = try FakeServer(otherwise: .answer(503, headers: [patience]))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "upload").status == 2)
        let told = try status()["unanswered"]
        let count = try #require(told?["events"]?.integerValue)
        #expect(count == (try status()["events"]?["waiting"]?.integerValue))
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
        withExtendedLifetime(lock) {}
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        #expect(try next()?.contains("are held until you run: arpguard telemetry review") == true)
    }

    @Test func `what waits for no answer to an erasure is named with its server`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "upload").status == 0)
        _ = try arpguard("replay", capture)
        let waiting = try status()["events"]?["waiting"]?.integerValue ?? 0
        let rotated = try arpguard("telemetry", "rotate-id", "--confirm").stdout
        #expect(rotated.contains("with the bytes of 1 batch, sent or not"))
        #expect(rotated.contains("what waited (\(waiting) events) stays here"))
        let origin = String(server.url().dropLast("/v1/logs".count))
        #expect(rotated.contains("not confirmed yet: the erasure at \(origin);"))
        #expect(try arpguard("telemetry", "status").stdout.contains("1, at \(origin): "))
        #expect(try status()["pending_erasure_origins"] == [.string(origin)])
    }

    @Test func `what a person dropped is not called lost`() throws {
        _ = try arpguard("config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs")
        _ = try arpguard("config", "set", "telemetry.upload_review", "manual")
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let drop = try arpguard("telemetry", "review", "--all", "--drop-type", "app_start")
        #expect(drop.stdout.contains("dropped 1 event from "))
        #expect(try status()["lost"]?["dropped_in_review"] == 1)
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
        #expect(try status()["enabled"] == true)
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
        #expect(try arpguard("replay", capture).status == 1)
        #expect(server.connectionCount == 0)
    }

    @Test func `disable also ends a transfer that is on its way`() throws {
        let server = try FakeServer(otherwise: .neverAnswer)
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        let upload = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", arpguard.home])
        defer { upload.kill() }
        _ = try server.waitForRequests(1)
        #expect(try arpguard("telemetry", "disable").status == 0)
        let end = try upload.waitForEnd(within: .seconds(10))
        #expect(end.stderr.contains("interrupted"))
    }

    @Test func `an erasure that the server does not support is not called confirmed`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(404))
        _ = try arpguard("config", "set", "telemetry.upload_url", server.url())
        _ = try arpguard("telemetry", "enable", "--confirm")
        _ = try arpguard("replay", capture)
        #expect(try arpguard("telemetry", "upload").status == 0)
        let result = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(result.stdout.contains("the server does not support it"))
        #expect(!result.stdout.contains("confirmed"))
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

    /// The home that a test made by hand is as private as one that the program made.
    private func chmodOwn() { _ = unsafe chmod(arpguard.home, 0o700) }
}
