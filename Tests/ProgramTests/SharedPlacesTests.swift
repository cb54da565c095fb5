// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
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
