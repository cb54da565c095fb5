// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules
import Synchronization
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// A configuration that is changed while a round goes on.
@Suite(.timeLimit(.minutes(3)))
struct ReconfigurationTests {
    /// How the configuration stands, which somebody changes.
    private final class Setting: Sendable {
        private let value = Mutex(Reconfiguration.none)

        func change(to new: Reconfiguration) { value.withLock { $0 = new } }

        func now() -> Reconfiguration { value.withLock { $0 } }
    }

    private let setting = Setting()

    private func home(url: String = "https://collector.example.org/v1/logs") throws -> Home {
        var home = try Home(url: url)
        home.reconfiguration = setting.now
        return home
    }

    @Test(arguments: [Reconfiguration.changed, .forbidding])
    func `what was changed while one batch was sent ends the round before the next is sealed`(
        change: Reconfiguration
    ) throws {
        let home = try home()
        home.record(3)
        let transport = ScriptedTransport(.status(200)) { [setting] in setting.change(to: change) }
        let summary = try #require(try home.round { transport })
        #expect(summary.ending == .reconfigured)
        #expect((summary.batchesSent, transport.requests.count) == (1, 1))
        #expect(!summary.hasFailed)
        #expect(try home.control.status().waiting == 2)
        #expect(try home.control.ledger().count { $0.kind == "batch_sealed" } == 1)
        setting.change(to: .none)
        #expect(try home.round { transport }?.ending == .reconfigured)
        setting.change(to: .none)
        #expect(try home.round { ScriptedTransport(.status(200)) }?.batchesSent == 1)
    }

    @Test func `what was changed between a batch's turn and its first byte keeps it here`() throws {
        let home = try home()
        home.record(1)
        let outbox = try #require(try home.control.outbox())
        guard case .batch(let batch) = try outbox.next() else {
            throw TestKitError("nothing to send")
        }
        setting.change(to: .changed)
        #expect(try !outbox.begin(batch))
        #expect(try outbox.next() == .reconfigured)
        #expect(try home.control.ledger().allSatisfy { $0.kind != "sending_begun" })
        setting.change(to: .none)
        #expect(try outbox.next() == .batch(batch))
        #expect(try outbox.begin(batch))
    }

    @Test func `a batch on its way is left alone by a change that would let it go, too`() throws {
        let home = try home()
        let outbox = try #require(try home.control.outbox())
        let expected: [(Reconfiguration, Bool)] = [
            (.none, true), (.changed, true), (.forbidding, false),
        ]
        for (change, holds) in expected {
            setting.change(to: change)
            #expect(outbox.standing.holds == holds)
        }
    }

    @Test func `erasures are not asked for by a configuration that no longer holds`() throws {
        let home = try home()
        home.record(1)
        let transport = ScriptedTransport(.status(200)) { [setting] in
            #expect(throws: Never.self) { try home.control.rotateID() }
            setting.change(to: .changed)
        }
        #expect(try home.round { transport }?.ending == .reconfigured)
        #expect(try home.round(erasuresOnly: true) { transport }?.ending == .reconfigured)
        #expect(transport.requests.map(\.method) == ["POST"])
        setting.change(to: .none)
        #expect(try home.round { ScriptedTransport(.status(200)) }?.erasuresDone == 1)
    }
}

/// The same with the real program, and a real file that somebody writes.
@Suite(.timeLimit(.minutes(3)))
struct ChangedFileTests {
    /// What a server does before it answers, once that is known.
    private final class Deed: Sendable {
        private let step = Mutex<@Sendable () -> Void>({})

        func become(_ new: @escaping @Sendable () -> Void) { step.withLock { $0 = new } }

        func doIt() { step.withLock { $0 }() }
    }

    private func telemetry(_ url: String, _ more: String = "") -> String {
        #"{"telemetry": {"max_events_per_batch": 1, "upload_url": "\#(url)"\#(more)}}"#
    }

