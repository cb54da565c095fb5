// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import OTLP
import Telemetry
import TestKit
import Testing

/// Filters, export, and the page of events.
@Suite struct SeeingTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(2)
        home.clock.advance(by: .seconds(86_400))
        let module = home.module()
        module.initialize()
        module.trackEvent("app_start", ["mode": "replay"])
        module.end()
    }

    @Test(
        arguments: [
            (nil, nil, nil, 3), ("app_start", nil, nil, 1), ("error", nil, nil, 0),
            (nil, "2026-11-24", nil, 1), (nil, nil, "2026-11-24T00:00:00Z", 2),
            ("feature_usage", "2026-11-24", nil, 0), (nil, "2026-11-23", "2026-11-24", 2),
        ] as [(String?, String?, String?, Int)])
    func `events are shown by type and time`(
        type: String?, since: String?, until: String?, count: Int
    ) throws {
        let filter = EventFilter(
            type: type, since: since.flatMap { Timestamp($0) },
            until: until.flatMap { Timestamp($0) })
        #expect(try home.control().events(matching: filter).count == count)
    }

    @Test func `the ledger is shown by type and time`() throws {
        let given = EventFilter(type: "consent_given")
        #expect(try home.control().ledger(matching: given).count == 1)
        let later = EventFilter(since: Timestamp("2026-11-24"))
        #expect(try home.control().ledger(matching: later).isEmpty)
    }

    @Test func `an export is OTLP, exact, and without the identifier`() throws {
        let lines = try home.control().export(matching: EventFilter())
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        let text = line.serialized(.compact)
        let request = try ExportLogsRequest(json: line)
        let records = request.resourceLogs.flatMap(\.scopeLogs).flatMap(\.logRecords)
        #expect(records.map(\.eventName) == ["feature_usage", "feature_usage", "app_start"])
        #expect(records.last?.timeUnixNano == 1_795_478_400_000_000_000)
        let id = try #require(try home.control().status().installationID)
        #expect(!text.contains(id))
        #expect(!text.contains("app.installation.id"))
    }

    @Test(
        arguments: [
            ("2026-11-24", 1_795_478_400), ("2026-11-24T08:09:10Z", 1_795_507_750),
            ("2026-11-24T24:00:00Z", nil), ("2026-11-24T08:00Z", nil), ("2026-02-30", nil),
            ("2026-11-24 08:00:00Z", nil), ("2026-11-24T08:00:00", nil), ("yesterday", nil),
            ("", nil), ("2026-11-24T-8:00:00Z", nil),
        ] as [(String, Int64?)])
    func `a time is read in one form`(text: String, seconds: Int64?) {
        #expect(Timestamp(text) == seconds.map { Timestamp(seconds: $0) })
    }

    @Test func `the page of events is what the catalogue prints`() throws {
        let page = try RepositoryRoot.read("docs/events.md")
        #expect(page == EventsPage(.standard).text, "print it again with: Scripts/reference")
    }
}
