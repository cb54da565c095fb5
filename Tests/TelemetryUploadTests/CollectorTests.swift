// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TelemetryUpload
import TestKit
import Testing

/// Rounds against the real collector, as a process of its own.
@Suite struct CollectorTests {
    private let collector: RunningCollector
    private let home: Home

    init() throws {
        collector = try RunningCollector()
        home = try Home(url: collector.url, clock: ManualClock(SystemClock().now()))
    }

    @Test func `the collector takes every event of every batch`() throws {
        home.record(3)
        let summary = try home.round()
        #expect(summary.batchesSent == 3)
        #expect(summary.eventsSent == 3)
        #expect(summary.eventsRejected == 0)
        #expect(summary.problems.isEmpty && summary.warnings.isEmpty)
    }

    @Test(arguments: ["gzip", "zstd", "none"])
    func `the collector takes each coding`(coding: String) throws {
        var home = home
        home.config.compression = coding
        home.record(1)
        #expect(try home.round().eventsSent == 1)
    }

    @Test func `the collector confirms an erasure that knows its secret`() throws {
        home.record(1)
        #expect(try home.round().eventsSent == 1)
        #expect(try home.control.deleteData().erasureRequested)
        let summary = try home.round(erasuresOnly: true)
        #expect(summary.erasuresDone == 1)
        #expect(summary.problems.isEmpty)
    }

    @Test func `a collector that ends leaves the batch to be sent again`() throws {
        home.record(1)
        collector.process.kill()
        _ = try collector.process.waitForEnd()
        let summary = try home.round()
        #expect(summary.batchesRetried == 1)
        #expect(try home.control.status().waiting == 1)
    }
}