    private func home(_ url: String) throws -> Home {
        let home = try Home(url: url, clock: ManualClock(SystemClock().now()))
        try home.folder.write(telemetry(url), to: "config.json")
        home.record(3)
        return home
    }

    private func upload(_ home: Home) throws -> RunningProcess {
        try RunningProcess(
            Executables.path("arpguard-upload"),
            ["--home", home.folder.path, "--format", "json"])
    }

    private func expectTold(_ result: CommandResult, sent: Int64) throws {
        #expect(result.status == 0, "\(result.stderr)")
        let figures = try JSONValue.parse(result.stdout)
        #expect(figures["ending"] == "reconfigured")
        #expect(figures["batches_sent"] == .integer(sent))
        let told = "arpguard: the configuration was changed meanwhile, and nothing more leaves by "
        #expect(result.stderr.hasPrefix(told), "\(result.stderr)")
        #expect(result.stderr.split(separator: "\n").count == 1)
    }

    /// What forbids sending: each of these in words of the file.
    private static let refusals = [
        #", "enabled": false"#, #", "upload_proxy": "x""#, #", "anonymize_data": false"#,
        #", "storage_path": "/nowhere/else""#,
    ]

    @Test(
        arguments: refusals + [
            #", "upload_review": "manual""#, #", "upload_bytes_per_day_max": 1024"#,
        ])
    func `a file that is changed while batches are sent ends the round`(change: String) throws {
        let deed = Deed()
        let server = try FakeServer(.answerAfter { deed.doIt() }, .answer(200))
        let (home, url) = (try home(server.url()), server.url())
        deed.become {
            #expect(throws: Never.self) {
                try home.folder.write(telemetry(url, change), to: "config.json")
            }
        }
        try expectTold(try upload(home).waitForEnd(), sent: 1)
        #expect(server.requests.count == 1)
        #expect(try home.control.status().waiting == 2)
        try home.folder.write(telemetry(url), to: "config.json")
        #expect(try upload(home).waitForEnd().status == 0)
        #expect(server.requests.count == 3)
    }

    @Test(arguments: refusals)
    func `a file that forbids sending ends a transfer on its way, and its batch waits`(
        change: String
    ) throws {
        let server = try FakeServer(.neverAnswer, .answer(200))
        let home = try home(server.url())
        let process = try upload(home)
        _ = try server.waitForRequests(1)
        try home.folder.write(telemetry(server.url(), change), to: "config.json")
        try expectTold(try process.waitForEnd(), sent: 0)
        #expect(try home.control.status().waiting == 3)
        try home.folder.write(telemetry(server.url()), to: "config.json")
        #expect(try upload(home).waitForEnd().status == 0)
        #expect(server.requests.count == 4)
        #expect(server.requests[0].body == server.requests[1].body)
    }

    @Test func `another place to send to ends the round, and nothing goes there unasked`() throws {
        let deed = Deed()
        let other = try FakeServer(.answer(200))
        let server = try FakeServer(.answerAfter { deed.doIt() })
        let (home, place) = (try home(server.url()), other.url())
        deed.become {
            #expect(throws: Never.self) {
                try home.folder.write(telemetry(place), to: "config.json")
            }
        }
        try expectTold(try upload(home).waitForEnd(), sent: 1)
        let next = try upload(home).waitForEnd()
        #expect(try JSONValue.parse(next.stdout)["blocked_sending"] == ["terms_changed"])
        #expect((server.requests.count, other.connectionCount) == (1, 0))
    }

    @Test func `a change of what is nothing to telemetry ends no round`() throws {
        let deed = Deed()
        let server = try FakeServer(.answerAfter { deed.doIt() }, .answer(200))
        let (home, url) = (try home(server.url()), server.url())
        deed.become {
            let more = #""detection": {"gateway": "192.0.2.1"}, "#
            #expect(throws: Never.self) {
                try home.folder.write("{" + more + telemetry(url).dropFirst(), to: "config.json")
            }
        }
        #expect(try upload(home).waitForEnd().status == 0)
        #expect(server.requests.count == 3)
    }
}
