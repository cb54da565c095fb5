// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Telemetry

/// A deletion, or a change of identifier, that begins while an upload is at work, and is cut short
/// or fails: what was asked to go does not leave.
@Suite struct BegunEndingTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(2)
    }

    static let intents = ["deletion.intent", "rotation.intent"]

    /// What a process leaves that ended right after it had begun.
    private func begin(_ intent: String) throws {
        let id = try #require(home.control().gate.read().state.record?.installationID)
        try home.folder.write(id, to: "home/telemetry/\(intent)")
    }

    @Test(arguments: intents)
    func `no batch begins, and the next look ends what was begun`(intent: String) throws {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        let standing = outbox.standing
        #expect(standing.holds)
        try begin(intent)
        #expect(!standing.holds)
        #expect(try !outbox.begin(batch))
        #expect(try outbox.next() == .empty)
        #expect(try !home.folder.contents().contains { $0.hasSuffix(intent) })
        let kinds = try home.control().ledger().map(\.kind)
        #expect(!kinds.contains("sending_begun"))
    }

    @Test(arguments: intents)
    func `where that can't be ended, nothing leaves, and the reason is told`(intent: String) throws
    {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        try begin(intent)
        do {
            let lock = try #require(try RealFileSystem().lock("\(home.storage)/change.lock"))
            #expect(throws: TelemetryError.self) { try outbox.next() }
            withExtendedLifetime(lock) {}
        }
        #expect(try !outbox.begin(batch))
    }
}
