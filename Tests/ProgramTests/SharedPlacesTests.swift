// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// Two homes name the same folder for their telemetry: a yes is that of one home alone.
@Suite struct SharedPlacesTests {
    enum Answer: CaseIterable {
        case none, no, yes
    }

    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private func run(_ home: String, _ words: String...) throws -> CommandResult {
        try arpguard(words, environment: ["ARPGUARD_HOME": arpguard.folder.file(home)])
    }

    private func store(_ home: String, in folder: String) throws {
        let path = arpguard.folder.file(folder)
        #expect(try run(home, "config", "set", "telemetry.storage_path", path).status == 0)
    }

    private func status(_ home: String) throws -> JSONValue {
        try arpguard.telemetryStatus(["ARPGUARD_HOME": arpguard.folder.file(home)])
    }

    private func enable(_ home: String) throws -> CommandResult {
        let end = try run(home, "telemetry", "enable", "--confirm")
        #expect(end.status == 0, "\(end.stderr)")
        #expect(try status(home)["enabled"] == true)
        return end
    }

    @Test func `a yes that another program's folder refuses leaves no trace and no debt`() throws {
        try store("first", in: "shared")
        _ = try enable("first")
        let record = try arpguard.folder.read("shared/consent.json")
        let others = String(decoding: record, as: UTF8.self)
            .replacing("\"arpguard\"", with: "\"other\"")
        try arpguard.folder.write(others, to: "shared/consent.json")
        let mark = try arpguard.folder.read("shared/place")
        try store("second", in: "shared")
        let end = try run("second", "telemetry", "enable", "--confirm")
        #expect(end.status == 2 && end.stderr.contains("another program"), "\(end.stderr)")
        #expect(try arpguard.folder.read("shared/place") == mark)
        #expect(try run("second", "config", "unset", "telemetry.storage_path").status == 0)
        let no = try run("second", "telemetry", "disable")
        #expect(no.status == 0, "\(no.stderr)")
    }

    private func answer(_ answer: Answer, _ home: String) throws {
        if answer != .none { _ = try enable(home) }
        if answer == .no { #expect(try run(home, "telemetry", "disable").status == 0) }
    }

    @Test(arguments: Answer.allCases, ["shared", "one/telemetry"])
    func `a yes in one home is none in another`(answer: Answer, folder: String) throws {
        if folder == "shared" { try store("one", in: folder) }
        try store("two", in: folder)
        try self.answer(answer, "one")
        let taken = try enable("two").stderr.contains("is taken back")
        #expect(taken == (answer == .yes))
        let before = try status("one")["events"]
        #expect(try run("one", "replay", capture).status == 1)
        let status = try status("one")
        #expect(status["enabled"] == false)
        #expect(status["events"] == before)
        #expect(status["configuration_error"]?.stringValue?.contains("knows of no yes") == true)
        _ = try enable("one")
        #expect(try self.status("two")["enabled"] == false)
    }

    @Test(arguments: ["shared", "one/telemetry"])
    func `a yes that fails makes none count that could not be read`(folder: String) throws {
        if folder == "shared" { try store("one", in: folder) }
        try store("two", in: folder)
        _ = try enable("one")
        let record = arpguard.folder.file("\(folder)/consent.json")
        let away = arpguard.folder.file("away.json")
        try RealFileSystem().rename(record, to: away)
        #expect(unsafe symlink(away, record) == 0)
        let end = try run("two", "telemetry", "enable", "--confirm")
        #expect(end.status == 2)
        #expect(end.stderr.contains("can't be read, so nothing takes its place"), "\(end.stderr)")
        #expect(end.stderr.contains("then try again"), "\(end.stderr)")
        try RealFileSystem().rename(away, to: record)
        #expect(try status("one")["enabled"] == true)
        #expect(try status("two")["enabled"] == false)
        #expect(try status("two")["configuration_error"] != .null)
    }

    @Test func `the usual folder that is moved elsewhere stays this home's`() throws {
        _ = try enable("one")
        #expect(try run("one", "replay", capture).status == 1)
        let recorded = try #require(status("one")["events"]?["recorded"])
        let moved = arpguard.folder.file("moved")
        try RealFileSystem().rename(arpguard.folder.file("one/telemetry"), to: moved)
        try store("one", in: "moved")
        _ = try enable("one")
        #expect(try status("one")["events"]?["recorded"] == recorded)
    }

    private func id(_ home: String) throws -> String {
        try #require(try status(home)["installation_id"]?.stringValue)
    }

    /// Both homes send to the server, the first one has; the second names its folder, or a copy.
    private func take(_ folder: String, _ server: FakeServer) throws {
        let url = server.url()
        for home in ["one", "two"] {
            #expect(try run(home, "config", "set", "telemetry.upload_url", url).status == 0)
        }
        _ = try enable("one")
        #expect(try run("one", "replay", capture).status == 1)
        #expect(try run("one", "telemetry", "upload").status == 0)
        if folder == "copy" {
            let folders = ["one/telemetry", "copy"].map(arpguard.folder.file)
            #expect(
                try CommandRunner.run("/bin/cp", ["-a"] + folders, environment: [:]).status == 0)
        }
        try store("two", in: folder)
    }

