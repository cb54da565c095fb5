// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

/// What `telemetry delete-data` could not begin is not taken for done, whatever became of others.
@Suite struct UnbegunDeletionTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private let server: FakeServer
    private var usual: String { arpguard.home + "/telemetry" }
    private var other: String { arpguard.folder.file("disk/telemetry") }

    init() throws {
        arpguard = try Arpguard()
        server = try FakeServer(.answer(200), otherwise: .answer(204))
        #expect(try arpguard("config", "set", "telemetry.upload_url", server.url()).status == 0)
    }

    private func delete() throws -> CommandResult {
        try arpguard("telemetry", "delete-data", "--confirm")
    }

    private func recorded() throws -> Int64 {
        try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
    }

    /// Keeps deletions in a folder from beginning: what stands for its journals is no folder.
    private func block(_ folder: String) throws {
        try RealFileSystem().rename("\(folder)/journal", to: arpguard.folder.file("journal"))
        try RealFileSystem().replace("\(folder)/journal", with: [])
    }

    private func unblock(_ folder: String) throws {
        try RealFileSystem().remove("\(folder)/journal")
        try RealFileSystem().rename(arpguard.folder.file("journal"), to: "\(folder)/journal")
    }

    @Test func `it is not told as one that ended before`() throws {
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        let stored = try recorded()
        let reader = try arpguard.reader(of: usual)
        #expect(try delete().status == 2)
        try reader.execute("COMMIT")
        #expect(try arpguard("telemetry", "upload", "--quiet").stderr.isEmpty)
        #expect(try arpguard("replay", capture).status == 1)
        try block(usual)
        let end = try delete()
        #expect(end.status == 2 && !end.stdout.contains("deleted"), "\(end)")
        try unblock(usual)
        let told = try arpguard("telemetry", "status").stderr
        #expect(told.contains("delete-data is done now: deleted \(stored) events"), "\(told)")
        #expect(try recorded() == stored)
    }

    /// Whether the other folder is owed a deletion.
    private func isOwed() throws -> Bool {
        let list = try arpguard.folder.read("own/telemetry-places.json")
        return String(decoding: list, as: UTF8.self).contains("delete")
    }

    /// Leaves a deletion there that waits for the record, and records again.
    private func leaveOneWaiting() throws {
        _ = try arpguard.record(capture, in: other)
        let (record, away) = ("\(other)/consent.json", arpguard.folder.file("away.json"))
        try RealFileSystem().rename(record, to: away)
        try #require(unsafe symlink(away, record) == 0)
        #expect(try delete().status == 2)
        try RealFileSystem().remove(record)
        try RealFileSystem().rename(away, to: record)
        #expect(try !isOwed(), "it has begun")
        // As long as somebody decides there, what records leaves it to them.
        let lock = try #require(try RealFileSystem().lock("\(other)/change.lock"))
        #expect(try arpguard("replay", capture).status == 1)
        withExtendedLifetime(lock) {}
        #expect(try RealFileSystem().status(of: "\(other)/rotation.intent") != nil)
    }

    @Test(arguments: [true, false])
    func `it is owed as before, though an earlier one still waits there`(isAway: Bool) throws {
        try leaveOneWaiting()
        if isAway {
            let disk = arpguard.folder.file("disk")
            try RealFileSystem().rename(disk, to: disk + ".away")
            #expect(try delete().status == 0)
            try RealFileSystem().rename(disk + ".away", to: disk)
            try block(other)
            _ = try arpguard("telemetry", "status")
        } else {
            try block(other)
            #expect(try delete().status == 2)
        }
        #expect(try isOwed())
        try unblock(other)
        let told = try arpguard("telemetry", "status").stderr
        #expect(told.contains("delete-data is done now: deleted "), "\(told)")
        #expect(try recorded() == 0 && !isOwed())
    }

    /// Waits until somebody is at the decisions of this home, or nobody any more.
    private func waitUntilDecided(_ isDone: Bool) throws {
        let lock = arpguard.home + "/telemetry-places.json.settling.lock"
        let deadline = Deadline.within(.seconds(60))
        while (try? RealFileSystem().isLocked(lock)) != !isDone {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
    }

    @Test func `it is told as done where its own upload does it`() throws {
        // An erasure that is pending has the upload asked.
        let busy = try FakeServer(.answer(200), otherwise: .answer(503))
        #expect(try arpguard("config", "set", "telemetry.upload_url", busy.url()).status == 0)
        _ = try arpguard.record(capture, in: other)
        #expect(try arpguard("telemetry", "upload").status == 0)
        _ = try arpguard("telemetry", "rotate-id", "--confirm")
        let stored = try recorded()
        let deletion: RunningProcess
        do {
            let lock = try #require(try RealFileSystem().lock("\(other)/change.lock"))
            deletion = try RunningProcess(
                Executables.path("arpguard"), ["telemetry", "delete-data", "--confirm"],
                environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
            try waitUntilDecided(false)
            try waitUntilDecided(true)
            withExtendedLifetime(lock) {}
        }
        let end = try deletion.waitForEnd()
        #expect(end.status == 0, "\(end)")
        #expect(end.stdout.contains("deleted \(stored) events; no byte"), "\(end)")
        #expect(try recorded() == 0 && !isOwed())
        #expect(try !arpguard("telemetry", "status").stderr.contains("done now"))
    }

    @Test func `the cause is told of the folder where that is, not of one where it ended`() throws {
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        let stored = try arpguard.record(capture, in: other)
        #expect(try arpguard("telemetry", "upload").status == 0)
        try block(usual)
        let reader = try arpguard.reader(of: other)
        let end = try arpguard.delete(beside: reader)
        #expect(end.status == 2, "\(end)")
        #expect(end.stdout.contains("deleted \(stored) events, not all"), "\(end)")
        #expect(end.stderr.contains("journal: Not a directory"), "\(end)")
        #expect(!end.stderr.contains("is read by"), "\(end)")
    }
}
