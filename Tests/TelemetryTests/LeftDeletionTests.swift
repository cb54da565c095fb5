// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Telemetry

/// A deletion whose process ended before it was done, in the home of a host that records.
@Suite struct LeftDeletionTests {
    let home: Home

    init() throws {
        home = try Home.withOneBatchSent()
        home.record(2)
    }

    /// Begins a deletion that can't end.
    private func leaveDeletion() throws {
        let lock = try #require(try RealFileSystem().lock("\(home.storage)/erasures.lock"))
        defer { withExtendedLifetime(lock) {} }
        #expect(throws: TelemetryError.self) { try home.control().deleteData() }
    }

    private var isLeft: Bool {
        get throws { try home.folder.contents().contains { $0.hasSuffix(".intent") } }
    }

    @Test func `a host ends it at its start, before anything is recorded`() throws {
        try leaveDeletion()
        let module = home.module()
        module.initialize()
        #expect(try !isLeft)
        #expect(home.told.contains("delete-data is done now: deleted"), "\(home.told)")
        #expect(module.trackEvent("app_start"))
        module.end()
        #expect(try home.control().status().recorded == 1)
    }

    @Test func `a host that runs ends it with its next flush, and records on`() throws {
        let module = home.module()
        module.initialize()
        try leaveDeletion()
        module.flush()
        #expect(try !isLeft)
        #expect(module.trackEvent("app_start"))
        module.end()
        #expect(try home.control().status().recorded == 1)
    }

    @Test func `a host leaves it to somebody who is at it, and does not wait`() throws {
        try leaveDeletion()
        let lock = try #require(try RealFileSystem().lock("\(home.storage)/change.lock"))
        let module = home.module()
        module.initialize()
        module.flush()
        #expect(try isLeft)
        #expect(!home.told.contains("another enable"), "\(home.told)")
        withExtendedLifetime(lock) {}
        module.end()
    }
}
