// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// What the status counts, for each way in which events come not to be sent.
@Suite struct StatusFiguresTests {
    private struct Figures: Equatable, CustomStringConvertible {
        let recorded, waiting, held, uploaded, kept: Int64

        init(_ recorded: Int64, _ waiting: Int64, _ held: Int64, _ uploaded: Int64, _ kept: Int64) {
            (self.recorded, self.waiting, self.held) = (recorded, waiting, held)
            (self.uploaded, self.kept) = (uploaded, kept)
        }

        init(_ status: TelemetryStatus) {
            self.init(
                status.recorded, status.waiting, status.held, status.uploaded, status.keptHere)
        }

        var description: String {
            "\(recorded) stored, \(waiting) waiting, \(held) held, \(uploaded) up, \(kept) kept"
        }
    }

    let home: Home

    /// Five events wait: four of one type, one of another.
    init() throws {
        home = try Home()
        try home.enable()
        home.record(4)
        let module = home.module()
        module.initialize()
        module.trackEvent("app_start")
        module.end()
    }

    private func figures(_ config: TelemetryModuleConfig = .withURL) throws -> Figures {
        Figures(try home.control(config).status())
    }

    private func seal(_ config: TelemetryModuleConfig = .withURL) throws {
        guard case .sealed = try home.control(config).preview() else {
            throw TestKitError("nothing was sealed")
        }
    }

    @Test func `what is sealed waits, and what a no made void is kept here`() throws {
        #expect(try figures() == Figures(5, 5, 0, 0, 0))
        try seal()
        #expect(try figures() == Figures(5, 5, 0, 0, 0))
        try home.control().disable()
        #expect(try figures() == Figures(5, 0, 0, 0, 5))
    }

    @Test func `what an earlier yes sealed for another place is kept here`() throws {
        try seal()
        let other = TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs")
        try home.enable(other)
        #expect(try figures(other) == Figures(5, 0, 0, 0, 5))
        home.record(2, other)
        #expect(try figures(other) == Figures(7, 2, 0, 0, 5))
    }

    /// The server had all of a batch, and did not say that it takes it.
    private func leaveUnanswered() throws {
        let outbox = try #require(try home.control().outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.retry(batch, notBefore: home.clock.now(), answer: "503")
    }

    private static var others: [TelemetryModuleConfig] {
        var exact = TelemetryModuleConfig.withURL
        exact.anonymizeData = false
        return [TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs"), exact]
    }

    @Test(arguments: others)
    func `what may have left is cut off as soon as a yes stands for another place or form`(
        other: TelemetryModuleConfig
    ) throws {
        try leaveUnanswered()
        try home.enable(other)
        let status = try home.control(other).status()
        #expect(Figures(status) == Figures(5, 0, 0, 0, 0))
        #expect(status.cutOff == 5 && status.unanswered == nil)
        let kinds = try home.control(other).ledger().map(\.kind)
        #expect(kinds.suffix(2) == ["consent_given", "batch_voided"])
    }

    @Test func `what may have left is cut off also where a no could not mark it`() throws {
        try leaveUnanswered()
        try home.control().disable()
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite)
        try store.execute("UPDATE batches SET state = 'sending'")
        let status = try home.control().status()
        #expect(Figures(status) == Figures(5, 0, 0, 0, 0))
        #expect(status.cutOff == 5)
    }

    @Test func `nothing is told as cut off for good while it can't be read which yes stands`()
        throws
    {
        try leaveUnanswered()
        let record = "\(home.storage)/consent.json"
        try RealFileSystem().rename(record, to: record + ".kept")
        try RealFileSystem().createFolder(record)
        #expect(try home.control().status().cutOff == 0)
        try RealFileSystem().rename(record, to: record + ".folder")
        try RealFileSystem().rename(record + ".kept", to: record)
        #expect(try home.control().status().unanswered?.events == 5)
    }

    @Test(arguments: [TelemetryModuleConfig.UploadReview.automatic, .manual])
    func `what the configuration leaves out does not wait`(
        review: TelemetryModuleConfig.UploadReview
    ) throws {
        var narrow = TelemetryModuleConfig.withURL
        narrow.allowedEventTypes = ["app_start"]
        narrow.uploadReview = review
        let held: Int64 = review == .manual ? 1 : 0
        #expect(try figures(narrow) == Figures(5, 1, held, 0, 4))
        _ = try home.control(narrow).outlook()
        #expect(try figures(narrow) == Figures(5, 1, held, 0, 4))
    }

    @Test func `what was accepted is uploaded, and stays so under the next identifier`() throws {
        try home.haveOneBatchAccepted()
        #expect(try figures() == Figures(5, 0, 0, 5, 0))
        home.record(2)
        _ = try home.control().rotateID()
        #expect(try figures() == Figures(7, 0, 0, 5, 2))
        _ = try home.control().deleteData()
        #expect(try figures() == Figures(0, 0, 0, 0, 0))
    }
}
