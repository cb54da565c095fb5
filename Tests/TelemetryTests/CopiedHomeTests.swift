// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// What two machines, and two homes of one, have in common: nothing that could be told.
@Suite struct CopiedHomeTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    @Test func `a yes in a copied home reaches back to nothing of the other machine`() throws {
        home.record(2)
        guard case .sealed(let sealed, _) = try home.control().preview() else {
            throw TestKitError("nothing was sealed")
        }
        home.record(3)
        let old = try #require(try home.control().status().installationID)
        // A process of the other machine whose journal was copied with the rest.
        var killed: TelemetryModule? = home.module()
        killed?.initialize()
        #expect(killed?.trackEvent("app_start") == true)
        killed = nil
        try home.folder.write("machine-two\n", to: "machine-id")
        #expect(home.control().causes(blocking: .sending) == [.copiedHome])
        try home.enable()
        #expect(try home.control().status().waiting == 0)
        do {
            let outbox = try #require(try home.control().outbox())
            #expect(try outbox.next() == .empty)
            #expect(try !outbox.begin(sealed))
        }
        home.record(1)
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        #expect(batch.uid != sealed.uid && batch.events == 1)
        let text = try #require(batch.json?.serialized(.compact))
        #expect(!text.contains(old))
        #expect(try home.control().status().lost.map(\.reason) == ["revoked"])
    }

    @Test(arguments: [false, true])
    func `identifiers that ended on the other machine are no affair of the copy`(
        agreesHere: Bool
    ) throws {
        let former = "home/telemetry/erasures.former.json"
        home.record(2)
        try home.haveOneBatchAccepted()
        try home.control().disable()
        try home.control().partFromIdentity()
        #expect(try home.folder.contents().contains(former))
        try home.folder.write("machine-two\n", to: "machine-id")
        if agreesHere { try home.enable() }
        #expect(try !home.control().deleteData().erasureRequested)
        #expect(try home.control().status().pendingErasures == 0)
        #expect(try !home.folder.contents().contains(former))
    }

    @Test func `a no in a copied home is in its ledger`() throws {
        home.record(2)
        try home.folder.write("machine-two\n", to: "machine-id")
        try home.control().disable()
        let kinds = try home.control().ledger().map(\.kind)
        #expect(kinds == ["consent_given", "consent_withdrawn"])
    }

    /// Two homes of one machine, each with a chance of its own.
    private func seams(_ home: Home) -> TelemetrySeams {
        var seams = home.seams()
        seams.random = SystemRandom()
        return seams
    }

    private let product = Product("arpguard", version: "0.1.0")

    @Test func `two homes on one machine hold nothing by which they could be told to share it`()
        throws
    {
        func machine(of home: Home) throws -> String {
            let control = TelemetryControl(
                for: product, config: .withURL, home: home.folder.file("home"),
                seams: seams(home))
            try control.enable(control.terms)
            let record = try JSONValue.parse(bytes: home.folder.read("home/telemetry/consent.json"))
            return try #require(record["machine"]?.stringValue)
        }
        let homes = try [Home(), Home()]
        let machines = try homes.map(machine)
        #expect(Set(machines).count == 2)
        // Each still knows its own machine.
        for home in homes { #expect(home.control().causes(blocking: .recording).isEmpty) }
    }

    @Test func `the same setting in two homes is remembered by nothing that they share`() throws {
        func hash(in home: Home) throws -> [UInt8] {
            let control = TelemetryControl(
                for: product, config: .withURL, home: home.folder.file("home"),
                seams: seams(home))
            try control.enable(control.terms)
            let module = TelemetryModule(
                for: product, config: .withURL, home: home.folder.file("home"),
                seams: seams(home))
            module.initialize()
            module.noteSettings(["detection.gateway": "192.0.2.1"])
            module.end()
            let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
            let rows = try store.rows(
                "SELECT value FROM memory WHERE key LIKE 'setting.%.detection.gateway'"
            ) { $0.blob(0) }
            return try #require(rows.first)
        }
        let hashes = try [Home(), Home()].map(hash)
        #expect(!hashes[0].isEmpty && hashes[0] != hashes[1])
    }
}
