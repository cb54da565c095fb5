// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

@Suite struct TelemetryCommandTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    @Test func `the first status tells in five lines that it is off, and makes nothing`() throws {
        let result = try arpguard("telemetry", "status")
        #expect(result.stdout.split(separator: "\n").count == 5)
        #expect(result.stdout.hasPrefix("telemetry is off, nothing is recorded: nobody has"))
        #expect(result.stdout.contains("\(arpguard.told) telemetry enable"))
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test func `the status as JSON has every member of its contract`() throws {
        let names = try arpguard.telemetryStatus().objectValue?.members.map(\.name) ?? []
        for name in [
            "enabled", "blocked_by", "blocked_sending", "withheld_properties",
            "terms_changes", "installation_id",
            "upload_url", "next_upload", "events", "lost", "pending_erasures", "storage_bytes",
            "storage_path", "home", "owner", "recorders",
        ] {
            #expect(names.contains(name), "\(name)")
        }
        #expect(try arpguard.telemetryStatus()["installation_id"] == .null)
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["not_asked"])
    }

    @Test func `enable without a terminal shows the terms, changes nothing and says how`() throws {
        let result = try arpguard("telemetry", "enable")
        #expect(result.status == 2)
        #expect(result.stdout.contains("feature_usage: duration_ms, feature"))
        #expect(result.stdout.contains("nowhere: recorded here only"))
        #expect(result.stderr.contains("\(arpguard.told) telemetry enable --confirm"))
        #expect(try arpguard.folder.contents().isEmpty)
    }

    @Test(arguments: [
        ("table", "\"$0\" $2 >/dev/full"), ("json", "\"$0\" $2 >/dev/full"),
        // The reader has gone before the terms come.
        ("table", "{ cat \"$3\" >/dev/null; \"$0\" $2; } | { exec <&-; echo >\"$3\"; }"),
        ("json", "{ cat \"$3\" >/dev/null; \"$0\" $2; } | { exec <&-; echo >\"$3\"; }"),
    ])
    func `terms that can't be shown are not agreed to`(format: String, script: String) throws {
        let gate = arpguard.folder.file("gate")
        try #require(unsafe mkfifo(gate, 0o600) == 0)
        let result = try CommandRunner.run(
            "/bin/sh",
            [
                "-c", script, Executables.path("arpguard"), "sh",
                "telemetry enable --confirm --format \(format)", gate,
            ], environment: ["ARPGUARD_HOME": arpguard.home])
        #expect(result.stderr.contains("error: nothing was changed: the terms can't be shown\n"))
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["not_asked"])
    }

    @Test func `a ledger that is not there is not called sound, and no head is made up`() throws {
        #expect(try arpguard("telemetry", "log", "--verify").status == 0)
        let head = try arpguard("telemetry", "log", "--head", "abc")
        #expect(head.status == 64)
        #expect(head.stderr.hasSuffix("hint: \(arpguard.told) telemetry log --verify prints it\n"))
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let removed = try CommandRunner.run(
            "/bin/sh", ["-c", "rm \"$0\"/store.sqlite*", "\(arpguard.home)/telemetry"])
        #expect(removed.status == 0)
        let result = try arpguard("telemetry", "log", "--verify")
        #expect(result.status == 1)
        #expect(
            result.stdout
                == "no row is there, though somebody has decided here: the ledger was removed\n")
        _ = try arpguard("config", "set", "telemetry.storage_path", "/dev/full")
        let none = try arpguard("telemetry", "log", "--verify")
        #expect(none.status == 2)
        #expect(none.stderr.contains("/dev/full is no folder"))
    }

    @Test func `a deletion prints the new head, and is named where one of before is looked for`()
        throws
    {
        func head(_ text: String) throws -> String {
            let words = text.split { !$0.isHexDigit }.filter { $0.count == 64 }
            return String(try #require(words.first))
        }
        _ = try arpguard("telemetry", "enable", "--confirm")
        let old = try head(arpguard("telemetry", "log", "--verify").stdout)
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        let new = try head(end.stdout)
        #expect(try arpguard("telemetry", "log", "--head", new).status == 0)
        let asked = try arpguard("telemetry", "log", "--head", old)
        #expect(asked.status == 1)
        #expect(asked.stdout.contains("a deletion began that anew at 20"), "\(asked.stdout)")
        #expect(asked.stdout.contains("or nobody here asked for that"))
        let unknown = String(repeating: "0", count: 64)
        _ = try CommandRunner.run(
            "/bin/sh", ["-c", "rm \"$0\"/store.sqlite*", "\(arpguard.home)/telemetry"])
        _ = try arpguard("telemetry", "disable")
        let cut = try arpguard("telemetry", "log", "--head", unknown)
        #expect(
            cut.stdout.hasPrefix(
                "the head is not in the ledger: rows were cut off, or it was written anew\n"))
    }

    @Test func `a yes that fails after its terms were shown leaves one whole object`() throws {
        try arpguard.folder.write("", to: "own/telemetry")
        arpguard.secureHome()
        let result = try arpguard("telemetry", "enable", "--confirm", "--format", "json")
        #expect(result.status == 2)
        #expect(try JSONValue.parse(result.stdout)["agreed"] == false)
    }

    @Test func `enable shows what goes beside the events, and keeps reviewed terms in its hint`()
        throws
    {
        let nowhere = try arpguard("telemetry", "enable").stdout
        #expect(nowhere.contains("nowhere:") && !nowhere.contains("with it:"))
        _ = try arpguard("config", "set", "telemetry.upload_url", "https://c.example.org/v1/logs")
        let json = try JSONValue.parse(arpguard("telemetry", "enable", "--format", "json").stdout)
        let digest = try #require(json["digest"]?.stringValue)
        let shown = try arpguard("telemetry", "enable", "--terms", digest)
        #expect(shown.stdout.contains("about how much was lost or dropped in review"))
        let hint = "hint: \(arpguard.told) telemetry enable --confirm --terms \(digest)"
        #expect(shown.stderr.contains(hint), "\(shown.stderr)")
    }

    @Test func `enable with reviewed terms fails once they are others`() throws {
        let shown = try arpguard("telemetry", "enable", "--format", "json")
        let digest = try #require(JSONValue.parse(shown.stdout)["digest"]?.stringValue)
        _ = try arpguard("config", "set", "telemetry.anonymize_data", "false")
        let refused = try arpguard("telemetry", "enable", "--confirm", "--terms", digest)
        #expect(refused.status == 2)
        #expect(try arpguard.telemetryStatus()["enabled"] == false)
        _ = try arpguard("config", "set", "telemetry.anonymize_data", "true")
        #expect(try arpguard("telemetry", "enable", "--confirm", "--terms", digest).status == 0)
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
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
        arpguard.secureHome()
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["configuration", "not_asked"])
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
        #expect(
            try arpguard.telemetryStatus(["DO_NOT_TRACK": "1"])["blocked_by"] == ["do_not_track"])
        #expect(try arpguard.telemetryStatus()["blocked_by"] == [])
    }

    @Test func `identifiers are short for people and for reports, and whole on request`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        let id = try #require(arpguard.telemetryStatus()["installation_id"]?.stringValue)
        #expect(try !arpguard("telemetry", "status").stdout.contains(id))
        #expect(try arpguard("telemetry", "status", "--show-id").stdout.contains(id))
        for words in [["--format", "json"], [], ["--show-id"]] {
            let redacted = try arpguard(["telemetry", "status", "--redact"] + words).stdout
            #expect(!redacted.contains(id))
            #expect(!redacted.contains(arpguard.folder.path))
        }
    }

    @Test func `what a yes means is read before that it was taken`() throws {
        let result = try CommandRunner.run(
            "/bin/sh",
            ["-c", "\"$0\" telemetry enable --confirm 2>&1", Executables.path("arpguard")],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let lines = result.stdout.split(separator: "\n")
        #expect(lines.first?.hasPrefix("A yes lets this program record") == true)
        #expect(lines.last?.hasPrefix("arpguard: telemetry is on") == true)
    }

    @Test func `what is wrong is told without the person's folder if asked for so`() throws {
        _ = try arpguard("telemetry", "enable", "--confirm")
        try arpguard.folder.write("{", to: "own/telemetry/erasures.json")
        try arpguard.folder.write("{", to: "own/config.json")
        let (text, json) = (
            try arpguard("telemetry", "status", "--redact").stdout,
            try arpguard("telemetry", "status", "--redact", "--format", "json").stdout
        )
        for shown in [text, json] {
            #expect(!shown.contains(arpguard.folder.path), "\(shown)")
            #expect(shown.contains("~/own/config.json"))
            #expect(shown.contains("~/own/telemetry/erasures.json"))
        }
    }

    @Test func `a report to others tells no folder's name, no path of a URL and no faulty value`()
        throws
    {
        let home = arpguard.folder.file("anna.smith/her guard")
        let environment = ["ARPGUARD_HOME": home, "HOME": arpguard.folder.file("root")]
        let url = "HTTPS://t.example.org/secret/v1/logs"
        try arpguard.folder.write("", to: "anna.smith/other")
        for words in [
            ["config", "set", "telemetry.upload_url", url], ["telemetry", "enable", "--confirm"],
        ] {
            #expect(try arpguard(words, environment: environment).status == 0)
        }
        func reports() throws -> [String] {
            try [[], ["--format", "json"]].map { format in
                let words = ["telemetry", "status", "--redact"] + format
                let end = try arpguard(words, environment: environment)
                return end.stdout + end.stderr
            }
        }
        for report in try reports() {
            #expect(!report.contains("anna.smith") && !report.contains("secret"), "\(report)")
            #expect(report.contains("HTTPS://t.example.org/..."))
            #expect(report.contains(".../her guard"))
        }
        try arpguard.folder.write(
            #"{"telemetry": {"upload_url": "https://anna:pass@10.1.2.3/v1/logs?token=abc"}}"#,
            to: "anna.smith/her guard/config.json")
        for report in try reports() {
            #expect(report.contains("telemetry.upload_url: must be"), "\(report)")
            for word in ["anna", "pass", "10.1.2.3", "token"] { #expect(!report.contains(word)) }
        }
    }

    @Test func `a yes says how to see and how to undo, and lists as new only what is`() throws {
        _ = try arpguard("telemetry", "disable")
        let result = try arpguard("telemetry", "enable", "--confirm")
        #expect(result.stderr.contains("\(arpguard.told) telemetry show"))
        #expect(result.stderr.contains("telemetry disable"))
        #expect(!result.stdout.contains("new: "))
    }

    @Test func `another place is told to be outside of the yes, once it was given`() throws {
        let place = "https://t.example.org/v1/logs"
        #expect(try arpguard("config", "set", "telemetry.upload_url", place).stderr.isEmpty)
        _ = try arpguard("telemetry", "enable", "--confirm")
        let other = try arpguard("config", "set", "telemetry.upload_url", "https://u.example.org")
        #expect(other.stderr.contains("your yes does not cover this"))
        #expect(other.stderr.contains("\(arpguard.told) telemetry enable"))
        let words = try arpguard("config", "set", "detection.gateway", "192.0.2.1").stderr
        #expect(words.isEmpty)
    }

    /// A failure is told in the same words by whatever shows what waits.
}
