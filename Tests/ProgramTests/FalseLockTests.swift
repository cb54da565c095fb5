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
        #expect(try row("next upload").contains("none: ") && row("next upload").contains(fault))
        let told = try arpguard.telemetryStatus()["upload_lock_error"]?.stringValue
        #expect(told?.hasSuffix(fault) == true)
        let upload = try arpguard("telemetry", "upload")
        #expect(upload.status == 2 && upload.stderr.contains(hint), "\(upload)")
        _ = try arpguard("telemetry", "delete-data", "--confirm")
        let pending = try row("pending erasures")
        #expect(pending.contains(": not asked for from here: ") && pending.contains(fault))
        try RealFileSystem().remove(path)
        try run("telemetry", "upload")
        #expect(server.requests.map(\.method) == ["POST", "DELETE"])
        #expect(try row("pending erasures").hasSuffix("none"))
    }

    @Test func `nobody who was never asked is told of a lock`() throws {
        try run("config", "set", "telemetry.upload_url", "http://127.0.0.1:1/v1/logs")
        try block("\(arpguard.home)/upload.lock", with: "folder")
        let status = try arpguard("telemetry", "status")
        #expect(!status.stderr.contains("upload.lock"), "\(status.stderr)")
    }
}
