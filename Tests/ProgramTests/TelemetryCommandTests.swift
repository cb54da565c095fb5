// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
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
        #expect(result.stdout.hasPrefix("telemetry is off (not_asked)"))
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
