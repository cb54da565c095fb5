// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct DeletionTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// Has one batch accepted, so that the collector knows the installation.
    private func upload() throws {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
    }

    @Test func `after a deletion no byte of any event and no identifier is left`() throws {
        home.record(20)
        let id = try #require(try home.control().status().installationID)
        guard case .sealed(let batch, _) = try home.control().preview() else {
            Issue.record("nothing was sealed")
            return
        }
        for marker in ["feature_usage", id, batch.uid] { #expect(try home.holds(marker)) }
        let outcome = try home.control().deleteData()
        #expect(outcome.events == 20)
        #expect(!outcome.erasureRequested)
        for marker in ["feature_usage", id, batch.uid, batch.sha256] {
            // The terms in the consent record name the events; nothing else may.
            #expect(try !home.holds(marker, except: ["consent.json"]), "\(marker)")
        }
        #expect(try !home.holds(id))
        let status = try home.control().status()
        #expect(status.recorded == 0)
        #expect(status.blockedBy.isEmpty)
        #expect(status.installationID != nil)
        #expect(status.installationID != id)
    }

    @Test func `what was sent is to be erased at the collector, and only that outlives a deletion`()
        throws
    {
        home.record(3)
        let id = try #require(try home.control().status().installationID)
        try upload()
        let outcome = try home.control().deleteData()
        #expect(outcome.erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
        #expect(try home.holds(id))
        #expect(try !home.holds(id, except: ["erasures.json"]))
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.dueErasures().first)
        #expect(erasure.url == "https://telemetry.example.org/v1/installations/\(id)")
        try outbox.settled(erasure)
        #expect(try home.control().status().pendingErasures == 0)
        #expect(try !home.holds(id))
    }

    @Test func `a store that was damaged does not keep the collector from being asked`() throws {
        home.record(3)
        try upload()
        try home.folder.write([UInt8](repeating: 7, count: 8192), to: "home/telemetry/store.sqlite")
        #expect(try home.control().status().recorded == 0)
        #expect(try home.control().deleteData().erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `an erasure may be sent while consent is withdrawn`() throws {
        home.record(1)
        try upload()
        try home.control().disable()
        _ = try home.control().deleteData()
        #expect(home.control().causes(blocking: .erasing).isEmpty)
        #expect(try home.control().status().installationID == nil)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `a process that records on starts anew, and what it had is gone`() throws {
        let module = home.module()
        module.initialize()
        for _ in 0..<10 { #expect(module.trackEvent("app_start")) }
        _ = try home.control().deleteData()
        #expect(module.trackEvent("app_stop", ["exit": "clean"]))
        module.end()
        #expect(try home.control().events().map(\.name) == ["app_stop"])
    }

    @Test func `with a reader in the way it says so, and the next command finishes it`() throws {
        home.record(10)
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.code == .busy)
        try reader.execute("COMMIT")
        #expect(try home.control().status().recorded == 0)
        #expect(try !home.holds("feature_usage", except: ["consent.json"]))
        #expect(try !home.folder.contents().contains { $0.hasSuffix("deletion.intent") })
    }

    @Test func `a deletion in a home without telemetry makes nothing`() throws {
        let other = try Home()
        #expect(try other.control().deleteData().events == 0)
        #expect(try other.folder.contents() == ["machine-id"])
    }
}
