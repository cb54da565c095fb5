// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A deletion where what was decided, and with it the identifier, can't be read now.
@Suite struct ShutDeletionTests {
    private let home: Home
    private let path = "home/telemetry/consent.json"

    init() throws {
        home = try Home.withOneBatchSent()
        home.record(1)
    }

    private func stored() throws -> Int64? {
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            .integer("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM batches)")
    }

    @Test func `all is deleted but the identifier, which ends once it can be read`() throws {
        let before = try home.folder.read(path)
        let id = try home.control().status().installationID
        let error = #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        let remedy = "make \(home.folder.file(path)) readable and writable for its owner"
        #expect(error?.hint == "\(remedy); the next command does the rest then")
        #expect(try stored() == 0)
        #expect(try home.folder.read(path) == before)
        // Nor does a look beside the shut record take it for done, or for nothing.
        let shut = try home.shut.status()
        #expect(shut.storeProblem == error?.description)
        #expect(shut.pendingErasures == nil && shut.blockedErasing == [.stateUnreadable])
        #expect(shut.erasureProblem?.hint == error?.hint)
        #expect(home.told.isEmpty, "\(home.told)")
        let status = try home.control().status()
        #expect(status.installationID != id && status.installationID != nil)
        #expect((status.pendingErasures, status.isEnabled) == (1, true))
        #expect(status.erasureProblem == nil)
        #expect(home.told.contains("delete-data is done now"), "\(home.told)")
        #expect(home.told.contains("is asked to be erased"), "\(home.told)")
        #expect(try home.keptTallies == 0)
        // Once.
        #expect(try home.control().status().installationID == status.installationID)
        let kinds = try home.control().ledger().map(\.kind)
        #expect(kinds == ["data_deleted", "id_rotated", "erasure_requested", "consent_given"])
    }

    @Test func `what is recorded before it ends is seen, and never sent`() throws {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        // Who records leaves it to whoever decides, as long as somebody does.
        do {
            let lock = try #require(try RealFileSystem().lock("\(home.storage)/change.lock"))
            home.record(2)
            withExtendedLifetime(lock) {}
        }
        let outbox = try #require(try home.control().outbox())
        #expect(try outbox.next() == .empty)
        let status = try home.control().status()
        #expect((status.recorded, status.waiting) == (2, 0))
    }

    @Test func `a reader in the way, and a record that is shut before all is done, lose nothing`()
        throws
    {
        for isShutFirst in [true, false] {
            let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            try reader.execute("BEGIN")
            _ = try reader.integer("SELECT count(*) FROM events")
            let id = try home.control().status().installationID
            let control = isShutFirst ? home.shut : home.control()
            let error = #expect(throws: TelemetryError.self) { try control.deleteData() }
            #expect(error?.code == .busy)
            try reader.execute("COMMIT")
            #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
            #expect(try stored() == 0)
            #expect(try home.control().status().installationID != id)
            #expect(try home.control().status().pendingErasures == 1)
        }
    }

    @Test func `a record that is opened while a reader is in the way ends one identifier`() throws {
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        let id = try home.control().status().installationID
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        let next = try home.control().status()
        #expect(next.storeProblem?.contains("old bytes remain") == true)
        #expect(next.installationID != id)
        try reader.execute("COMMIT")
        let last = try home.control().status()
        #expect(last.storeProblem == nil)
        #expect((last.installationID, last.pendingErasures) == (next.installationID, 1))
    }

    @Test func `what former identifiers of the folder sent is asked to be erased with it`() throws {
        try home.control().disable()
        try home.control().partFromIdentity()
        try home.enable()
        home.record(1)
        try home.haveOneBatchAccepted()
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        #expect(try home.control().status().pendingErasures == 2)
    }

    @Test func `a new identifier is not taken beside it, nor one that was begun forgotten`() throws
    {
        let error = #expect(throws: TelemetryError.self) { try home.shut.rotateID() }
        #expect(error?.description.contains("so nothing takes its place") == true)
        let id = try #require(try home.control().status().installationID)
        try home.folder.write(id, to: "home/telemetry/rotation.intent")
        #expect(try home.shut.status().storeProblem == error?.description)
        let status = try home.control().status()
        #expect(status.installationID != id && status.pendingErasures == 1)
    }

    @Test func `a record that is moved away and comes back is met by the deletion all the same`()
        throws
    {
        let record = try home.folder.read(path)
        let id = try home.control().status().installationID
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        try RealFileSystem().remove(home.folder.file(path))
        for _ in 0..<2 {
            let status = try home.control().status()
            #expect(status.storeProblem == nil)
            #expect(status.pendingErasures == nil && status.blockedErasing == [.stateUnreadable])
            let hint = try #require(status.erasureProblem).hint
            #expect(hint.hasPrefix("put \(home.folder.file(path)) back"), "\(hint)")
        }
        #expect(try home.control().deleteData().unerasable.isEmpty, "it may come back")
        #expect(home.told.isEmpty, "\(home.told)")
        try home.folder.write(record, to: path)
        let status = try home.control().status()
        #expect(status.installationID != id && status.pendingErasures == 1)
        #expect(home.told.contains("delete-data is done now"), "\(home.told)")
    }

    @Test func `a new yes where the record is gone tells once that something was maybe sent`()
        throws
    {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        try RealFileSystem().remove(home.folder.file(path))
        // Nor does another deletion give it up.
        _ = try home.control().deleteData()
        #expect(home.told.isEmpty, "\(home.told)")
        try home.enable()
        #expect(home.told.split(separator: "can't be erased elsewhere").count == 2, "\(home.told)")
        let rows = try home.control().ledger().filter { $0.kind == "erasure_impossible" }
        #expect(rows.count == 1)
        #expect(try home.control().status().erasureProblem == nil)
        let id = try #require(try home.control().status().installationID)
        #expect(try home.control().status().installationID == id, "nothing ends a later identifier")
        #expect(try home.control().deleteData().unerasable.isEmpty, "that is told")
    }

    @Test func `where the record is gone for good, the erasure is told as impossible`() throws {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        try home.folder.write("{", to: path)
        _ = try home.control().status()
        #expect(home.told.contains("can't be erased elsewhere"), "\(home.told)")
        #expect(try home.control().ledger().contains { $0.kind == "erasure_impossible" })
    }
}
