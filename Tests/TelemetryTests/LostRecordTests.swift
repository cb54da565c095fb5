// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A record of consent that can't be read: it is no yes, and what was sent under it is not
/// forgotten by whatever is decided next.
@Suite struct LostRecordTests {
    private let home: Home
    private let path = "home/telemetry/consent.json"

    init() throws { home = try Home.withOneBatchSent() }

    @Test func `no yes takes the place of a record that can't be read now`() throws {
        let before = try home.folder.read(path)
        let control = home.shut
        let error = #expect(throws: TelemetryError.self) { try control.enable(control.terms) }
        let remedy = "make \(home.folder.file(path)) readable and writable for its owner"
        #expect(error?.hint == "\(remedy), then try again")
        #expect(control.words.remedy(of: .stateUnreadable) == remedy)
        #expect(control.causes(blocking: .recording) == [.stateUnreadable])
        #expect(try home.folder.read(path) == before)
        #expect(try home.control().deleteData().erasureRequested)
    }

    @Test func `a no beside such a record holds, and leaves what an erasure needs`() throws {
        let module = home.module()
        module.initialize()
        defer { module.end() }
        try home.shut.disable()
        #expect(!module.trackEvent("app_start"))
        #expect(home.shut.causes(blocking: .recording) == [.stateUnreadable])
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        for _ in 0..<2 { #expect(throws: TelemetryError.self) { try home.shut.deleteData() } }
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        #expect(try home.control().deleteData().erasureRequested)
    }

    enum Stranger: String, CaseIterable { case link, owner }

    /// As a copy that root put there, or a link to one; and as it was.
    private func make(_ stranger: Stranger, _ isStrange: Bool) throws {
        let (record, away) = (home.folder.file(path), home.folder.file("away"))
        switch (stranger, isStrange) {
        case (.owner, _):
            let user = isStrange ? 65_534 : getuid()
            try #require(unsafe chown(record, user, getgid()) == 0)
        case (.link, true):
            try RealFileSystem().rename(record, to: away)
            try #require(unsafe symlink(away, record) == 0)
        case (.link, false): try RealFileSystem().rename(away, to: record)
        }
    }

    @Test(arguments: getuid() == 0 ? Stranger.allCases : [.link])
    func `a record that is a link, or somebody else's, is left as it is, and counts again later`(
        stranger: Stranger
    ) throws {
        let before = try home.folder.read(path)
        try make(stranger, true)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
        let error = #expect(throws: TelemetryError.self) { try home.enable() }
        let remedy = home.control().words.remedy(of: .stateUnreadable)
        #expect(error?.hint == "\(remedy), then try again")
        #expect(!remedy.contains("disable"), "\(remedy)")
        try home.control().disable()
        try make(stranger, false)
        #expect(try home.folder.read(path) == before)
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
        #expect(try home.control().deleteData().erasureRequested)
    }

    enum Damage: String, CaseIterable { case empty, cut, newer, gone }
    enum Decision: String, CaseIterable { case yes, no, both }

    private func damage(_ damage: Damage) throws {
        let text = String(decoding: try home.folder.read(path), as: UTF8.self)
        switch damage {
        case .empty: try home.folder.write("", to: path)
        case .cut: try home.folder.write(String(text.prefix(300)), to: path)
        case .newer: try home.folder.write(text.replacing(": 1,", with: ": 2,"), to: path)
        case .gone: try RealFileSystem().remove(home.folder.file(path))
        }
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
    }

    @Test(arguments: Damage.allCases, Decision.allCases)
    func `after a damaged record a deletion tells once that something may stay elsewhere`(
        damage: Damage, decision: Decision
    ) throws {
        try self.damage(damage)
        if decision != .yes { try home.control().disable() }
        if decision != .no { try home.enable() }
        #expect(home.control().causes(blocking: .recording).isEmpty == (decision != .no))
        for isFirst in [true, false] {
            let outcome = try home.control().deleteData()
            #expect(!outcome.erasureRequested)
            #expect(outcome.unerasable == (isFirst ? .rightLost : []))
        }
    }

    @Test func `that a record was lost is told by whoever ends a deletion that was cut short`()
        throws
    {
        try damage(.gone)
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        try reader.execute("COMMIT")
        let outcome = try home.control().deleteData()
        #expect(outcome.unerasable == .rightLost)
    }

    @Test func `what is sent after a lost record where nobody can be asked is told beside that`()
        throws
    {
        try damage(.cut)
        var config = TelemetryModuleConfig.withURL
        config.uploadURL = "https://telemetry.example.org/else"
        try home.enable(config)
        #expect(!home.control(config).isIdentifierKnownElsewhere, "it is a new one")
        home.record(1, config)
        try home.haveOneBatchAccepted(config)
        #expect(home.control(config).isIdentifierKnownElsewhere)
        #expect(try home.control(config).deleteData().unerasable == [.noPlace, .rightLost])
    }

    @Test(arguments: Decision.allCases)
    func `where nothing was ever sent a deletion fears nothing`(decision: Decision) throws {
        let home = try Home()
        if decision != .yes { try home.control().disable() }
        if decision != .no { try home.enable() }
        home.record(2)
        #expect(try home.control().deleteData().unerasable.isEmpty)
    }
}
