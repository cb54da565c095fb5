// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A deletion that a reader of the store keeps from its end: whoever ends it tells of all of it.
@Suite struct CutShortDeletionTests {
    private let home: Home
    /// Three events stand in the store, two of them sent.
    private let stored: Int64 = 3

    init() throws {
        home = try Home.withOneBatchSent()
        home.record(1)
    }

    /// Deletes while somebody reads, then has the server answer the request that is kept.
    private func deleteBesideReader(isSupported: Bool) throws {
        let outbox = try #require(try home.control().outbox())
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.code == .busy)
        try outbox.settled(
            try #require(try outbox.pendingErasures().first), isSupported: isSupported)
        // Others come to the same end meanwhile.
        #expect(try home.control().status().storeProblem?.contains("old bytes remain") == true)
        try reader.execute("COMMIT")
    }

    /// A home of which something was sent to a place that nobody can be asked to erase it from.
    private static func sentWhereNobodyErases() throws -> (Home, TelemetryModuleConfig) {
        let home = try Home()
        var config = TelemetryModuleConfig.withURL
        config.uploadURL = "https://telemetry.example.org/else"
        try home.enable(config)
        home.record(1, config)
        try home.haveOneBatchAccepted(config)
        return (home, config)
    }

    private var deleted: [Int64?] {
        get throws {
            try home.control().ledger().filter { $0.kind == "data_deleted" }
                .map { $0.detail["events"]?.integerValue }
        }
    }

    private func answers(isSupported: Bool) -> ErasureAnswers {
        var answers = ErasureAnswers()
        let place: Set = ["https://telemetry.example.org"]
        (answers.confirmed, answers.unsupported) = isSupported ? (place, []) : ([], place)
        return answers
    }

    @Test(arguments: [true, false])
    func `another one ends it, and tells what both did and what was answered`(
        isSupported: Bool
    ) throws {
        try deleteBesideReader(isSupported: isSupported)
        let mark = home.control().ledgerMark
        let outcome = try home.control().deleteData()
        #expect(outcome.events == stored && outcome.erasureRequested)
        #expect(outcome.unerasable.isEmpty)
        #expect(try deleted == [stored])
        let answers = try home.control().erasureAnswers(after: mark)
        #expect(answers == self.answers(isSupported: isSupported))
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test(arguments: [true, false])
    func `a look ends it and says so, and the ledger has what was done and answered`(
        isSupported: Bool
    ) throws {
        try deleteBesideReader(isSupported: isSupported)
        #expect(!home.told.contains("done now"), "\(home.told)")
        #expect(try home.control().status().recorded == 0)
        let end = "delete-data is done now: deleted \(stored) events, and what was sent is asked"
        #expect(home.told.contains(end), "\(home.told)")
        #expect(try deleted == [stored])
        let answers = try home.control().erasureAnswers(after: nil)
        #expect(answers == self.answers(isSupported: isSupported))
        #expect(try home.keptTallies == 0)
    }

    enum End: CaseIterable { case look, deletion }

    @Test(arguments: End.allCases)
    func `a deletion after it was told is another one`(end: End) throws {
        try deleteBesideReader(isSupported: false)
        switch end {
        case .look: _ = try home.control().status()
        case .deletion: _ = try home.control().deleteData()
        }
        #expect(try home.keptTallies == 0)
        home.record(1)
        let outcome = try home.control().deleteData()
        #expect(outcome.events == 1 && !outcome.erasureRequested)
        #expect(try deleted == [1])
        #expect(try home.control().erasureAnswers(after: nil) == ErasureAnswers())
        #expect(try home.control().status().unsupportedErasureOrigins.count == 1)
    }

    @Test func `what one left that has ended is nothing to the next one`() throws {
        let store = try Connection(path: "\(home.storage)/store.sqlite")
        try store.execute("INSERT INTO memory VALUES ('deletion.done', '9 requested no_place')")
        let outcome = try home.control().deleteData()
        #expect(outcome.events == stored && outcome.unerasable.isEmpty)
        #expect(try deleted == [stored])
    }

    @Test func `what a server did not support before it is told on as something of before`() throws
    {
        #expect(try home.control().rotateID().erasureRequested)
        do {
            let outbox = try #require(try home.control().outbox())
            let erasure = try #require(try outbox.pendingErasures().first)
            try outbox.settled(erasure, isSupported: false)
        }
        home.record(1)
        try home.haveOneBatchAccepted()
        try deleteBesideReader(isSupported: true)
        #expect(try home.control().deleteData().erasureRequested)
        let answers = try home.control().erasureAnswers(after: nil)
        #expect(answers == self.answers(isSupported: true))
        let places = ["https://telemetry.example.org"]
        #expect(try home.control().status().unsupportedErasureOrigins == places)
    }

    @Test func `one that ended before the store was emptied still asks for the erasure`() throws {
        let id = try #require(try home.control().status().installationID)
        _ = try home.control().deleteData()
        try home.folder.write(id, to: "home/telemetry/deletion.intent")
        #expect(try home.control().deleteData().erasureRequested)
    }

    @Test func `that something can't be erased is told by whoever ends it, and by the ledger`()
        throws
    {
        let (home, config) = try Self.sentWhereNobodyErases()
        // It ends before the store was emptied, and after the identifier had ended.
        let id = try home.control(config).status().installationID
        let obstacle = "home/telemetry/journal/1-1.journal"
        try home.folder.write("", to: "\(obstacle)/x")
        #expect(throws: SystemError.self) { try home.control(config).deleteData() }
        #expect(try home.control(config).status().installationID != id)
        try RealFileSystem().remove(home.folder.file("\(obstacle)/x"))
        unsafe rmdir(home.folder.file(obstacle))
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try home.control(config).deleteData() }
        try reader.execute("COMMIT")
        let outcome = try home.control(config).deleteData()
        #expect(outcome.unerasable == .noPlace && !outcome.erasureRequested)
        let rows = try home.control(config).ledger()
        #expect(rows.map(\.kind) == ["data_deleted", "erasure_impossible", "consent_given"])
        #expect(rows.dropFirst().first?.detail == ["reason": "no_place"])
    }

