// SPDX-License-Identifier: Apache-2.0

import SQLite
import Telemetry
import TestKit
import Testing

/// Commands that the library tells to type begin with the name of the host's program.
@Suite struct TypedHintTests {
    let home: Home
    private let manual = TelemetryModuleConfig.withReview
    private var store: Connection {
        get throws { try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite) }
    }

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func hint(_ body: () throws -> Void) -> String? {
        #expect(throws: TelemetryError.self) { try body() }?.hint
    }

    @Test func `where the ledger has no more numbers`() throws {
        home.record(1)
        try store.execute(
            "UPDATE ledger SET number = \(1 << 53) WHERE number = (SELECT max(number) FROM ledger)")
        let hint = hint { _ = try home.control().rotateID() }
        let told = "arpguard telemetry delete-data --confirm begins a new ledger"
        #expect(hint?.hasPrefix(told) == true, "\(hint ?? "")")
    }

    @Test func `where a newer program wrote the store`() throws {
        home.record(1)
        try store.execute("PRAGMA user_version = 99")
        let hint = hint { _ = try home.control().events() }
        #expect(hint?.contains("; arpguard telemetry delete-data --confirm deletes") == true)
    }

    @Test func `where what is dropped is not to be found`() throws {
        home.record(4, manual)
        let batch = try #require(try home.control(manual).reviewable().first)
        try store.execute("DELETE FROM events")
        let hint = hint { _ = try home.control(manual).drop(.events([1]), from: batch.uid) }
        #expect(
            hint == "withhold the batch: arpguard telemetry review --batch \(batch.uid) --withhold")
    }
}
