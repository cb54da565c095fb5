// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import SQLite
import Synchronization
import TestKit
import Testing

@testable import Telemetry

@Suite struct RotationTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// Has one batch accepted; its body, decoded.
    private func send(
        _ config: TelemetryModuleConfig = .withURL
    ) throws -> (batch: SealedBatch, json: JSONValue) {
        home.record(3, config)
        let outbox = try #require(try home.control(config).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
        return (batch, try #require(batch.json))
    }

    private static func leaves(_ json: JSONValue) -> Set<String> {
        if let object = json.objectValue {
            return object.members.reduce(into: []) { $0.formUnion(leaves($1.value)) }
        }
        if let array = json.arrayValue {
            return array.reduce(into: []) { $0.formUnion(leaves($1)) }
        }
        return json.stringValue.map { [$0] } ?? []
    }

    /// What a batch says that says who sent it.
    private static func identifying(_ json: JSONValue) -> Set<String> {
        leaves(json).filter { $0.utf8.count > 12 }.subtracting(
            Catalogue.standard.events.flatMap { [$0.name] + $0.properties.map(\.name) }
                + [
                    Catalogue.standard.digest, "telemetry.catalogue.digest", "app.installation.id",
                    "log.record.uid", "telemetry.erasure_key_sha256", "service.version",
                    // The day, which all that is sent on it has.
                    "1795392000000000000",
                ])
    }

    @Test func `a request for erasure stands once in the ledger, however often the id changes`()
        throws
    {
        _ = try send()
        for _ in 0..<3 { _ = try home.control().rotateID() }
        let kinds = try home.control().ledger().map(\.kind)
        #expect(kinds.count { $0 == "id_rotated" } == 3)
        #expect(kinds.count { $0 == "erasure_requested" } == 1)
    }

    @Test(arguments: ["rotate-id", "delete-data"])
    func `no value that tells who sent a batch occurs under two identifiers`(how: String) throws {
        let first = try send()
        if how == "rotate-id" {
            _ = try home.control().rotateID()
        } else {
            _ = try home.control().deleteData()
        }
        let second = try send()
        let common = Self.identifying(first.json).intersection(Self.identifying(second.json))
        #expect(common == [])
        #expect(Self.identifying(first.json).count >= 5)
    }

    @Test(arguments: [true, false])
    func `neither a new identifier nor a deletion changes when a yes was said`(
        isDeletion: Bool
    ) throws {
        func decided() throws -> JSONValue? {
            let record = try home.folder.read("home/telemetry/consent.json")
            return try JSONValue.parse(bytes: record)["decided_at"]
        }
        let before = try decided()
        _ = try send()
        home.clock.advance(by: .seconds(60))
        if isDeletion {
            _ = try home.control().deleteData()
        } else {
            _ = try home.control().rotateID()
        }
        #expect(try before != nil && decided() == before)
        let row = try home.control().ledger().last { $0.kind == "consent_given" }
        #expect(row?.detail["decided_at"] == before)
    }

    @Test func `the old identifier and its batches are gone, and the events stay`() throws {
        let id = try #require(try home.control().status().installationID)
        let sent = try send()
        home.record(2)
        let outcome = try home.control().rotateID()
        #expect(outcome.erasureRequested)
        #expect(outcome.batches == 1)
        let status = try home.control().status()
        #expect(status.installationID != nil)
        #expect(status.installationID != id)
        #expect(status.recorded == 5)
        #expect(status.waiting == 0)
        #expect(status.pendingErasures == 1)
        #expect(status.blockedBy.isEmpty)
        #expect(try !home.holds(id, except: ["erasures.json"]))
        #expect(try home.holds(id))
        // The ledger alone remembers which batches there were.
        let batches = try home.control().ledger().compactMap { $0.detail["batch"]?.stringValue }
        #expect(Set(batches) == [sent.batch.uid])
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `what was sent under the old identifier is counted once, and never as lost`() throws
    {
        _ = try send()
        home.record(2)
        _ = try home.control().rotateID()
        let account = try #require(try home.control().account())
        #expect(account.isBalanced, "\(account)")
        #expect((account.stored, account.sent) == (2, 3))
        #expect(try home.control().status().keptHere == 2)
        home.clock.advance(by: .seconds(31 * 86_400))
        home.record(1)
        #expect(try home.control().status().lost.map(\.count) == [2])
        #expect(try home.control().account()?.isBalanced == true)
    }

    @Test(arguments: [false, true], [1, 9])
    func `a yes outlives a new record that finds no room`(isDeletion: Bool, times: Int) throws {
        let before = try #require(try home.control().status().installationID)
        let left = Mutex(times)
        let disk = FailingFiles { path in
            guard path.hasSuffix("/consent.json") else { return false }
            return left.withLock { left in
                left -= 1
                return left >= 0
            }
        }
        func change(_ control: TelemetryControl) throws {
            if isDeletion { _ = try control.deleteData() } else { _ = try control.rotateID() }
        }
        if times == 1 {
            try change(home.control(files: disk))
        } else {
            #expect(throws: (any Error).self) { try change(home.control(files: disk)) }
            #expect(home.control().causes(blocking: .recording) == [])
            try change(home.control())
        }
        let status = try home.control().status()
        #expect(status.blockedBy == [] && status.installationID != before)
    }

    @Test func `a process that records on does so under the new identifier`() throws {
        let module = home.module()
        module.initialize()
        #expect(module.trackEvent("app_start"))
        _ = try home.control().rotateID()
        #expect(module.trackEvent("app_stop", ["exit": "clean"]))
        module.end()
        #expect(try home.control().status().waiting == 1)
    }

    @Test(arguments: [0, 2])
    func `with a reader in the way it says so, and the next command finishes it`(
        waiting: Int
    ) throws {
        let id = try #require(try home.control().status().installationID)
        _ = try send()
        home.record(waiting)
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM batches")
        let error = #expect(throws: TelemetryError.self) { try home.control().rotateID() }
        #expect(error?.code == .busy)
        #expect(try home.control().status().installationID != id)
        try reader.execute("COMMIT")
        #expect(home.told.isEmpty, "\(home.told)")
        _ = try home.control().status()
        let end = "a change of identifier is done now: the identifier that stood then has ended"
        let stays = waiting > 0 ? ", what waited stays here and never leaves" : ""
        #expect(home.told.contains("\(end)\(stays), and what was sent under it is asked"))
        #expect(try !home.holds(id, except: ["erasures.json"]))
        #expect(try !home.folder.contents().contains { $0.hasSuffix(".intent") })
        #expect(try home.control().ledger().count { $0.kind == "id_rotated" } == 1)
    }

    @Test func `the rest of one that a deletion left says of nothing that it stays`() throws {
        let home = try Home.withOneBatchSent()
        home.record(2)
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM batches")
        _ = try home.control().status()
        try reader.execute("COMMIT")
        _ = try home.control().status()
        #expect(home.told.contains("then has ended, and what was sent under it is"), "\(home.told)")
        #expect(!home.told.contains("what waited"), "\(home.told)")
        #expect(try home.control().status().recorded == 0)
    }

    @Test func `one that fails half-way is ended by the next command, which says so once`() throws {
        let id = try #require(try home.control().status().installationID)
        _ = try send()
        home.record(2)
        do {
            let lock = try #require(try RealFileSystem().lock("\(home.storage)/erasures.lock"))
            let error = #expect(throws: TelemetryError.self) { try home.control().rotateID() }
            #expect(error?.hint.hasPrefix("the next command finishes the change") == true)
            withExtendedLifetime(lock) {}
        }
        #expect(home.told.isEmpty, "\(home.told)")
        let status = try home.control().status()
        #expect(status.installationID != id && status.waiting == 0)
        let end = "rotate-id is done now: the identifier that stood then has ended, what waited"
        #expect(home.told.contains("\(end) (2 events) stays here and never leaves, and what was"))
        let told = home.told
        #expect(try home.control().status().installationID == status.installationID)
        #expect(home.told == told)
    }

    @Test func `one that ended between page and record says that what waited stays`() throws {
        _ = try send()
        home.record(2)
        let path = "\(home.storage)/consent.json"
        let record = try RealFileSystem().read(path, bytesMax: 1 << 20)
        let id = try #require(try home.control().status().installationID)
        do {
            let lock = try #require(try RealFileSystem().lock("\(home.storage)/erasures.lock"))
            #expect(throws: TelemetryError.self) { try home.control().rotateID() }
            withExtendedLifetime(lock) {}
        }
        // The page was switched off, and the process ended before the record was written.
        let page = try ConsentPage(creating: "\(home.storage)/consent.page", RealFileSystem())
        try page.switchOff(above: page.state?.epoch ?? 0)
        #expect(try RealFileSystem().read(path, bytesMax: 1 << 20) == record)
        #expect(try home.control().status().installationID != id)
        #expect(home.told.contains("has ended, what waited stays here and never leaves"))
    }

    @Test func `without an identifier there is nothing to change`() throws {
        let other = try Home()
        #expect(throws: TelemetryError.self) { try other.control().rotateID() }
        #expect(try other.folder.contents() == ["machine-id"])
    }

    @Test func `each place to which anything was sent is asked for erasure`() throws {
        _ = try send()
        let other = TelemetryModuleConfig(uploadURL: "https://other.example.net/v1/logs")
        try home.enable(other)
        _ = try send(other)
        _ = try home.control(other).deleteData()
        let outbox = try #require(try home.control(other).outbox())
        let places = try outbox.pendingErasures().map(\.url).map { url in
            url.split(separator: "/").dropFirst().first.map(String.init)
        }
        #expect(places == ["telemetry.example.org", "other.example.net"])
        try outbox.settled(try #require(try outbox.pendingErasures().first))
        #expect(try outbox.pendingErasures().count == 1)
    }
}
