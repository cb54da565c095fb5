// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A deletion that fails says whether whoever comes next does the rest of it.
@Suite struct BegunDeletionTests {
    private let home: Home

    init() throws { home = try Home.withOneBatchSent() }

    /// Whether a deletion that fails has begun, and was called that while it was at work.
    private func isBegun(through files: any FileSystem = RealFileSystem()) -> Bool {
        var isBegun = false
        let calls = Monitor(0)
        var seams = home.seams()
        seams.files = files
        seams.deletionBegins = { calls.update { $0 += 1 } }
        let control = TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
        do {
            let outcome = try control.deleteData(noting: &isBegun)
            Issue.record("it did not fail: \(outcome)")
        } catch {
            #expect((calls.read { $0 } > 0) == isBegun)
        }
        return isBegun
    }

    /// Files by which no deletion can be begun.
    private let unable = FailingFiles { $0.hasSuffix("/deletion.intent") }

    @Test func `one that a reader keeps from its end has, and so has the next one`() throws {
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        #expect(isBegun())
        #expect(isBegun())
        try reader.execute("COMMIT")
    }

    @Test func `one that can't note its intent has not, though an earlier one waits`() throws {
        let shut = FailingFiles(unreadable: { $0.hasSuffix("/consent.json") })
        #expect(isBegun(through: shut), "all but the identifier is deleted")
        home.record(1)
        #expect(!isBegun(through: unable))
        #expect(try home.control().status().recorded == 1)
    }

    @Test func `nor has one though an earlier one ended untold`() throws {
        let store = try Connection(path: "\(home.storage)/store.sqlite")
        try store.execute("INSERT INTO memory VALUES ('deletion.done', '9')")
        #expect(!isBegun(through: unable))
    }
}
