// SPDX-License-Identifier: Apache-2.0

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
