// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import TestKit
import Testing

@testable import Telemetry

/// Files of telemetry's folder that are not what a program of ours leaves there.
@Suite struct ObstacleTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(3)
    }

    private static let notes = [
        "name", "name 0", "name 1 2", String(repeating: "n", count: 70),
        String(repeating: "n", count: 64), String(repeating: "n", count: 1 << 20),
    ]

    @Test(arguments: notes.indices, [false, true])
    func `a note of losses that makes no sense is counted as damage, and stops nothing`(
        index: Int, isDeletion: Bool
    ) throws {
        try home.folder.write(Self.notes[index], to: "home/telemetry/losses")
        if isDeletion {
            #expect(try home.control().deleteData().events == 3)
        } else {
            let status = try home.control().status()
            #expect(status.recorded == 3)
            #expect(status.storeProblem == nil)
            #expect(status.lost.map(\.reason) == ["damaged"])
        }
        #expect(try home.folder.read("home/telemetry/losses") == [UInt8](repeating: 0, count: 64))
    }

    @Test(arguments: ["", String(repeating: "\0", count: 64)])
    func `a note of losses that nobody ever filled tells of none`(content: String) throws {
        try home.folder.write(content, to: "home/telemetry/losses")
        let status = try home.control().status()
        #expect(status.storeProblem == nil && status.lost.isEmpty)
    }

    @Test func `a folder in the place of that note is left alone`() throws {
        try RealFileSystem().remove("\(home.storage)/losses")
        try home.folder.write("x", to: "home/telemetry/losses/x")
        #expect(try home.control().status().recorded == 3)
        #expect(try home.control().deleteData().events == 3)
    }

    @Test func `what was noted is told where there is no store yet`() throws {
        _ = try home.control().deleteData()
        for name in try RealFileSystem().names(in: home.storage) where name.hasPrefix("store") {
            try RealFileSystem().remove("\(home.storage)/\(name)")
        }
        let words: [UInt64] = [0x4152_5047_4C4F_5331, 1, 7, 0, 0, 0, 0, 0]
        let note = words.flatMap { word in
            (0..<8).map { (byte: UInt64) in UInt8(truncatingIfNeeded: word >> (byte * 8)) }
        }
        try home.folder.write(note, to: "home/telemetry/losses")
        #expect(try home.control().status().lost.map(\.count) == [7])
    }

    @Test func `a note that is being written keeps a deletion waiting, and is not torn from it`()
        throws
    {
        let lock = try RealFileSystem().lock("\(home.storage)/losses.lock")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        withExtendedLifetime(lock) {}
    }

    @Test(arguments: [true, false])
    func `a change of identifier that can't be made stands in no deletion's way`(isBegun: Bool)
        throws
    {
        try home.haveOneBatchAccepted()
        let id = try #require(try home.control().status().installationID)
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
            .execute("PRAGMA user_version = 99")
        #expect(throws: TelemetryError.self) { try home.control().rotateID() }
        // A program before this one has left it.
        if isBegun { try home.folder.write(id, to: "home/telemetry/rotation.intent") }
        let outcome = try home.control().deleteData()
        #expect(outcome.events == 3)
        #expect(outcome.erasureRequested)
        let status = try home.control().status()
        #expect(status.storeProblem == nil)
        #expect(status.installationID != id)
        #expect(status.pendingErasures == 1)
    }

    @Test func `nobody's database is taken for the store by a link`() throws {
        let other = home.folder.file("other.sqlite")
        try Connection(path: other).execute(
            "CREATE TABLE events(time); INSERT INTO events VALUES(1)")
        let before = try home.folder.read("other.sqlite")
        _ = try home.control().disable()
        for name in try RealFileSystem().names(in: home.storage) where name.hasPrefix("store") {
            try RealFileSystem().remove("\(home.storage)/\(name)")
        }
        #expect(unsafe symlink(other, "\(home.storage)/store.sqlite") == 0)
        home.record(1)
        #expect(try home.control().status().storeProblem?.contains("is no file") == true)
        #expect(try home.folder.read("other.sqlite") == before)
    }

    @Test func `a program that records nothing touches no folder of somebody else's`() throws {
        guard getuid() == 0 else { return }
        try home.control().disable()
        home.clock.advance(by: .seconds(40 * 86_400))
        #expect(unsafe chown(home.storage, 65_534, 65_534) == 0)
        let before = try home.folder.read("home/telemetry/store.sqlite")
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        module.flush()
        module.end()
        #expect(home.told.contains("belongs to user 65534"), "\(home.told)")
        #expect(try home.folder.read("home/telemetry/store.sqlite") == before)
    }

    @Test func `an erasure that is settled was told before its request is gone`() throws {
        try home.haveOneBatchAccepted()
        _ = try home.control().deleteData()
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.pendingErasures().first)
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
            .execute("ALTER TABLE ledger RENAME TO away")
        #expect(throws: (any Error).self) { try outbox.settled(erasure, isSupported: false) }
        #expect(try outbox.pendingErasures() == [erasure])
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
            .execute("ALTER TABLE away RENAME TO ledger")
        try outbox.settled(erasure, isSupported: false)
        #expect(try home.control().status().unsupportedErasureOrigins.count == 1)
        #expect(try outbox.pendingErasures().isEmpty)
    }

    @Test(arguments: [Int64.max, -1, 0])
    func `no number of attempts in the list of erasures ends a program`(attempts: Int64) throws {
        try home.haveOneBatchAccepted()
        _ = try home.control().deleteData()
        let path = "home/telemetry/erasures.json"
        let text = String(decoding: try home.folder.read(path), as: UTF8.self)
        try home.folder.write(
            text.replacing("\"attempts\": 0", with: "\"attempts\": \(attempts)"), to: path)
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.pendingErasures().first)
        try outbox.begin(erasure)
        try outbox.retry(erasure, notBefore: home.clock.now())
        #expect(try #require(try outbox.pendingErasures().first).attempts >= 1)
    }

    @Test func `a no reaches a program that records, whatever is in the place of the journals`()
        throws
    {
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        defer { module.end() }
        #expect(module.trackEvent("app_start"))
        try RealFileSystem().rename("\(home.storage)/journal", to: home.folder.file("away"))
        try home.folder.write("in the way", to: "home/telemetry/journal")
        try home.control().disable()
        #expect(!module.trackEvent("app_start"))
        #expect(home.told.contains("unsent batches could not be marked"))
    }

    @Test func `a no that can't be written down is one all the same, and says so`() throws {
        try RealFileSystem().remove("\(home.storage)/consent.json")
        try home.folder.write("in the way", to: "home/telemetry/consent.json/x")
        let error = #expect(throws: TelemetryError.self) { try home.control().disable() }
        #expect(error?.description.contains("telemetry is off, but") == true)
        #expect(!home.control().causes(blocking: .recording).isEmpty)
    }
}
