// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

/// A folder that was agreed to is removed, moved, copied, or led to by a link.
@Suite struct MovedPlacesTests {
    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var place: String { arpguard.folder.file("disk/telemetry") }
    private let recorded: Int64

    init() throws {
        arpguard = try Arpguard()
        recorded = try arpguard.record(capture, in: arpguard.folder.file("disk/telemetry"))
    }

    private func run(_ words: String...) throws -> CommandResult {
        let end = try arpguard(words)
        #expect(end.status == 0, "\(words): \(end.stderr)")
        return end
    }

    private func store(in folder: String) throws {
        _ = try run("config", "set", "telemetry.storage_path", arpguard.folder.file(folder))
    }

    private func move(_ from: String, to: String) throws {
        try RealFileSystem().rename(arpguard.folder.file(from), to: arpguard.folder.file(to))
    }

    private func link(_ from: String, to: String) throws {
        #expect(unsafe symlink(arpguard.folder.file(to), arpguard.folder.file(from)) == 0)
    }

    private func entries() throws -> [JSONValue] {
        try JSONValue.parse(bytes: arpguard.folder.read("own/telemetry-places.json"))
            .arrayValue ?? []
    }

    @Test func `a new folder in the place of a removed one is not called absent`()
        throws
    {
        try move("disk/telemetry", to: "removed")
        try RealFileSystem().remove(arpguard.folder.file("removed/place"))
        _ = try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let end = try run("telemetry", "delete-data", "--confirm").stdout
        #expect(end.contains("deleted \(recorded) events"), "\(end)")
        #expect(end.contains("another folder stands at \(place) now"), "\(end)")
        #expect(end.contains("own/telemetry-places.json"), "\(end)")
        let new = try #require(entries().last)
        try arpguard.folder.write("[\(new.serialized())]", to: "own/telemetry-places.json")
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
        #expect(try run("telemetry", "delete-data", "--confirm").stdout.contains("no byte"))
    }

    @Test(arguments: ["disable", "delete-data --confirm"])
    func `a configured folder that lost its mark is meant by a decision`(decision: String) throws {
        try RealFileSystem().remove("\(place)/place")
        let words = ["telemetry"] + decision.split(separator: " ").map(String.init)
        #expect(try arpguard(words).status == 0)
        try arpguard.folder.write(
            "\(entries().first?["mark"]?.stringValue ?? "")\n", to: "disk/telemetry/place")
        let status = try arpguard.telemetryStatus()
        if decision == "disable" {
            #expect(status["blocked_by"] == ["withdrawn"])
        } else {
            #expect(status["events"]?["recorded"] == 0)
        }
    }

