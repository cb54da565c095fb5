// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Detection
import Glibc
import Modules
import Program
import Telemetry
import TestKit
import Testing

@testable import arpguard_watch

/// A yes never reaches back, also not by a sum or a duration that is told after it.
struct ConsentSpanTests {
    private let folder: TemporaryDirectory
    private let seams: TelemetrySeams
    private let clock = ManualClock()
    private let control: TelemetryControl
    private let module: TelemetryModule

    init() throws {
        folder = try TemporaryDirectory()
        seams = TelemetrySeams(
            environment: [:], userID: geteuid(), logger: Logger(program: "test", level: .error),
            clock: clock, files: RealFileSystem())
        control = TelemetryControl(
            for: Program.product, config: TelemetryModuleConfig(), home: folder.path, seams: seams)
        module = TelemetryModule(
            for: Program.product, config: TelemetryModuleConfig(), home: folder.path, seams: seams)
        // Where there was a decision before, the next is noticed at once.
        try control.disable()
        module.initialize()
    }

    /// The properties of the last event of a type.
    private func recorded(_ type: String) throws -> [String: Int64] {
        module.flush()
        let event = try #require(try control.events(named: type).last)
        let pairs = event.properties.compactMap { property in
            property.value.number.map { (property.name, $0) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    @Test(arguments: [false, true])
    func `a watch tells of nothing from before the yes`(isAnother: Bool) throws {
        var telemetry = WatchTelemetry(module, isService: false, clock: clock)
        var totals = DetectionStatistics()
        if isAnother { try control.enable(control.terms) }
        telemetry.look(totals)
        telemetry.started(settings: [:])
        totals.frames = 253
        totals.arpFrames = 120
        totals.alerts[.high] = 20
        clock.advance(by: .seconds(5_000))
        if isAnother { try control.disable() }
        try control.enable(control.terms)
        telemetry.look(totals)
        totals.frames += 7
        totals.alerts[.high] = 21
        clock.advance(by: .seconds(3))
        telemetry.ran(totals)
        telemetry.finished(.signal, totals)
        let run = try recorded("detection_run")
        #expect(run["frames"] == 7)
        #expect(run["arp_frames"] == 0)
        #expect(run["alerts"] == 1)
        #expect(run["duration_ms"] == 3_000)
        #expect(try recorded("app_stop")["uptime_seconds"] == 3)
        #expect(try recorded("feature_usage")["duration_ms"] == 3_000)
    }

    @Test func `a decision that nobody has looked for yet counts too`() throws {
        var telemetry = WatchTelemetry(module, isService: false, clock: clock)
        try control.enable(control.terms)
        telemetry.look(DetectionStatistics())
        var totals = DetectionStatistics()
        totals.frames = 253
        clock.advance(by: .seconds(5_000))
        try control.disable()
        try control.enable(control.terms)
        telemetry.ran(totals)
        telemetry.finished(.signal, totals)
        #expect(try recorded("detection_run")["frames"] == 0)
        #expect(try recorded("app_stop")["uptime_seconds"] == 0)
    }

    @Test func `what is told of stretches adds up to the whole under one yes`() throws {
        try control.enable(control.terms)
        var telemetry = WatchTelemetry(module, isService: false, clock: clock)
        var totals = DetectionStatistics()
        telemetry.look(totals)
        for frames in [10, 25] as [UInt64] {
            totals.frames += frames
            clock.advance(by: .seconds(60))
            telemetry.look(totals)
            telemetry.ran(totals)
            #expect(try recorded("detection_run")["frames"] == Int64(frames))
            #expect(try recorded("detection_run")["duration_ms"] == 60_000)
        }
        telemetry.finished(.signal, totals)
        #expect(try recorded("app_stop")["uptime_seconds"] == 120)
    }

    @Test func `a host's body that began before the yes is not recorded as used`() throws {
        try module.measure("watch") { _ = try control.enable(control.terms) }
        module.flush()
        #expect(try control.events(named: "feature_usage").isEmpty)
        module.measure("watch") {}
        module.flush()
        #expect(try control.events(named: "feature_usage").count == 1)
    }

    @Test func `a replay tells of nothing from before a yes in its middle`() throws {
        let run = ReplayRun(
            captures: [.file(RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap"))],
            configuration: DetectorConfiguration(), clock: clock)
        var telemetry = ReplayTelemetry(module, clock: clock)
        var before: DetectionStatistics?
        let summary = run.run { totals in
            if before == nil, totals().frames == 400 {
                before = totals()
                clock.advance(by: .seconds(5_000))
                #expect(throws: Never.self) { try control.enable(control.terms) }
            }
            telemetry.look(totals)
        } onAlert: { alert, _ in
            telemetry.alert(alert)
        }
        telemetry.finished(summary)
        let told = try recorded("detection_run")
        let alerts = summary.statistics.alertCount - (before?.alertCount ?? 0)
        #expect(told["frames"] == Int64(summary.frames) - 400)
        #expect(told["alerts"] == Int64(alerts))
        #expect(told["duration_ms"] == 0)
        #expect(try recorded("app_stop")["uptime_seconds"] == 0)
    }
}

extension PropertyValue {
    fileprivate var number: Int64? {
        if case .integer(let number) = self { return number }
        return nil
    }
}
