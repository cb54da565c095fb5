// SPDX-License-Identifier: Apache-2.0

import SQLite
import Telemetry
import TestKit
import Testing

/// A deletion that fails says whether whoever comes next does the rest of it.
@Suite struct BegunDeletionTests {
    private let home: Home

    init() throws { home = try Home.withOneBatchSent() }

    /// Whether a deletion that fails has begun.
    private func isBegun(by control: TelemetryControl) -> Bool {
        var isBegun = false
        do {
            let outcome = try control.deleteData(noting: &isBegun)
            Issue.record("it did not fail: \(outcome)")
        } catch {
            return isBegun
        }
        return isBegun
    }

    /// A view by which no deletion can be begun.
    private var unable: TelemetryControl {
        home.control(files: FailingFiles { $0.hasSuffix("/deletion.intent") })
    }

    @Test func `one that a reader keeps from its end has, and so has the next one`() throws {
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(isBegun(by: home.control()))
        #expect(isBegun(by: home.control()))
        try reader.execute("COMMIT")
    }

    @Test func `one that can't note its intent has not, though an earlier one waits`() throws {
        #expect(isBegun(by: home.shut), "all but the identifier is deleted")
        home.record(1)
        #expect(!isBegun(by: unable))
        #expect(try home.control().status().recorded == 1)
    }

    @Test func `nor has one though an earlier one ended untold`() throws {
        let store = try Connection(path: "\(home.storage)/store.sqlite")
        try store.execute("INSERT INTO memory VALUES ('deletion.done', '9')")
        #expect(!isBegun(by: unable))
    }
}
