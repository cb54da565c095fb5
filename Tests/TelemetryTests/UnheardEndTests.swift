// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// The end of a deletion that nobody hears, as that of a background process, is told all the same.
@Suite struct UnheardEndTests {
    private let home: Home
    private let end = "delete-data is done now: deleted 3 events, and what was sent is asked"

    init() throws {
        home = try Home.withOneBatchSent()
        home.record(1)
    }

    /// Deletes while somebody reads, so that another one ends it.
    private func deleteBesideReader() throws {
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(try home.control().takeEnd() == nil, "it has not ended")
        try reader.execute("COMMIT")
    }

    private func endUnheard() throws {
        try deleteBesideReader()
        #expect(try home.unheard.status().storeProblem == nil)
        #expect(home.told.isEmpty, "\(home.told)")
        #expect(try home.keptTallies == 1)
    }

    private var timesTold: Int { home.told.split(separator: "done now").count - 1 }

    private var deleted: [Int64?] {
        get throws {
            try home.control().ledger().filter { $0.kind == "data_deleted" }
                .map { $0.detail["events"]?.integerValue }
        }
    }

    @Test func `it is told once, by the next one who is heard`() throws {
        try endUnheard()
        _ = try home.control().ledger()
        #expect(home.told.contains(end) && timesTold == 1, "\(home.told)")
        #expect(try home.keptTallies == 0)
        _ = try home.control().status()
        #expect(timesTold == 1)
        #expect(try deleted == [3])
    }

    @Test func `it is left to whoever is at a deletion, who asks for its outcome`() throws {
        try endUnheard()
        do {
            let lock = try RealFileSystem().lock("\(home.storage)/change.lock")
            defer { withExtendedLifetime(lock) {} }
            _ = try home.control().status()
            #expect(home.told.isEmpty, "\(home.told)")
        }
        let outcome = try #require(try home.unheard.takeEnd())
        #expect(outcome.events == 3 && outcome.erasureRequested && outcome.unerasable.isEmpty)
        #expect(try home.control().takeEnd() == nil)
        _ = try home.control().status()
        #expect(home.told.isEmpty, "\(home.told)")
    }

    @Test func `the next deletion tells of it apart from itself`() throws {
        try endUnheard()
        home.record(1)
        #expect(try home.control().deleteData().events == 1)
        #expect(home.told.contains(end) && timesTold == 1, "\(home.told)")
        #expect(try deleted == [1])
    }

    @Test func `one that waited for the identifier is told as that`() throws {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        #expect(try home.unheard.status().pendingErasures == 1)
        #expect(home.told.isEmpty, "\(home.told)")
        _ = try home.control().status()
        let words = "the identifier that could not be read then has ended, and what was sent under"
        #expect(home.told.contains("\(words) it is asked") && timesTold == 1, "\(home.told)")
        #expect(try home.keptTallies == 0)
    }

    @Test func `a yes that nobody hears leaves it to be told that an erasure was given up`() throws
    {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        try RealFileSystem().remove("\(home.storage)/consent.json")
        try home.unheard.enable(home.control().terms)
        #expect(home.told.isEmpty, "\(home.told)")
        _ = try home.control().status()
        #expect(home.told.contains("can't be erased elsewhere") && timesTold == 1, "\(home.told)")
    }

    @Test func `a deletion that is owed tells of its end as one that was cut short`() throws {
        try home.control().deleteOwed()
        #expect(home.told.contains(end) && timesTold == 1, "\(home.told)")
        #expect(try home.keptTallies == 0)
        #expect(try deleted == [3])
    }

    @Test func `what was said to the erasure of one is no answer to that of the next`() throws {
        try endUnheard()
        let outbox = try #require(try home.unheard.outbox())
        try outbox.settled(try #require(try outbox.pendingErasures().first))
        #expect(try home.unheard.erasureAnswers(after: nil).confirmed.count == 1)
        home.record(1)
        try home.unheard.deleteOwed()
        #expect(try home.unheard.erasureAnswers(after: nil) == ErasureAnswers())
        #expect(try deleted == [4])
    }

    @Test(arguments: [0, 1])
    func `one that is owed and that nobody hears leaves it to be told with itself`(
        more: Int
    ) throws {
        try endUnheard()
        home.record(more)
        try home.unheard.deleteOwed()
        #expect(home.told.isEmpty, "\(home.told)")
        _ = try home.control().status()
        let end = "delete-data is done now: deleted \(3 + more) events, and what was sent is asked"
        #expect(home.told.contains(end) && timesTold == 1, "\(home.told)")
        #expect(try deleted == [Int64(3 + more)])
    }

    @Test func `so does one after an identifier that ended late, and is told by its events`() throws
    {
        #expect(throws: TelemetryError.self) { try home.shut.deleteData() }
        #expect(try home.unheard.status().pendingErasures == 1)
        home.record(1)
        try home.unheard.deleteOwed()
        _ = try home.control().status()
        let end = "delete-data is done now: deleted 4 events, and what was sent is asked"
        #expect(home.told.contains(end) && timesTold == 1, "\(home.told)")
    }
}