    @Test func `who ends a change of identifier that was cut short says why, and notes it once`()
        throws
    {
        let (home, config) = try Self.sentWhereNobodyErases()
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try home.control(config).rotateID() }
        let noted = "SELECT count(*) FROM ledger WHERE kind = 'erasure_impossible'"
        #expect(try reader.integer(noted) == 0)
        try reader.execute("COMMIT")
        #expect(try reader.integer(noted) == 1, "it had come so far")
        _ = try home.control(config).status()
        #expect(home.told.contains("can't be erased elsewhere: when it was sent"), "\(home.told)")
        let rows = try home.control(config).ledger().filter { $0.kind == "erasure_impossible" }
        #expect(rows.map(\.detail) == [["reason": "no_place"]])
        let kept = "SELECT count(*) FROM memory WHERE key = 'identifier.unerasable'"
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        #expect(try store.integer(kept) == 0)
    }

    @Test func `of a change of identifier that was cut short it is told in the same way`() throws {
        let id = try #require(try home.control().status().installationID)
        _ = try home.control().rotateID()
        let store = try Connection(path: "\(home.storage)/store.sqlite")
        try store.execute("INSERT INTO memory VALUES ('identifier.unerasable', 'no_place')")
        try home.folder.write(id, to: "home/telemetry/rotation.intent")
        _ = try home.control().status()
        #expect(home.told.contains("a change of identifier is done now"), "\(home.told)")
        #expect(home.told.contains("but some of it can't be: when it was sent"), "\(home.told)")
        let rows = try home.control().ledger().filter { $0.kind == "erasure_impossible" }
        #expect(rows.count == 1)
        _ = try home.control().rotateID()
        #expect(try home.control().ledger().filter { $0.kind == "erasure_impossible" }.count == 1)
    }
}

extension Home {
    /// How many deletions the store has something of that nobody was told.
    var keptTallies: Int64? {
        get throws {
            try Connection(path: "\(storage)/store.sqlite", mode: .readOnly)
                .integer("SELECT count(*) FROM memory WHERE key = 'deletion.done'")
        }
    }
}
