// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

/// What a person decided is on the disk when the command ends.
@Suite struct SyncedDecisionTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func synced(_ work: @escaping @Sendable (TelemetryControl) throws -> Void) throws
        -> [String]
    {
        if let obstacle = SyncWatch.obstacle { try Test.cancel("\(obstacle)") }
        let home = home
        return try SyncWatch.paths { try work(home.control()) }
            .filter { $0.hasPrefix(home.storage + "/") }
            .map { String($0.dropFirst(home.storage.utf8.count + 1)) }
    }

    @Test func `a no is on the disk before anything else of it, a yes after all else`() throws {
        let no = try synced { try $0.disable() }
        #expect(no.first == "consent.page", "\(no)")
        let yes = try synced { try $0.enable($0.terms) }
        #expect(yes.last == "consent.page", "\(yes)")
        let record = try #require(yes.firstIndex { $0.hasPrefix("consent.json.") }, "\(yes)")
        // The yes of before is switched off first, so that no epoch has two meanings.
        #expect(record < yes.count - 1)
    }

    @Test func `what a deletion emptied in a journal is empty on the disk`() throws {
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        defer { module.end() }
        #expect(module.trackEvent("app_start"))
        let synced = try synced { _ = try $0.deleteData() }
        let journals = synced.filter { $0.hasPrefix("journal/") && $0.hasSuffix(".journal") }
        #expect(journals.count == 1, "\(synced)")
    }
}
