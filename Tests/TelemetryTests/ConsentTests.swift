// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct ConsentTests {
    let home: Home

    init() throws { home = try Home() }

    @Test func `before consent nothing is recorded, and not even a folder is made`() throws {
        home.record(3)
        #expect(try home.folder.contents() == ["machine-id"])
        let status = try home.control().status()
        #expect(status.blockedBy == [.notAsked])
        #expect(status.installationID == nil)
        #expect(try home.control().events().isEmpty)
        #expect(try home.folder.contents() == ["machine-id"])
    }

    @Test func `a yes records from then on, and a no ends it in a running process`() throws {
        let module = home.module()
        module.initialize()
        defer { module.end() }
        #expect(!module.trackEvent("app_start", ["os": "linux"]))
        try home.enable()
        let second = home.module()
        second.initialize()
        defer { second.end() }
        #expect(second.trackEvent("app_start", ["os": "linux"]))
        try home.control().disable()
        #expect(!second.trackEvent("app_start", ["os": "linux"]))
        #expect(second.blockedBy == [.withdrawn])
    }

    @Test func `what was in the journal when consent was taken back is dropped and counted`() throws
    {
        try home.enable()
        let module = home.module()
        module.initialize()
        for _ in 0..<5 { #expect(module.trackEvent("app_start")) }
        try home.control().disable()
        module.end()
        #expect(try home.control().events().isEmpty)
        let lost = try home.control().status().lost
        #expect(lost.map(\.reason) == ["revoked"])
        #expect(lost.map(\.count) == [5])
    }

    @Test func `what was in the journal under an earlier yes is dropped under the next`() throws {
        try home.enable()
        let module = home.module()
        module.initialize()
        for _ in 0..<5 { #expect(module.trackEvent("app_start")) }
        try home.control().disable()
        try home.enable()
        for _ in 0..<2 { #expect(module.trackEvent("app_start")) }
        module.end()
        let status = try home.control().status()
        #expect((status.recorded, status.waiting) == (2, 2))
        #expect(status.lost.map(\.reason) == ["revoked"])
        #expect(status.lost.map(\.count) == [5])
    }

    @Test func `enable and disable may be repeated, and keep the identifier`() throws {
        try home.enable()
        let first = try home.control().status().installationID
        try home.enable()
        #expect(try home.control().status().installationID == first)
        try home.control().disable()
        try home.control().disable()
        try home.enable()
        #expect(try home.control().status().installationID == first)
        #expect(first?.count == 36)
    }

    @Test func `events of an earlier yes are seen, and never sent under a later one`() throws {
        try home.enable()
        home.record(4)
        try home.control().disable()
        try home.enable()
        home.record(2)
        let status = try home.control().status()
        #expect(status.recorded == 6)
        #expect(status.waiting == 2)
        #expect(status.keptHere == 4)
        guard case .sealed(let batch, _) = try home.control().preview() else {
            Issue.record("nothing was sealed")
            return
        }
        #expect(batch.events == 2)
    }

    @Test func `what was recorded before both consent files were lost is never sent`() throws {
        let local = TelemetryModuleConfig()
        try home.enable(local)
        home.record(3, local)
        for file in ["consent.page", "consent.json"] {
            try RealFileSystem().remove("\(home.storage)/\(file)")
        }
        try home.enable()
        guard case .empty = try home.control().preview() else {
            Issue.record("a yes reached back")
            return
        }
    }

    @Test func `another endpoint or less anonymising blocks sending until a new yes`() throws {
        try home.enable()
        let elsewhere = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        var finer = TelemetryModuleConfig.withURL
        finer.anonymizeData = false
        for config in [elsewhere, finer] {
            #expect(home.control(config).causes(blocking: .sending) == [.termsChanged])
            #expect(home.control(config).causes(blocking: .recording).isEmpty)
        }
        home.record(3)
        try home.enable(elsewhere)
        let status = try home.control(elsewhere).status()
        #expect(status.blockedSending.isEmpty)
        #expect(status.recorded == 3)
        #expect(status.waiting == 0)
    }

    @Test func `what a yes without a place recorded stays here, also after one with a place`()
        throws
    {
        let nowhere = TelemetryModuleConfig()
        try home.enable(nowhere)
        home.record(3, nowhere)
        let before = try home.control(nowhere).status()
        #expect(before.waiting == 0)
        #expect(before.keptHere == 3)
        #expect(home.control().causes(blocking: .sending) == [.termsChanged])
        try home.enable()
        home.record(2)
        let after = try home.control().status()
        #expect(after.waiting == 2)
        #expect(after.keptHere == 3)
    }

    @Test func `a no is heard while another change hangs, and while the store is locked`() throws {
        try home.enable()
        home.record(2)
        let files = RealFileSystem()
        var lock = try files.lock("\(home.storage)/change.lock")
        #expect(lock != nil)
        #expect(throws: TelemetryError.self) { try home.control().disable() }
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        lock = nil
        try home.enable()
        let holder = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try holder.execute("BEGIN EXCLUSIVE")
        try home.control().disable()
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        let status = try home.control().status()
        #expect(status.storeProblem != nil)
        try holder.execute("COMMIT")
        #expect(try home.control().status().storeProblem == nil)
    }

    @Test func `what a newer version would record in addition is withheld until a yes`() throws {
        let more = EventDefinition(
            id: 50, "more", purpose: "More",
            [PropertyDefinition(id: 1, "flag", .bool, purpose: "A flag")])
        let newer = Catalogue.standard.adding(more)
        try home.enable()
        let module = home.module(catalogue: newer)
        module.initialize()
        #expect(!module.trackEvent("more", ["flag": true]))
        #expect(module.trackEvent("app_start", ["os": "linux"]))
        module.end()
        let status = try home.control(catalogue: newer).status()
        #expect(status.withheldProperties == ["more", "more.flag"])
        #expect(status.blockedBy.isEmpty)
        let added = try home.control(catalogue: newer).enable(
            home.control(catalogue: newer).terms)
        #expect(added == ["more", "more.flag"])
    }

    @Test func `an event type that the configuration leaves out is not recorded, nor sent`() throws
    {
        try home.enable()
        home.record(2)
        var narrower = TelemetryModuleConfig.withURL
        narrower.allowedEventTypes = ["app_start"]
        let module = home.module(narrower)
        module.initialize()
        #expect(!module.trackEvent("feature_usage"))
        #expect(module.trackEvent("app_start"))
        module.end()
        guard case .sealed(let batch, _) = try home.control(narrower).preview() else {
            Issue.record("nothing was sealed")
            return
        }
        #expect(batch.events == 1)
        #expect(try home.control(narrower).events().count == 3)
    }

    @Test func `a yes to other terms than those that hold is refused`() throws {
        let terms = home.control().terms
        let elsewhere = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        let error = #expect(throws: TelemetryError.self) {
            try home.control(elsewhere).enable(terms)
        }
        #expect(error?.code == .terms)
        #expect(try home.control().status().blockedBy == [.notAsked])
    }
}
