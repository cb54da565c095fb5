// SPDX-License-Identifier: Apache-2.0

import HTTPServing
import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

/// One installation can't fill the disk.
@Suite struct InstallationQuotaTests {
    private static let size = InstallationQuota.bytesPerBatch
    private static let sample =
        size + batch("A", of: 1, [today: [:]]).records.count

    @Test func `an installation gets only so much stored a day, and keeps what it got`() throws {
        let collector = try SampleCollector { $0.bytesPerInstallationMax = 4 * Self.size }
        func send(_ number: Int, batch: Int) throws -> HTTPReply {
            try collector.post(SampleRequest(number, batch: batch).with("app_start").bytes)
        }
        var stored = 0
        while stored < 10, try send(1, batch: stored + 1).status == 200 { stored += 1 }
        #expect(stored == 3, "each takes its row and a record")
        let refused = try send(1, batch: 5)
        #expect(refused.status == 429)
        #expect(refused.header("Retry-After") == "30")
        #expect(refused.text.contains("more than is kept of one in a day"))
        #expect(try send(2, batch: 6).status == 200, "another one is not shut out")
        let metric = "arpguard_collector_batches_total{outcome=\"over_quota\"}"
        #expect(try collector.metric(metric) == "2")
        let figures = try collector.store.storage.figures(in: today...today)
        #expect(figures.map(\.installations) == [2])
        collector.clock.advance(by: .seconds(86_400))
        #expect(try send(1, batch: 7).status == 200)
    }

    @Test func `an installation that was erased has no more room than another`() throws {
        let collector = try SampleCollector { $0.bytesPerInstallationMax = 4 * Self.size }
        #expect(try collector.erase(installation(1), secret: "x").status == 204)
        let statuses = try (1...5).map { number in
            try collector.post(SampleRequest(1, batch: number).with("app_start").bytes).status
        }
        #expect(statuses == [200, 200, 200, 429, 429])
        let again = try collector.post(SampleRequest(1, batch: 1).with("app_start").bytes)
        #expect(again.status == 200, "what was counted is told as it was")
    }

    @Test func `what is kept is told to be kept, also when its installation has no room left`()
        throws
    {
        let collector = try SampleCollector { $0.bytesPerInstallationMax = 4 * Self.size }
        func statuses(_ batches: ClosedRange<Int>) throws -> [Int] {
            try batches.map { number in
                try collector.post(SampleRequest(1, batch: number).with("app_start").bytes).status
            }
        }
        #expect(try statuses(1...4) == [200, 200, 200, 429])
        let lines = try collector.store.storage.lines()
        #expect(try statuses(1...4) == [200, 200, 200, 429])
        #expect(try collector.store.storage.lines() == lines)
        let metric = "arpguard_collector_batches_total{outcome="
        #expect(try collector.metric(metric + "\"resent\"}") == "3")
        #expect(try collector.metric(metric + "\"over_quota\"}") == "2")
        #expect(try collector.erase(installation(1), secret: secret(1)).status == 204)
        #expect(try statuses(1...2) == [429, 429], "what was erased is not known any more")
    }

    @Test func `what it shares a request with is kept`() throws {
        let collector = try SampleCollector { $0.bytesPerInstallationMax = 2 * Self.size }
        var message = SampleRequest(1, batch: 1).with("app_start").message
        for (number, batch) in [(1, 2), (2, 3)] {
            message.resourceLogs +=
                SampleRequest(number, batch: batch).with("app_start").message.resourceLogs
        }
        #expect(try collector.post(message.encoded()).status == 429)
        let figures = try collector.store.storage.figures(in: today...today)
        #expect(figures.map(\.installations) == [2])
    }

    @Test func `what was not stored, or had been before, takes nothing`() {
        let quota = InstallationQuota(max: 3 * Self.sample, random: SeededRandom(seed: 3))
        func takes(_ count: Int, keeping: Int) -> Int {
            var batches = (0..<count).map { batch("\($0)", of: 1, [today: [:]]) }
            let taken = quota.take(&batches, on: today)
            quota.settle(taken, unstored: batches.dropFirst(keeping))
            return batches.count { !$0.isOverQuota }
        }
        #expect(takes(5, keeping: 0) == 3)
        #expect(takes(2, keeping: 1) == 2)
        #expect(takes(5, keeping: 2) == 2)
        #expect(takes(1, keeping: 0) == 0)
    }

    @Test func `what was taken before the clock was set back is not given back after`() {
        let quota = InstallationQuota(max: Self.sample, random: SeededRandom(seed: 3))
        var first = [batch("A", of: 1, [today: [:]])]
        let taken = quota.take(&first, on: Day(number: today.number + 1))
        var second = [batch("B", of: 1, [today: [:]])]
        _ = quota.take(&second, on: today)
        quota.settle(taken, unstored: first)
        var third = [batch("C", of: 1, [today: [:]])]
        _ = quota.take(&third, on: today)
        #expect((second + third).map(\.isOverQuota) == [false, true])
    }
}
