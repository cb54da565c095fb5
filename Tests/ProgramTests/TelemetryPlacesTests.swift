// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// The configuration names another folder than before, or can't be read: what a person decides
/// holds for all of it.
@Suite struct TelemetryPlacesTests {
    enum Change: CaseIterable {
        case strayComma, anotherFolder, back
    }

    let arpguard: Arpguard
    let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var first: String { arpguard.folder.file("first") }

    init() throws {
        arpguard = try Arpguard()
        try run("config", "set", "telemetry.storage_path", first)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
    }

    private func run(_ words: String...) throws { #expect(try arpguard(words).status == 0) }

    private func change(_ change: Change) throws {
        switch change {
        case .strayComma: try arpguard.folder.write("{ \"telemetry\": {}, }", to: "own/config.json")
        case .anotherFolder:
            try run("config", "set", "telemetry.storage_path", arpguard.folder.file("second"))
        case .back: try run("config", "unset", "telemetry.storage_path")
        }
    }

    private func mend() throws {
        try arpguard.folder.write(
            "{ \"telemetry\": { \"storage_path\": \"\(first)\" } }", to: "own/config.json")
    }

    @Test(arguments: Change.allCases)
    func `disable reaches the folder that was agreed to`(change: Change) throws {
        let recorded = try #require(arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue)
        try self.change(change)
        let place = try arpguard.telemetryStatus()["other_places"]?.arrayValue?.first
        #expect(place?["path"]?.stringValue == first)
        #expect(place?["recorded"]?.integerValue == recorded)
        let end = try arpguard("telemetry", "disable")
        #expect(end.status == 0)
        #expect(end.stdout.contains("(\(recorded) events)"), "\(end.stdout)")
        try mend()
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["withdrawn"])
    }

    @Test(arguments: Change.allCases)
    func `delete-data reaches the folder that was agreed to`(change: Change) throws {
        let recorded = try #require(arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue)
        try self.change(change)
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 0)
        #expect(end.stdout.contains("deleted \(recorded) events"), "\(end.stdout)")
        try mend()
        let status = try arpguard.telemetryStatus()
        #expect(status["events"]?["recorded"] == 0)
        #expect(status["enabled"] == true, "consent stays as it is")
    }

    @Test(arguments: ["first/", "first//.", "link/first"])
    func `the same folder by another path is no other one`(path: String) throws {
        #expect(unsafe symlink(arpguard.folder.path, arpguard.folder.file("link")) == 0)
        #expect(unsafe symlink(first, arpguard.folder.file("own/telemetry")) == 0)
        try run("config", "set", "telemetry.storage_path", arpguard.folder.file(path))
        let status = try arpguard.telemetryStatus()
        #expect(status["other_places"] == [])
        #expect(status["blocked_by"] == [])
    }

    @Test func `a no reaches what it can, whatever stands in the way elsewhere`() throws {
        try change(.back)
        for place in ["/proc/nowhere/telemetry", arpguard.folder.file("third")] {
            try run("telemetry", "enable", "--confirm")
            try arpguard.folder.write(
                "{ \"telemetry\": { \"storage_path\": \"\(place)\" } }", to: "own/config.json")
            if place.hasSuffix("third") {
                try arpguard.folder.write("[1", to: "own/telemetry-places.json")
            }
            let end = try arpguard("telemetry", "disable")
            #expect(end.status == 2, "what was in the way is told")
            try change(.back)
            #expect(try arpguard.telemetryStatus()["blocked_by"] == ["withdrawn"])
        }
    }

    @Test func `a deletion that one folder holds up reaches the others`() throws {
        let recorded = try #require(arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue)
        try change(.back)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let store = arpguard.folder.file("own/telemetry/store.sqlite")
        do {
            let reader = try Connection(path: store, mode: .readOnly)
            try reader.execute("BEGIN")
            _ = try reader.integer("SELECT count(*) FROM events")
            let end = try arpguard("telemetry", "delete-data", "--confirm")
            #expect(end.status == 2 && end.stdout.contains("deleted \(recorded) events, not all"))
            try reader.execute("COMMIT")
        }
        #expect(recorded > 0)
        let status = try arpguard.telemetryStatus()
        #expect(status["events"]?["recorded"] == 0)
        #expect(status["other_places"]?.arrayValue?.first?["recorded"] == 0)
    }

    @Test func `of a list that can't be read it is told once what helps, and that does`() throws {
        try change(.back)
        try run("telemetry", "enable", "--confirm")
        try arpguard.folder.write("[1", to: "own/telemetry-places.json")
        let status = try arpguard("telemetry", "status")
        #expect(status.stderr.split(separator: "can't be read").count == 2, "\(status.stderr)")
        let advice = "move ~/own/telemetry-places.json away once you know what is in it"
        #expect(status.stdout.contains("to record:  \(advice)"), "\(status.stdout)")
        #expect(!status.stdout.contains("telemetry enable"), "\(status.stdout)")
        let list = arpguard.folder.file("own/telemetry-places.json")
        try RealFileSystem().rename(list, to: list + ".away")
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    @Test func `what to do about a mark that can't be read is told`() throws {
        let mark = "\(first)/place"
        try RealFileSystem().remove(mark)
        try RealFileSystem().createFolder(mark)
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("to record:  make ~/first/place readable again"), "\(status)")
        let refused = try arpguard("telemetry", "enable", "--confirm")
        #expect(refused.status == 2)
        #expect(refused.stderr.contains("first/place readable again, or remove it"), "\(refused)")
        try RealFileSystem().remove(mark)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    @Test func `a list of folders that can't be read is told, and what is known is deleted`()
        throws
    {
        try arpguard.folder.write("[1", to: "own/telemetry-places.json")
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 2)
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == 0)
        #expect(end.stderr.contains("telemetry-places.json"))
        let status = try arpguard("telemetry", "status", "--format", "json")
        #expect(status.status == 0)
        #expect(status.stderr.contains("telemetry-places.json"))
        #expect(try JSONValue.parse(status.stdout)["other_places"] == .null)
    }
}
