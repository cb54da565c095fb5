// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

extension ErasurePlacesTests {
    /// Has the batches of a folder be due, or in some seconds, whenever that was drawn.
    func makeBatchesDue(_ folder: String, in seconds: Int64 = -60) throws {
        let store = try Connection(path: arpguard.folder.file("\(folder)/store.sqlite"))
        let due = SystemClock().now().advanced(bySeconds: seconds).nanoseconds
        try store.run(
            "UPDATE memory SET value = CAST(? AS BLOB) WHERE key = 'upload.schedule'",
            [.text("\(due) 24")])
    }

    func uploadIfDue() throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", arpguard.home, "--if-due"],
            environment: [:])
    }

    @Test func `batches of a folder that is configured anew wait for what left from another`()
        throws
    {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try store(in: "second")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try agenda().dueAt != nil)
        try makeBatchesDue("second")
        let next = try arpguard.telemetryStatus()["next_upload"]?.stringValue
        #expect(try next == agenda().batchesAt?.rfc3339, "as the next round finds it")
        #expect(try uploadIfDue().status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        let apart = try #require(try agenda().apartUntil)
        #expect(apart > SystemClock().now().advanced(bySeconds: 3000))
    }

    @Test(arguments: [true, false])
    func `a batch that did not leave keeps no request of another folder away`(
        isBegun: Bool
    ) throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(500))
        try askFromFirst(server)
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try agenda().dueAt != nil)
        for folder in ["first", "second"] {
            let store = try Connection(path: arpguard.folder.file("\(folder)/store.sqlite"))
            try store.run("DELETE FROM memory WHERE key = 'upload.apart'")
        }
        // Later than this test takes, and sooner than it would be kept away.
        try makeDue("first", at: SystemClock().now().advanced(bySeconds: 1_800))
        try makeBatchesDue("second")
        let lock = arpguard.folder.file("second/change.lock")
        let held = isBegun ? nil : try RealFileSystem().lock(lock)
        let end = try uploadIfDue()
        withExtendedLifetime(held) {}
        #expect(end.stdout.contains("batches to retry") == isBegun, "\(end.stdout) \(end.stderr)")
        #expect(end.status == 2)
        let list = try arpguard.folder.read("first/erasures.json")
        #expect(!String(decoding: list, as: UTF8.self).contains("kept_away"))
    }

    @Test func `of two other folders those requests are told that go`() throws {
        let server = try FakeServer(
            .answer(200), .answer(500), .answer(200), otherwise: .answer(500))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        // Later than this test takes: the next attempt may come at once by chance.
        try makeDue("first", at: SystemClock().now().advanced(bySeconds: 1_800))
        try send(to: server, from: "second")
        let lock = arpguard.folder.file("second/upload.lock")
        let held = try #require(try RealFileSystem().lock(lock))
        _ = try arpguard("telemetry", "delete-data", "--confirm")
        withExtendedLifetime(held) {}
        try run("telemetry", "disable")
        try store(in: "third")
        #expect(try pending() == 2)
        let before = server.requests.count
        let told = try arpguard("telemetry", "upload", "--dry-run").stdout
        _ = try arpguard("telemetry", "upload")
        #expect(server.requests.dropFirst(before).map(\.method) == ["DELETE"])
        #expect(told.split(separator: "\n").filter { $0.hasPrefix("DELETE http") }.count == 1)
    }

    @Test func `a deletion that fails in one folder denies nothing of what was sent`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server, from: "first")
        try store(in: "second")
        let lock = arpguard.folder.file("first/change.lock")
        let held = try #require(try RealFileSystem().lock(lock))
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        withExtendedLifetime(held) {}
        #expect(end.status == 2)
        #expect(end.stdout.contains("not all") && !end.stdout.contains("nothing was"), "\(end)")
    }

    @Test func `a request that batches pass by is told, and the status tells its time`() throws {
        let server = try FakeServer(.answer(200), .answer(503), otherwise: .answer(200))
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
        _ = try arpguard("telemetry", "delete-data", "--confirm")
        let later = SystemClock().now().advanced(bySeconds: 86_000)
        try makeDue("own/telemetry", at: later)
        #expect(try arpguard("replay", capture).status == 1)
        let end = try arpguard("telemetry", "upload")
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST"])
        #expect(end.stderr.contains("1 erasure not asked for yet, since batches went"), "\(end)")
        #expect(end.stderr.contains("telemetry status tells when that is"), "\(end)")
        let status = try arpguard("telemetry", "status", "--format", "json")
        #expect(try JSONValue.parse(status.stdout)["erasures_due"]?.stringValue != nil)
    }

    @Test func `while one folder's batches go nothing leaves from another`() throws {
        let server = try FakeServer(.answer(200), .answer(503), otherwise: .answer(204))
        try askFromFirst(server)
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try makeDue("first")
        let held = try #require(try RealFileSystem().lock(arpguard.home + "/upload.lock"))
        for end in [try arpguard("telemetry", "upload"), try uploadIfDue()] {
            #expect(end.status == 0)
            #expect(end.stderr.contains("another upload is at work"), "\(end.stderr)")
        }
        let status = try arpguard("telemetry", "status").stdout
        #expect(status.contains("at work now: process \(getpid())"), "\(status)")
        let end = try arpguard("telemetry", "rotate-id", "--confirm")
        withExtendedLifetime(held) {}
        #expect(end.stdout.contains("not confirmed yet: the erasure at"), "\(end.stdout)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        #expect(try pending() == 1)
    }

    @Test func `a deletion that ends a batch on its way waits for its round, and is confirmed`()
        throws
    {
        // Slow, so that the deletion's own helper meets the round that it ended.
        let slow = FakeReply.drip(200, pause: .milliseconds(20))
        let server = try FakeServer(.neverAnswer, otherwise: slow)
        try store(in: "first")
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        let upload = try RunningProcess(
            Executables.path("arpguard-upload"), ["--home", arpguard.home])
        _ = try server.waitForRequests(1)
        let end = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(end.stdout.contains("the collector confirmed the erasure"), "\(end.stdout)")
        #expect(try upload.waitForEnd().status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test func `what stands in the place of the lock of uploads is told, and nothing is sent`()
        throws
    {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        try send(to: server, from: nil)
        try RealFileSystem().remove("\(arpguard.home)/upload.lock")
        try RealFileSystem().createFolder("\(arpguard.home)/upload.lock")
        #expect(try arpguard("replay", capture).status == 1)
        let end = try arpguard("telemetry", "upload")
        #expect(end.status == 2)
        #expect(end.stderr.contains("own/upload.lock can't be locked: "), "\(end.stderr)")
        #expect(end.stderr.contains("hint: remove it"), "\(end.stderr)")
        #expect(server.requests.count == 1)
    }

    @Test func `a home where nobody was ever asked has no file of an upload`() throws {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try run("telemetry", "upload")
        #expect(try !arpguard.folder.contents().contains { $0.hasSuffix("upload.lock") })
    }

    @Test func `what can't be read keeps batches that nobody typed six hours, and no longer`()
        throws
    {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server, from: "first")
        try run("telemetry", "delete-data", "--confirm")
        try run("config", "unset", "telemetry.storage_path")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try agenda().dueAt != nil)
        try makeBatchesDue("own/telemetry")
        let path = arpguard.folder.file("first/store.sqlite")
        try RealFileSystem().remove(path)
        try RealFileSystem().createFolder(path)
        let end = try uploadIfDue()
        #expect(end.status == 0, "\(end.stderr)")
        let words = "batches wait for six hours from when that was found: "
        #expect(end.stderr.contains(words), "\(end.stderr)")
        let status = try arpguard("telemetry", "status")
        #expect(status.stderr.contains(words), "\(status.stderr)")
        let until = try #require(try agenda().batchesAt)
        #expect(until > SystemClock().now().advanced(bySeconds: 5 * 3600))
        #expect(status.stdout.contains("due at \(until.rfc3339)"), "\(status.stdout)")
        #expect(end.stderr.contains("before \(until.rfc3339)"), "\(end.stderr)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        let store = try Connection(path: arpguard.folder.file("own/telemetry/store.sqlite"))
        let before = SystemClock().now().advanced(bySeconds: -6 * 3600).nanoseconds
        try store.run(
            "UPDATE memory SET value = CAST(? AS BLOB) WHERE key LIKE 'upload.unseen'",
            [.text("\(before)")])
        try store.run("DELETE FROM memory WHERE key = 'upload.apart'")
        #expect(try uploadIfDue().status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "POST"])
    }

    @Test func `an erasure that leaves while a folder can be read begins its wait anew`() throws {
        let server = try FakeServer(otherwise: .answer(200))
        try send(to: server, from: "first")
        try run("config", "unset", "telemetry.storage_path")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try agenda().dueAt != nil)
        try makeBatchesDue("own/telemetry")
        let store = try Connection(path: arpguard.folder.file("own/telemetry/store.sqlite"))
        let long = SystemClock().now().advanced(bySeconds: -7 * 3600).nanoseconds
        try store.run(
            "INSERT INTO memory (key, value) VALUES ('upload.unseen', CAST(? AS BLOB))",
            [.text("\(long)")])
        try self.store(in: "first")
        try run("telemetry", "rotate-id", "--confirm")
        try run("config", "unset", "telemetry.storage_path")
        let path = arpguard.folder.file("first/store.sqlite")
        try RealFileSystem().remove(path)
        try RealFileSystem().createFolder(path)
        #expect(try uploadIfDue().status == 0)
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
    }

    @Test(arguments: [["first"], ["first/store.sqlite", "first/store.sqlite-wal"]])
    func `a folder that is gone, or has no store, keeps no batch waiting`(gone: [String]) throws {
        let server = try FakeServer(otherwise: .answer(200))
        try store(in: "first")
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        try store(in: "second")
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try agenda().dueAt != nil)
        try makeBatchesDue("second")
        for path in gone.map(arpguard.folder.file) {
            if gone == ["first"] {
                try RealFileSystem().rename(path, to: path + ".away")
            } else {
                try RealFileSystem().remove(path)
            }
        }
        let end = try uploadIfDue()
        #expect(end.status == 0 && !end.stderr.contains("kept apart"), "\(end.stderr)")
        #expect(server.requests.map(\.method) == ["POST"])
    }

    @Test func `what a server asked of one folder's request holds for that of the next`() throws {
        let patience = FakeReply.answer(429, headers: [HTTPHeader("Retry-After", "7200")])
        let server = try FakeServer(
            .answer(200), .answer(200), patience, .answer(200), otherwise: patience)
        try send(to: server, from: nil)
        for folder in ["second", "third"] {
            try send(to: server, from: folder)
            let before = server.requests.count
            let end = try arpguard("telemetry", "delete-data", "--confirm")
            #expect(end.stdout.contains("; it is kept, and uploads from "), "\(end.stdout)")
            let isFirst = folder == "second"
            #expect(server.requests.dropFirst(before).map(\.method) == (isFirst ? ["DELETE"] : []))
        }
    }
}
