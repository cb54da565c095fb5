// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// What `telemetry delete-data` could not do at once is not forgotten by what comes after it.
@Suite struct UnfinishedDeletionTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private var storage: String { arpguard.home + "/telemetry" }

    init() throws { arpguard = try Arpguard() }

    /// Agrees, and has all that a capture gives taken by a server; how many events are stored.
    private func send(to server: FakeServer) throws -> Int64 {
        #expect(
            try arpguard("config", "set", "telemetry.upload_url", server.url()).status == 0)
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard("telemetry", "upload").status == 0)
        return try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
    }

    private func log() throws -> [JSONValue] {
        let end = try arpguard("telemetry", "log", "--format", "json")
        return try end.stdout.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    /// Sends, and deletes beside a reader of the store; how many events were stored.
    private func deleteBesideReader(_ server: FakeServer) throws -> Int64 {
        let stored = try send(to: server)
        try #require(stored > 0)
        let reader = try arpguard.reader(of: storage)
        let first = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(first.status == 2 && first.stderr.contains("is read by"), "\(first)")
        try reader.execute("COMMIT")
        return stored
    }

    private func expectDeleted(_ count: Int64) throws {
        let row = try #require(try log().first)
        #expect(row["kind"] == "data_deleted" && row["detail"]?["events"] == .integer(count))
    }

    @Test(
        arguments: [
            (404, "what was sent is not erased: the server does not support it"),
            (204, "the collector confirmed the erasure"),
        ])
    func `one that a reader kept from its end is told whole by the next one, which ends it`(
        answer: (status: Int, words: String)
    ) throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(answer.status))
        let stored = try deleteBesideReader(server)
        #expect(server.requests.count == 1)
        let second = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(second.status == 0, "\(second.stderr)")
        #expect(second.stdout.contains("deleted \(stored) events;"), "\(second.stdout)")
        #expect(second.stdout.contains(answer.words), "\(second.stdout)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        try expectDeleted(stored)
    }

    @Test func `one that another command ends is told by that, and is nothing to the next one`()
        throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        let stored = try deleteBesideReader(server)
        let end = try arpguard("telemetry", "upload").stderr
        #expect(end.contains("delete-data is done now: deleted \(stored) events, and"), "\(end)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        try expectDeleted(stored)
        let second = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(second.contains("deleted 0 events;"), "\(second)")
        #expect(second.contains("nothing was sent under the identifier that ended"), "\(second)")
        try expectDeleted(0)
    }

    @Test func `one that a quiet upload ends is told once, by the next command that is not quiet`()
        throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        let stored = try deleteBesideReader(server)
        let upload = try arpguard("telemetry", "upload", "--quiet")
        #expect(upload.status == 0 && upload.stderr.isEmpty, "\(upload)")
        let told = try arpguard("telemetry", "status").stderr
        #expect(told.contains("delete-data is done now: deleted \(stored) events"), "\(told)")
        #expect(try !arpguard("telemetry", "status").stderr.contains("done now"))
        try expectDeleted(stored)
    }

    @Test func `one that its own upload ends is told as done, with its figures`() throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        let stored = try send(to: server)
        let reader = try arpguard.reader(of: storage)
        let end = try arpguard.delete(beside: reader, "--format", "json")
        #expect(end.status == 0 && end.stderr.isEmpty, "\(end)")
        let json = try JSONValue.parse(end.stdout)
        #expect(json["deleted_events"] == .integer(stored) && json["erasure_requested"] == true)
        #expect(json["pending_erasures"] == 0)
        #expect(try !arpguard("telemetry", "status").stderr.contains("done now"))
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test func `what keeps one from its end is told once, and not by its own upload too`() throws {
        _ = try send(to: FakeServer(.answer(200), otherwise: .answer(204)))
        let reader = try arpguard.reader(of: storage)
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.status == 2, "\(end)")
        #expect(end.stderr.split(separator: "is read by").count == 2, "\(end)")
        try reader.execute("COMMIT")
    }

    @Test func `one in a folder of its own is told by who ends it, and not done a second time`()
        throws
    {
        let place = arpguard.folder.file("other")
        let stored = try arpguard.record(capture, in: place)
        let reader = try arpguard.reader(of: place)
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 2)
        try reader.execute("COMMIT")
        let list = try arpguard.folder.read("own/telemetry-places.json")
        #expect(!String(decoding: list, as: UTF8.self).contains("owed"))
        let record = try arpguard.folder.read("other/consent.json")
        let told = try arpguard("telemetry", "status").stderr
        #expect(told.contains("delete-data is done now: deleted \(stored) events"), "\(told)")
        #expect(try arpguard.folder.read("other/consent.json") == record)
        try expectDeleted(stored)
        #expect(try arpguard.telemetryStatus()["enabled"] == true)
    }

    /// Deletes beside a record that is a link, and so is not read; then it is gone.
    private func deleteBesideLink() throws {
        let record = "\(storage)/consent.json"
        let away = arpguard.folder.file("away")
        try RealFileSystem().rename(record, to: away)
        try #require(unsafe symlink(away, record) == 0)
        #expect(try arpguard("telemetry", "delete-data", "--confirm").status == 2)
        try RealFileSystem().remove(record)
    }

    @Test func `an erasure that waits for the record is told until that is back, or a new yes`()
        throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        _ = try send(to: server)
        try deleteBesideLink()
        let json = try arpguard.telemetryStatus()
        #expect(json["pending_erasures"] == .null)
        #expect(json["erasures_error"]?.stringValue?.contains("not asked to be erased yet") == true)
        let shown = try arpguard("telemetry", "status").stdout
        #expect(shown.contains("consent.json back; the next command does the rest"), "\(shown)")
        let again = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(!again.contains("can't be erased elsewhere"), "\(again)")
        #expect(again.contains("not asked to be erased yet"), "\(again)")
        let yes = try arpguard("telemetry", "enable", "--confirm")
        #expect(yes.status == 0 && yes.stderr.contains("can't be erased elsewhere"), "\(yes)")
        #expect(try log().contains { $0["kind"] == "erasure_impossible" })
        #expect(try arpguard.telemetryStatus()["pending_erasures"] == 0)
    }
}