    @Test(arguments: ["copy", "one/telemetry"])
    func `a yes in another's folder goes on under no identifier of theirs`(folder: String) throws {
        let server = try FakeServer(otherwise: .answer(200))
        try take(folder, server)
        let first = try id("one")
        _ = try enable("two")
        let second = try id("two")
        #expect(second != first)
        #expect(try run("two", "telemetry", "rotate-id", "--confirm").status == 0)
        #expect(server.requests.allSatisfy { $0.method == "POST" })
        // All that was recorded there is meant by this, whoever sent it.
        #expect(try run("two", "telemetry", "delete-data", "--confirm").status == 0)
        let erased = server.requests.filter { $0.method == "DELETE" }.map(\.target)
        #expect(erased == ["/v1/installations/\(first)"])
    }

    @Test func `who never agreed in a folder neither ages nor renames what is in it`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        try take("one/telemetry", server)
        let path = arpguard.folder.file("one/telemetry/store.sqlite")
        try Connection(path: path, mode: .readWrite).execute(
            "UPDATE events SET time = time - 259200000000000")
        let days = ["config", "set", "telemetry.storage_retention_days", "1"]
        let two = ["ARPGUARD_HOME": arpguard.folder.file("two")]
        #expect(try arpguard(days, environment: two).status == 0)
        let before = try status("one")
        #expect(try status("two")["lost"]?["retention"] == nil)
        let end = try run("two", "telemetry", "rotate-id", "--confirm")
        #expect(end.status == 2)
        #expect(end.stderr.contains("may be another home's"), "\(end.stderr)")
        #expect(try status("one")["events"] == before["events"])
        #expect(try id("one") == before["installation_id"]?.stringValue)
        // Its own limits are kept.
        #expect(
            try run("one", "config", "set", "telemetry.storage_retention_days", "1").status == 0)
        #expect(try status("one")["events"]?["recorded"] == 0)
    }

    @Test(arguments: ["telemetry-places.json", "place"])
    func `a link to a list or a mark that is away says no yes`(name: String) throws {
        if name == "place" {
            _ = try enable("one")
            let path = arpguard.folder.file("one/telemetry/place")
            #expect(unsafe symlink(arpguard.folder.file("away"), path) == 0)
        } else {
            try store("one", in: "shared")
            _ = try enable("one")
            let path = arpguard.folder.file("one/telemetry-places.json")
            try RealFileSystem().remove(path)
            #expect(unsafe symlink(arpguard.folder.file("away"), path) == 0)
        }
        let status = try status("one")
        #expect(status["enabled"] == false)
        #expect(status["configuration_error"]?.stringValue?.contains(name) == true)
    }

    @Test func `several yeses at once are one`() throws {
        try store("one", in: "shared")
        let running = try (0..<4).map { _ in
            try RunningProcess(
                Executables.path("arpguard"), ["telemetry", "enable", "--confirm"],
                environment: [
                    "ARPGUARD_HOME": arpguard.folder.file("one"), "HOME": arpguard.folder.path,
                ])
        }
        for process in running { _ = try process.waitForEnd() }
        let list = try JSONValue.parse(bytes: arpguard.folder.read("one/telemetry-places.json"))
        #expect(list.arrayValue?.count == 1)
        #expect(try status("one")["enabled"] == true)
    }

    /// Each a list of one entry; PATH and MARK stand for what belongs there.
    private static let entries = [
        #"{"path": "PATH", "mark": "MARK", "owed": "disable"}"#,
        #"{"path": "PATH", "mark": "MARK", "owed": {"disable": true}}"#,
        #"{"path": "PATH", "mark": "MARK", "owed": null}"#,
        #"{"path": "PATH", "mark": "MARK", "owed": 1}"#,
        #"{"path": "PATH", "mark": "MARK", "owed": ["forget"]}"#,
        #"{"path": "PATH", "mark": "MARK", "owed": [1]}"#,
        #"{"path": "PATH", "mark": 5}"#, #"{"path": "PATH"}"#, #"{"mark": "MARK"}"#,
        #"{"path": 5, "mark": "MARK"}"#, #""PATH""#, "5",
    ]

    @Test(arguments: entries)
    func `an entry of a wrong form is no yes`(entry: String) throws {
        try store("one", in: "shared")
        _ = try enable("one")
        let bytes = try arpguard.folder.read("shared/place").dropLast()
        let mark = String(decoding: bytes, as: UTF8.self)
        let sound = #"{"path": "PATH", "mark": "MARK"}"#
        for (text, isSound) in [(entry, false), (sound, true)] {
            let filled = text.replacing("PATH", with: arpguard.folder.file("shared"))
                .replacing("MARK", with: mark)
            try arpguard.folder.write("[\(filled)]", to: "one/telemetry-places.json")
            let status = try status("one")
            #expect(status["enabled"] == .bool(isSound))
            let told = status["configuration_error"]?.stringValue ?? ""
            #expect(told.contains("telemetry-places.json") != isSound, "\(told)")
        }
    }

    @Test func `what is the matter with the list is told where a yes stands, as no fault`() throws {
        try store("one", in: "shared")
        _ = try enable("one")
        try arpguard.folder.write("[1", to: "one/telemetry-places.json")
        let text = try run("one", "telemetry", "status").stdout
        #expect(text.contains("the yes in the folder of the data does not count"), "\(text)")
        #expect(!text.contains("configuration has a fault"), "\(text)")
        _ = try run("one", "telemetry", "disable")
        #expect(try status("one")["blocked_by"] == ["withdrawn"])
        #expect(try status("one")["configuration_error"] == .null)
    }
}
