// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import JSON
import Modules
import SQLite
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Program

/// A home is copied while it still owes a decision to a folder that `storage_path` named, which the
/// copy names too.
@Suite struct CopiedHomeTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var place: String { arpguard.folder.file("disk") }
    private var copy: [String: String] { ["ARPGUARD_HOME": arpguard.folder.file("copy")] }

    init() throws {
        arpguard = try Arpguard()
        #expect(try arpguard.record(capture, in: arpguard.folder.file("disk")) > 0)
    }

    private func run(_ words: String...) throws { #expect(try arpguard(words).status == 0) }

    private func entry() throws -> JSONValue {
        let list = try JSONValue.parse(bytes: arpguard.folder.read("own/telemetry-places.json"))
        #expect(list.arrayValue?.count == 1)
        return try #require(list.arrayValue?.first)
    }

    private func mark() throws -> String {
        String(decoding: try arpguard.folder.read("disk/place").dropLast(), as: UTF8.self)
    }

    /// Leaves the list as a process does that is killed before it comes to the folder.
    private func owe(_ decision: String, next: String? = nil) throws {
        let next = next.map { "\"next\": \"\($0)\", " } ?? ""
        try arpguard.folder.write(
            """
            [{"path": "\(place)", "mark": "\(mark())", \(next)"owed": ["\(decision)"]}]
            """, to: "own/telemetry-places.json")
    }

    /// Copies the home while it owes that.
    private func copyHome(owing decision: String?) throws {
        if let decision { try owe(decision) }
        let (from, to) = (arpguard.home, arpguard.folder.file("copy"))
        #expect(try CommandRunner.run("/bin/cp", ["-a", from, to], environment: [:]).status == 0)
    }

    /// Has what the home owes done here, and a yes said after that.
    private func settleAndAgree() throws {
        try run("telemetry", "status")
        #expect(try entry()["owed"] == nil)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
    }

    private func copyOwing(_ decision: String?) throws {
        try copyHome(owing: decision)
        if decision == nil { try run("telemetry", "disable") }
        try settleAndAgree()
    }

    @Test(arguments: [true, false])
    func `nobody else decides there between a no and the mark that is drawn for it`(
        isOwed: Bool
    ) throws {
        try copyHome(owing: isOwed ? "disable" : nil)
        let replaced = Mutex(0)
        let lock = "\(place)/change.lock"
        let files = FailingFiles { path in
            guard path.hasSuffix("/disk/place") else { return false }
            replaced.withLock { $0 += 1 }
            #expect((try? RealFileSystem().isLocked(lock)) == true)
            return false
        }
        try inCopy(files) { isOwed ? $0.settle() : $0.disable().failure }
        #expect(replaced.withLock { $0 } == 1, "the copy has marked it as its own")
        #expect(try arpguard.telemetryStatus()["enabled"] == false)
    }

    @Test(arguments: ["disable", "delete"])
    func `what the home has done there the copy does not do again`(decision: String) throws {
        try copyOwing(decision)
        let before = try arpguard.telemetryStatus()
        #expect(before["enabled"] == true && before["events"]?["recorded"] != 0)
        let end = try arpguard("telemetry", "status", environment: copy)
        #expect(end.status == 0 && !end.stderr.contains("done now"), "\(end)")
        let after = try arpguard.telemetryStatus()
        #expect(after["enabled"] == true && after["events"] == before["events"])
    }

    /// Does something in this process for the copy, whose files are these; what failed.
    @discardableResult
    private func inCopy(
        _ files: any FileSystem, _ body: @escaping @Sendable (TelemetrySetup) -> CommandFailure?
    ) throws -> CommandFailure? {
        try TelemetrySetup.use(arpguard.folder.file("copy"), files, body)
    }

    @Test(arguments: ["disable", "delete"])
    func `a copy that waits to do it there ends no yes that the home says meanwhile`(
        decision: String
    ) throws {
        try copyHome(owing: decision)
        let isMet = Mutex(false)
        let files = FailingFiles(locking: { [self] path in
            guard path.hasSuffix("/disk/change.lock") else { return }
            let isFirst = isMet.withLock { isMet in
                defer { isMet = true }
                return !isMet
            }
            if isFirst { #expect(throws: Never.self) { try settleAndAgree() } }
        })
        #expect(try inCopy(files) { $0.settle() } == nil)
        #expect(isMet.withLock { $0 })
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == true && status["blocked_by"] == [])
        #expect(status["events"]?["recorded"] != 0)
    }

    @Test func `the copy says that the folder is its own no more, and what it does not do`() throws
    {
        try copyOwing("disable")
        let status = try arpguard.telemetryStatus(copy)
        #expect(status["enabled"] == false, "its yes there ended")
        let unset = ["config", "unset", "telemetry.storage_path"]
        #expect(try arpguard(unset, environment: copy).status == 0)
        let told = try arpguard("telemetry", "status", environment: copy).stdout
        #expect(told.contains("~/disk: this home's no more: a copy of it, or "), "\(told)")
        #expect(told.contains("; what was decided here is not done there"), "\(told)")
        #expect(!told.contains("as soon as it is seen again"), "\(told)")
        let no = try arpguard("telemetry", "disable", environment: copy)
        #expect(no.status == 0 && no.stdout.contains("is this home's no more"), "\(no)")
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    @Test(arguments: [false, true])
    func `status of a copy tells the folder that it still names, what is owed there, and why`(
        isOwing: Bool
    ) throws {
        try copyOwing(isOwing ? "disable" : nil)
        let status = try arpguard.telemetryStatus(copy)
        #expect(status["storage_path"]?.stringValue == place)
        let errors = (status["other_places"]?.arrayValue ?? []).map { $0["error"]?.stringValue }
        #expect(errors.count == (isOwing ? 1 : 0), "it is no other folder")
        #expect(errors.allSatisfy { $0?.contains("what was decided here is not done") == true })
        #expect(status["events"]?["recorded"] != .null)
        let told = status["configuration_error"]?.stringValue ?? ""
        #expect(told.contains("knows of no yes in \(place): a copy of it, or the one"), "\(told)")
    }

    @Test(arguments: [false, true])
    func `who ends while a new mark is drawn leaves a folder that is known and owed the same`(
        isDrawn: Bool
    ) throws {
        let next = "\(try mark().prefix { $0 != "-" })-7"
        try owe("delete", next: next)
        if isDrawn { try arpguard.folder.write("\(next)\n", to: "disk/place") }
        #expect(try arpguard("replay", capture).status == 1)
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == true && status["events"]?["recorded"] == 0)
        let entry = try entry()
        #expect(entry["owed"] == nil && entry["next"] == nil)
        #expect(try entry["mark"]?.stringValue == mark())
    }

    @Test(arguments: [["disable"], ["delete-data", "--confirm"]])
    func `what a copy does in the folder that it still names is not told as not done`(
        words: [String]
    ) throws {
        try copyOwing("disable")
        for _ in 1...2 {
            let end = try arpguard(["telemetry"] + words, environment: copy)
            let told = end.stdout + end.stderr
            #expect(end.status == 0 && !told.contains("not done there"), "\(told)")
        }
        let list = try JSONValue.parse(bytes: arpguard.folder.read("copy/telemetry-places.json"))
        let owed = list.arrayValue?.first?["owed"]?.arrayValue ?? []
        #expect(!owed.contains(.string(words[0] == "disable" ? "disable" : "delete")))
    }

    @Test func `a folder that was moved, decided about and moved back is this home's own`() throws {
        let moved = arpguard.folder.file("moved")
        func move(_ from: String, _ to: String) throws {
            #expect(try CommandRunner.run("/bin/mv", [from, to], environment: [:]).status == 0)
            try run("config", "set", "telemetry.storage_path", to)
        }
        try move(place, moved)
        try run("telemetry", "enable", "--confirm")
        try run("telemetry", "disable")
        try move(moved, place)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        for words in [["status"], ["disable"], ["delete-data", "--confirm"]] {
            let end = try arpguard(["telemetry"] + words)
            let told = end.stdout + end.stderr
            #expect(end.status == 0 && !told.contains("this home's no more"), "\(told)")
        }
    }

    @Test(arguments: ["disable", "delete"])
    func `what is owed waits where the mark of the folder can't be read`(decision: String) throws {
        let mark = try mark()
        _ = try arpguard("telemetry", "show")
        try owe(decision)
        let store = try Connection(path: "\(place)/store.sqlite", mode: .readOnly)
        func recorded() throws -> Int64? { try store.integer("SELECT count(*) FROM events") }
        let before = try #require(try recorded())
        try RealFileSystem().remove("\(place)/place")
        try RealFileSystem().createFolder("\(place)/place")
        try run("telemetry", "status")
        #expect(try recorded() == before && before > 0)
        #expect(try entry()["owed"] == [.string(decision)])
        let isGone = unsafe rmdir("\(place)/place") == 0
        #expect(isGone)
        try arpguard.folder.write("\(mark)\n", to: "disk/place")
        try run("telemetry", "status")
        #expect(try entry()["owed"] == nil)
        #expect(try recorded() == (decision == "delete" ? 0 : before))
    }

    @Test func `a new mark is on the list before it is in the folder, which may take none`() throws
    {
        try owe("disable")
        let old = try mark()
        #expect(try strikeUnmarked(.disable).contains("\"next\""))
        #expect(try mark() == old)
        let home = Home(path: arpguard.home, reason: .flag, userFolder: nil)
        let places = TelemetryPlaces(of: home, RealFileSystem(), SystemRandom())
        let known = try #require(places.all().first)
        #expect(known.owed.isEmpty && places.isThere(known))
    }

    /// Strikes a decision off where the folder takes no new mark; the list when it was put there.
    private func strikeUnmarked(_ decision: TelemetryPlaces.Owed) throws -> String {
        let home = Home(path: arpguard.home, reason: .flag, userFolder: nil)
        let seen = Mutex("")
        let files = FailingFiles { path in
            guard path.hasSuffix("/place") else { return false }
            let list = try? RealFileSystem().read(
                home.path + "/telemetry-places.json", bytesMax: 4096)
            seen.withLock { $0 = String(decoding: list ?? [], as: UTF8.self) }
            return true
        }
        try TelemetryPlaces(of: home, files, SystemRandom()).strike(decision, at: place)
        return seen.withLock(\.self)
    }

    /// A list as a program leaves it that knows nothing of marks that are being drawn, or as it is.
    private func rewritten(_ list: String, isOlder: Bool) throws -> String {
        guard isOlder else { return list }
        let entries = try JSONValue.parse(list).arrayValue ?? []
        let known = entries.map { entry -> JSONValue in
            [
                "path": entry["path"] ?? .null, "mark": entry["mark"] ?? .null,
                "owed": entry["owed"] ?? [],
            ]
        }
        return JSONValue.array(known).serialized(.pretty)
    }

    @Test(arguments: [false, true], [false, true])
    func `a mark that is being drawn stays known, also to a list that an older program wrote`(
        isDrawn: Bool, isOlder: Bool
    ) throws {
        try owe("delete")
        let list = try strikeUnmarked(.delete)
        let next = try #require(JSONValue.parse(list).arrayValue?.first?["next"]?.stringValue)
        try arpguard.folder.write(
            try rewritten(list, isOlder: isOlder), to: "own/telemetry-places.json")
        if isDrawn { try arpguard.folder.write("\(next)\n", to: "disk/place") }
        let told = try arpguard("telemetry", "status")
        #expect(told.stderr.contains("delete-data is done now"), "\(told.stderr)")
        #expect(!told.stdout.contains("this home's no more"), "\(told.stdout)")
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == true && status["events"]?["recorded"] == 0)
        #expect(status["other_places"] == [])
        if !isOlder { #expect(try entry()["mark"]?.stringValue == mark()) }
        try run("telemetry", "disable")
        #expect(try arpguard.telemetryStatus()["blocked_by"] == ["withdrawn"])
    }
}