    @Test func `a configured folder that lost its mark is emptied at once`() throws {
        try RealFileSystem().remove("\(place)/place")
        let end = try run("telemetry", "delete-data", "--confirm").stdout
        #expect(end.contains("deleted \(recorded) events"), "\(end)")
        #expect(!end.contains("is not there now"), "\(end)")
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == 0)
    }

    @Test(arguments: ["", "second"])
    func `a link in the usual place to a folder of the list blocks nothing`(configured: String)
        throws
    {
        try link("own/telemetry", to: "disk/telemetry")
        if configured.isEmpty {
            _ = try run("config", "unset", "telemetry.storage_path")
        } else {
            try store(in: configured)
        }
        let shown = try arpguard.telemetryStatus()["other_places"]?.arrayValue ?? []
        #expect(shown.map { $0["path"]?.stringValue } == [place])
        #expect(shown.first?["recorded"]?.integerValue == recorded)
        _ = try run("telemetry", "disable")
        let end = try run("telemetry", "delete-data", "--confirm").stdout
        #expect(end.contains("deleted \(recorded) events"), "\(end)")
    }

    @Test func `a link in the usual place that leads nowhere blocks nothing`() throws {
        try link("own/telemetry", to: "nowhere")
        _ = try run("telemetry", "disable")
        #expect(try arpguard.telemetryStatus()["other_places"] == [])
    }

    @Test func `a disk that comes back at another path is the one that was agreed to`() throws {
        try move("disk", to: "disk.away")
        _ = try run("telemetry", "delete-data", "--confirm")
        _ = try run("telemetry", "disable")
        try move("disk.away", to: "disk1")
        try store(in: "disk1/telemetry")
        let end = try run("telemetry", "enable", "--confirm").stderr
        #expect(!end.contains("taken back"), "\(end)")
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == true)
        #expect(status["events"]?["recorded"] == 0)
        let entries = try entries()
        let paths = ["disk/telemetry", "disk1/telemetry"].map(arpguard.folder.file)
        #expect(entries.map { $0["path"]?.stringValue } == paths)
        #expect(entries.last?["owed"] == nil)
        #expect(entries.first?["owed"]?.arrayValue?.count == 2, "this may have been a copy")
    }

    @Test func `a copy takes over no debt of the folder that it was made of`() throws {
        let folders = ["disk", "copy"].map(arpguard.folder.file)
        #expect(try CommandRunner.run("/bin/cp", ["-a"] + folders, environment: [:]).status == 0)
        try move("disk", to: "disk.away")
        _ = try run("telemetry", "delete-data", "--confirm")
        try store(in: "copy/telemetry")
        _ = try run("telemetry", "enable", "--confirm")
        try move("disk.away", to: "disk")
        _ = try run("telemetry", "status")
        for folder in ["disk", "copy"] {
            try store(in: "\(folder)/telemetry")
            #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == 0, "\(folder)")
        }
    }

    @Test func `a folder that is away is not forgotten for a copy of it`() throws {
        let folders = ["disk", "copy"].map(arpguard.folder.file)
        #expect(try CommandRunner.run("/bin/cp", ["-a"] + folders, environment: [:]).status == 0)
        try move("disk", to: "disk.away")
        try store(in: "copy/telemetry")
        for _ in 0..<2 { _ = try run("telemetry", "enable", "--confirm") }
        #expect(try entries().count == 2)
        let shown = try run("telemetry", "status").stdout
        #expect(shown.contains("not there now; moved to "), "\(shown)")
        let end = try run("telemetry", "delete-data", "--confirm").stdout
        #expect(!end.contains("no byte"), "\(end)")
        #expect(end.contains("\(place) is not there now, maybe moved to "), "\(end)")
        _ = try run("telemetry", "disable")
        try move("disk.away", to: "disk")
        _ = try run("telemetry", "status")
        try store(in: "disk/telemetry")
        let status = try arpguard.telemetryStatus()
        #expect(status["blocked_by"] == ["withdrawn"])
        #expect(status["events"]?["recorded"] == 0)
    }

    @Test func `of two copies each is freed of what it owes when that is done in it`() throws {
        let folders = ["disk", "copy"].map(arpguard.folder.file)
        #expect(try CommandRunner.run("/bin/cp", ["-a"] + folders, environment: [:]).status == 0)
        try move("disk", to: "disk.away")
        try store(in: "copy/telemetry")
        _ = try run("telemetry", "enable", "--confirm")
        try move("copy", to: "copy.away")
        _ = try run("telemetry", "delete-data", "--confirm")
        for name in ["disk", "copy"] { try move("\(name).away", to: name) }
        let lock = try #require(
            try RealFileSystem().lock(arpguard.folder.file("copy/telemetry/change.lock")))
        _ = try arpguard("telemetry", "status")
        withExtendedLifetime(lock) {}
        #expect(try entries().map { $0["owed"] } == [nil, ["delete"]])
    }

    @Test func `a copy is another folder`() throws {
        let folders = ["disk", "copy"].map(arpguard.folder.file)
        #expect(try CommandRunner.run("/bin/cp", ["-r"] + folders, environment: [:]).status == 0)
        try store(in: "copy/telemetry")
        #expect(try arpguard.telemetryStatus()["enabled"] == false)
        #expect(try run("telemetry", "enable", "--confirm").stderr.contains("is taken back"))
        #expect(try entries().count == 2)
    }

    @Test func `without a list nothing is written for one, nor needed`() throws {
        let home = arpguard.folder.file("none")
        let end = try arpguard("telemetry", "delete-data", "--confirm", "--home", home)
        #expect(end.status == 0, "\(end.stderr)")
        #expect(end.stdout.contains("no byte"), "\(end.stdout)")
        #expect(try !arpguard.folder.contents().contains { $0.hasPrefix("none") })
    }
}
