// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import SQLite
import TestKit
import Testing

/// What a person is told to do, and what can't be had.
@Suite struct AdviceTests {
    private static let noErasure = "telemetry.upload_url does not end in /v1/logs"

    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private func run(_ words: String...) throws {
        let end = try arpguard(words)
        #expect(end.status == 0, "\(words): \(end.stderr)")
    }

    @Test func `status names what lifts each cause, before a decision and after it`() throws {
        let quiet = ["DO_NOT_TRACK": "1"]
        let before = try arpguard(["telemetry", "status"], environment: quiet).stdout
        #expect(before.contains("a yes records nothing here before:  unset DO_NOT_TRACK"))
        try run("telemetry", "enable", "--confirm")
        try run("telemetry", "disable")
        let after = try arpguard("telemetry", "status").stdout
        #expect(after.contains("to record:  \(arpguard.told) telemetry enable"), "\(after)")
        let both = try arpguard(["telemetry", "status"], environment: quiet).stdout
        #expect(
            both.contains("to record:  unset DO_NOT_TRACK, then \(arpguard.told) telemetry enable"),
            "\(both)")
        try run("telemetry", "enable", "--confirm")
        #expect(try !arpguard("telemetry", "status").stdout.contains("to record:"))
    }

    @Test(arguments: [
        ("https://t.example.org", false), ("https://t.example.org/v1/traces", false),
        ("https://t.example.org/v1/logs", true), ("https://t.example.org/v1/logs/", true),
    ])
    func `where nobody can be asked to erase, no text says that somebody is`(
        url: String, isErasable: Bool
    ) throws {
        let set = try arpguard("config", "set", "telemetry.upload_url", url)
        #expect(
            set.stderr.contains("what the server does not take is lost") == !url.hasSuffix("logs"))
        let asked = try arpguard("telemetry", "enable", "--confirm")
        #expect(asked.stdout.contains("and asks the collector to erase it") == isErasable)
        #expect(asked.stdout.contains(Self.noErasure) == !isErasable, "\(asked)")
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("no erasure") == !isErasable, "\(status)")
        let below = isErasable ? "https://t.example.org/v1/installations" : nil
        #expect(try arpguard.telemetryStatus()["erasure_url"]?.stringValue == below)
    }

    @Test func `who configures a place from which nothing is erased is told so under a yes`() throws
    {
        let url = "https://t.example.org"
        let set = ["config", "set", "telemetry.upload_url"]
        #expect(try !arpguard(set + [url]).stderr.contains("can't be erased"))
        try run("config", "set", "telemetry.upload_url", url + "/v1/logs")
        try run("telemetry", "enable", "--confirm")
        let after = try arpguard(set + [url]).stderr
        #expect(after.contains("what is sent from now on can't be erased"), "\(after)")
        #expect(after.contains(Self.noErasure), "\(after)")
        try run("config", "set", "telemetry.erasure_url", url + "/erase")
        #expect(try !arpguard(set + [url]).stderr.contains("can't be erased"))
        let unset = try arpguard("config", "unset", "telemetry.erasure_url").stderr
        #expect(unset.contains("can't be erased"), "\(unset)")
    }

    @Test func `what is not one's own alone is made so, and no decision thrown away`() throws {
        try run("telemetry", "enable", "--confirm")
        let folder = arpguard.folder.file("own/telemetry")
        try #require(unsafe chmod(folder, 0o770) == 0)
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("to record:  let nobody but its owner write to "), "\(status)")
        #expect(!status.contains("disable"), "\(status)")
        try #require(unsafe chmod(folder, 0o700) == 0)
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    @Test func `events that are held are told of as such where nothing else is in the way`() throws
    {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try run("config", "set", "telemetry.upload_review", "manual")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let line = "held events leave once you let them"
        #expect(try arpguard("telemetry", "status").stdout.contains(line))
        let quiet = try arpguard(["telemetry", "status"], environment: ["DO_NOT_TRACK": "1"])
        #expect(!quiet.stdout.contains(line))
        #expect(try !arpguard("telemetry", "preview").stderr.contains("next request"))
    }

    @Test func `a yes to keep it here speaks of no collector`() throws {
        #expect(try !arpguard("telemetry", "enable", "--confirm").stdout.contains("collector"))
    }

    @Test(arguments: [["--raw"], ["--format", "json"], []])
    func `a preview says how much more waits than it shows`(flags: [String]) throws {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try run("config", "set", "telemetry.max_events_per_batch", "1")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let waiting = try arpguard.telemetryStatus()["events"]?["waiting"]?.integerValue ?? 0
        try #require(waiting > 2)
        let told = try arpguard(["telemetry", "preview"] + flags).stderr
        #expect(told.contains("\(waiting - 1) events more wait"), "\(told)")
    }

    @Test func `a store that another process has locked is no full disk`() throws {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let store = try Connection(
            path: arpguard.folder.file("own/telemetry/store.sqlite"), mode: .readWrite)
        try store.execute("BEGIN IMMEDIATE")
        let told = try arpguard("telemetry", "preview")
        #expect(told.status == 2)
        #expect(told.stderr.contains("hint: another process has it locked; try again"), "\(told)")
    }

    @Test func `what was erased and what can't be are both told`() throws {
        let server = try FakeServer(.answer(200), .answer(404), otherwise: .answer(200))
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
        try run("config", "set", "telemetry.upload_url", server.url("/"))
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard("telemetry", "upload").status == 2)
        let told = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(told.contains("the collector confirmed the erasure"), "\(told)")
        #expect(told.contains("some of what was sent can't be erased elsewhere"), "\(told)")
        #expect(server.requests.map(\.method) == ["POST", "POST", "DELETE"])
    }

    @Test(arguments: [
        (404, ("what was sent to ", " is not erased: ")),
        (503, ("not confirmed yet: the erasure at ", "; ")),
    ])
    func `of two collectors each is named with what it said`(
        status: Int, words: (String, String)
    ) throws {
        let yes = try FakeServer(.answer(200), otherwise: .answer(204))
        let no = try FakeServer(.answer(200), otherwise: .answer(status))
        for server in [yes, no] {
            try run("config", "set", "telemetry.upload_url", server.url())
            try run("telemetry", "enable", "--confirm")
            #expect(try arpguard("replay", capture).status == 1)
            try run("telemetry", "upload")
        }
        let told = try arpguard("telemetry", "delete-data", "--confirm").stdout
        let origins = [yes, no].map { $0.url().replacing("/v1/logs", with: "") }
        #expect(told.contains("the collector confirmed the erasure at \(origins[0])"), "\(told)")
        #expect(told.contains("\(words.0)\(origins[1])\(words.1)"), "\(told)")
    }

    @Test(arguments: [false, true], [false, true])
    func `why nobody can be asked to erase is one reason, and the true one`(
        isLost: Bool, isJSON: Bool
    ) throws {
        let server = try FakeServer(otherwise: .answer(200))
        try run("config", "set", "telemetry.upload_url", server.url(isLost ? "/v1/logs" : "/"))
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
        if isLost {
            try arpguard.folder.write("", to: "own/telemetry/consent.json")
            try run("telemetry", "enable", "--confirm")
        } else {
            try run("config", "set", "telemetry.upload_url", server.url())
        }
        let form = isJSON ? "json" : "table"
        let told = try arpguard("telemetry", "delete-data", "--confirm", "--format", form).stdout
        if isJSON {
            let reasons = try JSONValue.parse(told)["erasure_impossible_because"]
            #expect(reasons == [isLost ? "right_lost" : "no_place"], "\(told)")
        } else {
            #expect(told.contains("the record of the consent") == isLost, "\(told)")
            #expect(told.contains("telemetry.upload_url did not end in") == !isLost, "\(told)")
        }
    }

    @Test func `another place is told to get the identifier that was sent before, and no other is`()
        throws
    {
        let server = try FakeServer(otherwise: .answer(200))
        let line = "for another one, first:  \(arpguard.told) telemetry rotate-id --confirm"
        func isTold() throws -> Bool { try arpguard("telemetry", "enable").stdout.contains(line) }
        try run("config", "set", "telemetry.upload_url", server.url())
        #expect(try !isTold())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs")
        #expect(try !isTold(), "nothing was sent")
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "upload")
        try run("telemetry", "disable")
        #expect(try !isTold(), "the place is the same")
        try run("config", "set", "telemetry.upload_url", "https://t.example.org/v1/logs")
        let shown = try arpguard("telemetry", "enable", "--format", "json").stdout
        #expect(try JSONValue.parse(shown)["identifier_sent_before"] == true)
        #expect(try isTold())
        try run("telemetry", "rotate-id", "--confirm")
        #expect(try !isTold(), "it has ended")
    }

    @Test func `what a yes would leave behind is told before it is said`() throws {
        let line = "what was recorded before this yes stays here for you to see, and is never sent"
        func isTold() throws -> Bool {
            let shown = try arpguard("telemetry", "enable", "--format", "json").stdout
            let isTold = try arpguard("telemetry", "enable").stdout.contains(line)
            #expect(try JSONValue.parse(shown)["leaves_behind"] == .bool(isTold))
            return isTold
        }
        let place = "https://t.example.org/v1/logs"
        try run("config", "set", "telemetry.upload_url", place)
        #expect(try !isTold(), "nobody ever said yes")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try !isTold(), "it is the same yes")
        for (key, value, former) in [
            ("telemetry.anonymize_data", "false", "true"),
            ("telemetry.upload_url", "https://u.example.org/v1/logs", place),
        ] {
            try run("config", "set", key, value)
            #expect(try isTold(), "\(key)")
            let preview = try arpguard("telemetry", "preview").stderr
            #expect(preview.contains("and no other yes sends it"))
            try run("config", "set", key, former)
            #expect(try !isTold(), "\(key)")
            #expect(try !arpguard("telemetry", "preview").stderr.contains("no other yes"))
        }
        try run("telemetry", "disable")
        #expect(try isTold(), "a no ended it")
    }
}
