// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Telemetry
import TestKit
import Testing

/// A list of pending erasures that can't be understood is told, and stops nothing else.
@Suite struct DamagedErasuresTests {
    let home: Home
    private let list = "home/telemetry/erasures.json"
    private let aside = "home/telemetry/erasures.damaged.json"

    init() throws {
        home = try Home()
        try home.enable()
        home.record(2)
        try home.haveOneBatchAccepted()
    }

    private static let damages = [
        "", "{", "{}", "[{}]", "[1]", "\u{0}\u{0}", String(repeating: "[", count: (1 << 20) + 1),
    ]

    @Test(arguments: damages.indices)
    func `the status tells it with what to do, and all its other figures`(index: Int) throws {
        try home.folder.write(Self.damages[index], to: list)
        let status = try home.control().status()
        #expect(status.pendingErasures == nil)
        #expect(status.json["pending_erasures"] == .null)
        #expect(status.json["erasures_error"]?.stringValue?.contains("erasures.json") == true)
        #expect(status.erasureProblem?.hint.contains("restore it") == true)
        #expect(status.uploaded == 2)
        #expect(status.storageBytes ?? 0 > 0)
    }

    @Test func `batches, review and the schedule go on`() throws {
        try home.folder.write("{", to: list)
        home.record(1)
        #expect(try home.control().uploadAgenda().schedule != nil)
        let outlook = try home.control().outlook()
        #expect(outlook.batches.count == 1)
        #expect(outlook.erasureProblem != nil)
        try home.haveOneBatchAccepted()
        #expect(try home.control().status().uploaded == 3)
    }

    @Test(arguments: damages.indices)
    func `a deletion sets it aside, keeps its own request and says where the old ones are`(
        index: Int
    ) throws {
        try home.folder.write(Self.damages[index], to: list)
        let id = try #require(try home.control().status().installationID)
        #expect(try home.control().deleteData().erasureRequested)
        #expect(try home.folder.read(aside) == Array(Self.damages[index].utf8))
        let status = try home.control().status()
        #expect(status.pendingErasures == 1)
        #expect(status.erasureProblem?.description.contains("erasures.damaged.json") == true)
        #expect(try !home.holds(id, except: ["erasures.json"]))
        try RealFileSystem().remove(home.folder.file(aside))
        #expect(try home.control().status().erasureProblem == nil)
    }

    @Test(arguments: ["installation_id", "secret", "url", "check"])
    func `a changed byte of a request is damage, and one without a check was mended by hand`(
        field: String
    ) throws {
        #expect(try home.control().deleteData().erasureRequested)
        let kept = try JSONValue.parse(bytes: home.folder.read(list))
        var entry = try #require(kept.arrayValue?.first?.objectValue)
        var text = Array(try #require(entry[field]?.stringValue).utf8)
        text[text.count - 1] ^= 1
        entry[field] = .string(String(decoding: text, as: UTF8.self))
        try home.folder.write(JSONValue.array([.object(entry)]).serialized(.pretty), to: list)
        #expect(try home.control().status().pendingErasures == nil)
        entry["check"] = nil
        try home.folder.write(JSONValue.array([.object(entry)]).serialized(.pretty), to: list)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `a second one that is damaged stands beside the first, up to eight`() throws {
        for count in 1...8 {
            try home.folder.write("{ \(count)", to: list)
            _ = try home.control().deleteData()
            let status = try home.control().status()
            let words = count == 1 ? "a damaged list" : "\(count) damaged lists"
            #expect(status.erasureProblem?.description.contains(words) == true)
        }
        for count in 1...8 {
            let name = count == 1 ? aside : "home/telemetry/erasures.damaged-\(count).json"
            #expect(try home.folder.read(name) == Array("{ \(count)".utf8))
        }
        try home.folder.write("{ 9", to: list)
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.description == "8 damaged lists of pending erasures wait already")
        #expect(try home.folder.read(list) == Array("{ 9".utf8))
        try RealFileSystem().remove(home.folder.file(aside))
        _ = try home.control().status()
        #expect(try home.control().status().recorded == 0)
        #expect(try home.folder.read(aside) == Array("{ 9".utf8))
    }

    @Test func `a change of identifier does so as well`() throws {
        try home.folder.write("{", to: list)
        #expect(try home.control().rotateID().erasureRequested)
        #expect(try home.folder.read(aside) == Array("{".utf8))
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `what can't be reached is told, and never set aside`() throws {
        _ = try home.control().deleteData()
        let faulty = home.control(
            files: FailingFiles(unreadable: { $0.hasSuffix("erasures.json") }))
        #expect(try faulty.status().pendingErasures == nil)
        #expect(try faulty.status().erasureProblem != nil)
        _ = try? faulty.deleteData()
        #expect(try home.control().status().pendingErasures == 1)
        #expect(try !home.folder.contents().contains(aside))
    }
}
