// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

/// What stands in the place of an uploader's lock: that of a home, and that of a folder.
@Suite struct FalseLockTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")

    init() throws { arpguard = try Arpguard() }

    private func run(_ words: String...) throws {
        let end = try arpguard(words)
        #expect(end.status == 0, "\(words): \(end.stderr)")
    }

    private func row(_ name: String) throws -> String {
        let lines = try arpguard("telemetry", "status").stdout.split(separator: "\n")
        return String(lines.first { $0.hasPrefix(name) } ?? "")
    }

    /// Puts something in the place of a lock.
    private func block(_ path: String, with kind: String) throws {
        try RealFileSystem().remove(path)
        if kind == "folder" { return try RealFileSystem().createFolder(path) }
        try #require(unsafe symlink("\(path).nowhere", path) == 0)
    }

    @Test(arguments: ["own", "own/telemetry"], ["folder", "link"])
    func `what stands in the place of a lock of uploads is told, with what to do`(
        folder: String, kind: String
    ) throws {
        let server = try FakeServer(.answer(200), otherwise: .answer(204))
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
        #expect(try arpguard.telemetryStatus()["upload_lock_error"] == .null)
        let path = arpguard.folder.file("\(folder)/upload.lock")
        try block(path, with: kind)
        #expect(try arpguard("replay", capture).status == 1)
        let fault = "/upload.lock can't be locked: it is a \(kind)"
        let hint = "hint: remove it while nothing is uploaded; an upload makes it anew"
        let status = try arpguard("telemetry", "status")
        #expect(status.status == 0 && status.stderr.contains(fault), "\(status)")
        #expect(status.stderr.contains(hint), "\(status)")
        let extent = folder == "own" ? "nothing" : "no batch"
        #expect(status.stderr.contains("\(extent) leaves from here: "), "\(status)")
        #expect(try row("next upload").contains("none: ") && row("next upload").contains(fault))
        let told = try arpguard.telemetryStatus()["upload_lock_error"]?.stringValue
        #expect(told?.hasSuffix(fault) == true)
        let upload = try arpguard("telemetry", "upload")
        #expect(upload.status == 2 && upload.stderr.contains(hint), "\(upload)")
        let deletion = try arpguard("telemetry", "delete-data", "--confirm").stdout
        #expect(deletion.contains("and not asked for from here: "), "\(deletion)")
        #expect(deletion.contains(fault), "\(deletion)")
        let pending = try row("pending erasures")
        #expect(pending.contains(": not asked for from here: ") && pending.contains(fault))
        try RealFileSystem().remove(path)
        try run("telemetry", "upload")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        #expect(try row("pending erasures").hasSuffix("none"))
    }

    /// Owes an erasure from the usual folder, and has another one configured, where a yes stands;
    /// then a folder stands in the place of the lock of one of them.
    private func owe(to server: FakeServer, lockOf folder: String) throws -> CommandResult {
        try run("config", "set", "telemetry.upload_url", server.url())
        try run("telemetry", "enable", "--confirm")
        #expect(try arpguard("replay", capture).status == 1)
        try run("telemetry", "upload")
        try run("telemetry", "delete-data", "--confirm")
        try run("config", "set", "telemetry.storage_path", arpguard.folder.file("other"))
        try run("telemetry", "enable", "--confirm")
        let status = try arpguard.telemetryStatus()
        #expect(status["upload_lock_error"] == .null && status["erasures_due"] != .null)
        try block(arpguard.folder.file("\(folder)/upload.lock"), with: "folder")
        return try arpguard("telemetry", "status")
    }

    @Test func `the lock of another folder is told where something is to be erased from there`()
        throws
    {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), otherwise: patience)
        let shown = try owe(to: server, lockOf: "own/telemetry").stderr
        let fault = "telemetry/upload.lock can't be locked: it is a folder"
        #expect(
            shown.contains("an erasure is not asked for: ") && shown.contains(fault), "\(shown)")
        #expect(shown.contains("hint: remove it while nothing is uploaded"), "\(shown)")
        #expect(!shown.contains("leaves from here"), "\(shown)")
        let pending = try row("pending erasures")
        #expect(pending.contains(": not asked for from here: ") && pending.contains(fault))
        #expect(try !row("next upload").contains("none: "))
        let json = try arpguard.telemetryStatus()
        #expect(json["upload_lock_error"]?.stringValue?.hasSuffix(fault) == true)
        #expect(json["erasures_due"] == .null)
    }

    @Test func `the lock of the configured folder keeps no erasure of another one from going`()
        throws
    {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), patience, otherwise: .answer(204))
        let shown = try owe(to: server, lockOf: "other").stderr
        #expect(shown.contains("no batch leaves from here: "), "\(shown)")
        #expect(!shown.contains("an erasure is not asked for"), "\(shown)")
        #expect(try row("pending erasures").contains("uploads ask again"))
        let list = try arpguard.folder.read("own/telemetry/erasures.json")
        try arpguard.folder.write(
            String(decoding: list, as: UTF8.self)
                .replacing(/"(next_attempt_at|wish)": [0-9]+/) { "\"\($0.1)\": 0" },
            to: "own/telemetry/erasures.json")
        let upload = try arpguard("telemetry", "upload")
        #expect(upload.status == 2 && upload.stderr.contains("it is a folder"), "\(upload)")
        #expect(upload.stderr.contains("1 erasure of other folders confirmed"), "\(upload)")
        #expect(server.requests.map(\.method) == ["POST", "DELETE", "DELETE"])
    }

    @Test(arguments: [
        (
            lock: "erasures.lock", words: "an erasure is not asked for: ",
            member: "erasure_lock_errors"
        ),
        ("change.lock", "nothing can be decided or deleted: ", "decision_lock_errors"),
    ])
    func `what stands in the place of another lock of a folder is told, with what to do`(
        lock: String, words: String, member: String
    ) throws {
        let patience = FakeReply.answer(503, headers: [HTTPHeader("Retry-After", "3600")])
        let server = try FakeServer(.answer(200), otherwise: patience)
        _ = try owe(to: server, lockOf: "other")
        try RealFileSystem().remove(arpguard.folder.file("other/upload.lock"))
        #expect(try arpguard.telemetryStatus()[member] == [])
        try block(arpguard.folder.file("own/telemetry/\(lock)"), with: "folder")
        let fault = "telemetry/\(lock) can't be locked: it is a folder"
        let status = try arpguard("telemetry", "status").stderr
        #expect(status.contains(words) && status.contains(fault), "\(status)")
        let hint = "hint: remove it while no other command is at work here; the next one makes it"
        #expect(status.contains(hint), "\(status)")
        let told = try arpguard.telemetryStatus()[member]?.arrayValue
        #expect(told?.count == 1 && told?[0].stringValue?.hasSuffix(fault) == true)
        let pending = try row("pending erasures")
        #expect(pending.contains(fault) == (lock == "erasures.lock"), "\(pending)")
    }

    @Test func `nobody who was never asked is told of a lock`() throws {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try block("\(arpguard.home)/upload.lock", with: "folder")
        let status = try arpguard("telemetry", "status")
        #expect(!status.stderr.contains("upload.lock"), "\(status.stderr)")
    }
}
