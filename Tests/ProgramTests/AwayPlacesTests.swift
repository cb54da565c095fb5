// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// A folder that was agreed to is on a disk that is not there at the moment, or can't be reached.
@Suite struct AwayPlacesTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var disk: String { arpguard.folder.file("disk") }
    private var place: String { "\(disk)/telemetry" }
    private let recorded: Int64

    init() throws {
        arpguard = try Arpguard()
        recorded = try arpguard.record(capture, in: arpguard.folder.file("disk/telemetry"))
    }

    private func takeAway() throws { try RealFileSystem().rename(disk, to: disk + ".away") }

    private func bringBack() throws { try RealFileSystem().rename(disk + ".away", to: disk) }

    /// Whether the configuration names the folder still.
    private func configure(_ isStill: Bool) throws {
        if !isStill {
            #expect(try arpguard("config", "unset", "telemetry.storage_path").status == 0)
        }
    }

    @Test(arguments: [true, false])
    func `a no reaches it before anything is recorded there again`(isConfigured: Bool) throws {
        try configure(isConfigured)
        try takeAway()
        let end = try arpguard("telemetry", "disable")
        #expect(end.status == 0)
        #expect(end.stdout.contains("\(place) is not there now"), "\(end.stdout)")
        #expect(try RealFileSystem().status(of: disk) == nil, "nothing is made in its place")
        let shown = try arpguard.telemetryStatus()["other_places"]?.arrayValue?.first
        #expect(shown?["path"]?.stringValue == place)
        #expect(shown?["error"]?.stringValue?.contains("not there") == true)
        try bringBack()
        #expect(
            try arpguard("config", "set", "telemetry.storage_path", place).status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        let status = try arpguard.telemetryStatus()
        #expect(status["blocked_by"] == ["withdrawn"])
        #expect(status["events"]?["recorded"] == .integer(recorded))
        #expect(status["other_places"] == [])
    }

    @Test func `a deletion that it is owed begins, and waits for a record that can't be read`()
        throws
    {
        let id = try arpguard.telemetryStatus()["installation_id"]
        try takeAway()
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        try bringBack()
        let (record, away) = ("\(place)/consent.json", arpguard.folder.file("away.json"))
        try RealFileSystem().rename(record, to: away)
        #expect(unsafe symlink(away, record) == 0)
        func isOwed() throws -> Bool {
            let list = try arpguard.folder.read("own/telemetry-places.json")
            return String(decoding: list, as: UTF8.self).contains("delete")
        }
        let begun = "\(place)/rotation.intent"
        _ = try arpguard("telemetry", "status")
        #expect(try !isOwed() && RealFileSystem().status(of: begun) != nil)
        try RealFileSystem().remove(record)
        try RealFileSystem().rename(away, to: record)
        let status = try arpguard.telemetryStatus()
        #expect(try RealFileSystem().status(of: begun) == nil)
        #expect(status["enabled"] == true && status["events"]?["recorded"] == 0)
        #expect(status["installation_id"] != id)
    }

    @Test(arguments: [true, false])
    func `a deletion reaches it, and does not say before that all is gone`(isConfigured: Bool)
        throws
    {
        try configure(isConfigured)
        try takeAway()
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 0)
        #expect(end.stdout.contains("\(place) is not there now"), "\(end.stdout)")
        #expect(!end.stdout.contains("no byte"))
        try bringBack()
        let next = try arpguard("telemetry", "upload", "--dry-run")
        let done = "delete-data is done now: deleted \(recorded) events"
        #expect(next.status == 0 && next.stderr.contains(done), "\(next)")
        try #require(
            try arpguard("config", "set", "telemetry.storage_path", place).status == 0)
        let status = try arpguard.telemetryStatus()
        #expect(status["events"]?["recorded"] == 0)
        #expect(status["enabled"] == true, "consent stays as it is")
    }

    @Test(arguments: [
        "show", "export", "stats", "log", "preview", "review --list", "disable",
        "rotate-id --confirm",
    ])
    func `whatever shows or changes what is there does first what was to be deleted`(
        command: String
    ) throws {
        try takeAway()
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        try bringBack()
        let end = try arpguard(["telemetry"] + command.split(separator: " ").map(String.init))
        let done = "delete-data is done now: deleted \(recorded) events"
        #expect(end.stderr.contains(done), "\(end)")
        #expect(command == "preview" || !end.stdout.contains("feature_usage"), "a sample aside")
        #expect(!end.stdout.contains("stays here"))
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == 0)
    }

    @Test func `a dashboard does first what was to be deleted`() throws {
        try takeAway()
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        try bringBack()
        let dashboard = try RunningProcess(
            Executables.path("arpguard"),
            ["telemetry", "dashboard", "--no-browser", "--home", arpguard.home])
        _ = try dashboard.waitForLine(containing: "code")
        let list = try arpguard.folder.read("own/telemetry-places.json")
        #expect(!String(decoding: list, as: UTF8.self).contains("delete"))
        dashboard.send(signal: SIGTERM)
        #expect(try dashboard.waitForEnd().status == 0)
    }

    /// What a disk is called that is there in the place of the one that is away.
    private func putAnotherDisk() throws { try arpguard.folder.write("else", to: "disk/else") }

    private func takeAnotherDiskAway() throws {
        try RealFileSystem().rename(disk, to: disk + ".other")
    }

    @Test(arguments: ["disable", "delete-data --confirm"])
    func `an empty folder in its place is not taken for it`(decision: String) throws {
        try takeAway()
        try arpguard.folder.write("else", to: "disk/telemetry/else")
        let end = try arpguard(["telemetry"] + decision.split(separator: " ").map(String.init))
        #expect(end.status == 0)
        #expect(end.stdout.contains("another folder stands at \(place) now"), "\(end.stdout)")
        #expect(try !arpguard.folder.contents().contains("disk/telemetry/consent.json"))
        try takeAnotherDiskAway()
        try bringBack()
        let status = try arpguard.telemetryStatus()
        if decision == "disable" {
            #expect(status["blocked_by"] == ["withdrawn"])
        } else {
            #expect(status["events"]?["recorded"] == 0)
        }
    }

    @Test func `a new yes in its place is one of its own, and takes no earlier no back`() throws {
        try takeAway()
        #expect(try arpguard("telemetry", "disable").status == 0)
        try putAnotherDisk()
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
        try takeAnotherDiskAway()
        try bringBack()
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["withdrawn"])
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == .integer(recorded))
    }

    @Test func `nothing is sent from it before the no is carried out, whatever stands in the way`()
        throws
    {
        let server = try FakeServer(otherwise: .answer(200))
        #expect(try arpguard("config", "set", "telemetry.upload_url", server.url()).status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        try takeAway()
        #expect(try arpguard("telemetry", "disable").status == 0)
        try bringBack()
        let lock = try #require(try RealFileSystem().lock("\(place)/change.lock"))
        _ = try arpguard("telemetry", "upload")
        #expect(try arpguard.telemetryStatus()["enabled"] == false)
        #expect(server.requests.isEmpty)
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: ["[1", "[]"])
    func `without a list that knows it no yes counts there`(list: String) throws {
        try arpguard.folder.write(list, to: "own/telemetry-places.json")
        #expect(try arpguard("replay", capture).status == 1)
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == false)
        #expect(status["configuration_error"]?.stringValue?.isEmpty == false)
        #expect(status["events"]?["recorded"] == .integer(recorded))
        try arpguard.folder.write("[]", to: "own/telemetry-places.json")
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let now = try arpguard.telemetryStatus()
        #expect(now["enabled"] == true)
        #expect(now["events"]?["kept_here"] == .integer(recorded))
    }

    @Test func `status tells of it though nothing was decided meanwhile`() throws {
        try configure(false)
        try takeAway()
        let shown = try arpguard.telemetryStatus()["other_places"]?.arrayValue?.first
        #expect(shown?["path"]?.stringValue == place)
        #expect(shown?["enabled"] == .null)
        #expect(shown?["recorded"] == .null)
        let text = try arpguard("telemetry", "status").stdout
        #expect(text.contains("agreed to, not there now; what it holds is not known"), "\(text)")
        #expect(!text.contains("decided is done there"), "\(text)")
    }

    @Test func `decisions of several commands at once are all kept`() throws {
        try takeAway()
        for _ in 0..<5 {
            let commands = [["disable"], ["delete-data", "--confirm"]]
            let running = try commands.map { words in
                try RunningProcess(
                    Executables.path("arpguard"), ["telemetry"] + words,
                    environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
            }
            for process in running { _ = try process.waitForEnd() }
            let list = try arpguard.folder.read("own/telemetry-places.json")
            let owed = try JSONValue.parse(bytes: list).arrayValue?.first?["owed"]
            #expect(owed == ["disable", "delete"])
        }
    }

    @Test func `a folder that can't be looked at is told as a failure, and tried again`() throws {
        try configure(false)
        let loop = arpguard.folder.file("loop")
        #expect(unsafe symlink(loop, loop) == 0)
        let list = arpguard.folder.file("own/telemetry-places.json")
        let known = String(decoding: try RealFileSystem().read(list, bytesMax: 4096), as: UTF8.self)
        try arpguard.folder.write(
            #"[{"path": "\#(loop)/below", "mark": "1-1"},"# + known.dropFirst(),
            to: "own/telemetry-places.json")
        #expect(try arpguard("telemetry", "disable").status == 2)
        let owed = try JSONValue.parse(bytes: RealFileSystem().read(list, bytesMax: 4096))
        #expect(owed.arrayValue?.map { $0["owed"] } == [["disable"], nil], "one was reached")
    }

    @Test func `what is pending is told to who was never asked, and so is a yes elsewhere`() throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(503))
        #expect(try arpguard("config", "set", "telemetry.upload_url", server.url()).status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard("telemetry", "upload").status == 0)
        let second = arpguard.folder.file("second")
        #expect(try arpguard("config", "set", "telemetry.storage_path", second).status == 0)
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 0)
        let shown = try arpguard("telemetry", "status").stdout
        #expect(shown.contains("pending erasures"), "\(shown)")
        #expect(shown.contains("the yes that was said for it stands"), "\(shown)")
    }

    @Test func `a deletion that was held up asks the collector once it is done`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        #expect(try arpguard("config", "set", "telemetry.upload_url", server.url()).status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard("telemetry", "upload").status == 0)
        do {
            let reader = try Connection(path: "\(place)/store.sqlite", mode: .readOnly)
            try reader.execute("BEGIN")
            _ = try reader.integer("SELECT count(*) FROM events")
            #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 2)
            try reader.execute("COMMIT")
        }
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 0)
        #expect(end.stdout.contains("the collector confirmed the erasure"), "\(end.stdout)")
        #expect(server.requests.last?.method == "DELETE")
    }

    @Test func `how much is stored is not said where it can't be read`() throws {
        let store = "\(place)/store.sqlite"
        try Connection(path: store, mode: .readWrite).execute("PRAGMA user_version = 99")
        let end = try arpguard("telemetry", "disable", "--format", "json")
        #expect(end.status == 0)
        #expect(try JSONValue.parse(end.stdout)["stored_events"] == .null)
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == .null)
        let shown = try arpguard("telemetry", "status").stdout
        #expect(!shown.contains("0 stored"), "\(shown)")
        let warned = try arpguard("telemetry", "upload", "--dry-run")
        #expect(warned.status == 2)
    }
}
