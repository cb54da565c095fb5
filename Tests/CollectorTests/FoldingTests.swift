// SPDX-License-Identifier: Apache-2.0

import Modules
import OTLP
import TestKit
import Testing

@testable import Collector

/// When a collector folds days by itself.
@Suite struct FoldingTests {
    private static let hour = Duration.seconds(3600)

    @Test func `a clock that is wrong for a moment folds nothing, and an erasure still erases`()
        throws
    {
        let collector = try SampleCollector()
        for number in 1...2 {
            let request = SampleRequest(number, batch: number).with("app_start")
            #expect(try collector.post(request.bytes).status == 200)
        }
        collector.clock.advance(by: Self.hour)
        let right = collector.clock.now()
        collector.clock.jump(to: Day(number: today.number + 40).start)
        var wrong = SampleRequest(3, batch: 3)
        wrong.batch = batchText(3, day: Day(number: today.number + 40))
        _ = try collector.post(wrong.with("app_start", day: collector.clock.now().day).bytes)
        collector.clock.jump(to: right)
        let storage = collector.store.storage
        #expect(try storage.figures(in: today...today).map(\.isFolded) == [false])
        #expect(try collector.erase(installation(1), secret: secret(1)).status == 204)
        #expect(try storage.figures(in: today...today).map(\.installations) == [1])
        let more = SampleRequest(4, batch: 4).with("app_start")
        #expect(try collector.post(more.bytes).status == 200)
        #expect(try storage.figures(in: today...today).map(\.installations) == [2])
    }

    @Test func `a record of a folded day is told as rejected, also when its batch comes again`()
        throws
    {
        let collector = try SampleCollector()
        let old = Day(number: today.number - 3)
        for number in 1...2 {
            let request = SampleRequest(number, batch: number).with("app_start", day: old)
            #expect(try collector.post(request.bytes).status == 200)
        }
        try collector.store.storage.expire(by: RetentionPolicy(openDays: 1), on: today)
        let late = SampleRequest(1, batch: 9).with("app_start", day: old).with("app_start")
        for _ in 1...2 {
            let reply = try collector.post(late.bytes)
            let answer = try ExportLogsResponse(decoding: reply.body)
            #expect(reply.status == 200 && answer.rejectedLogRecords == 1)
            #expect(answer.errorMessage == "1 records rejected: record.day 1")
        }
        #expect(try collector.store.storage.tally(in: today...today).counts == [.day: 1])
        #expect(try collector.metric("arpguard_collector_records_admitted_total") == "3")
    }

    struct Step: Sendable {
        /// What goes by on both clocks, then how far the time of day alone is set.
        let hours: Int
        var days = 0
        let isSettled: Bool
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
    }

    @Test(arguments: [
        Case(
            testDescription: "an hour after the start",
            steps: [.init(hours: 0, isSettled: false), .init(hours: 1, isSettled: true)]),
        Case(
            testDescription: "an hour after it was set right for good",
            steps: [
                .init(hours: 0, isSettled: false), .init(hours: 1, isSettled: true),
                .init(hours: 0, days: 40, isSettled: false), .init(hours: 1, isSettled: true),
            ]),
        Case(
            testDescription: "an hour after it was set back",
            steps: [
                .init(hours: 0, isSettled: false), .init(hours: 1, isSettled: true),
                .init(hours: 0, days: 40, isSettled: false),
                .init(hours: 0, days: -40, isSettled: false), .init(hours: 1, isSettled: true),
            ]),
        Case(
            testDescription: "days that go by are no jump",
            steps: [.init(hours: 0, isSettled: false), .init(hours: 2400, isSettled: true)]),
    ])
    func `a clock is settled`(_ row: Case) {
        let clock = ManualClock()
        var settled = SettledClock()
        for (number, step) in row.steps.enumerated() {
            clock.advance(by: .seconds(3600 * step.hours))
            let now = clock.now().nanoseconds + Int64(step.days) * 86_400_000_000_000
            clock.jump(to: Timestamp(nanoseconds: now))
            let isSettled = settled.isSettled(
                clock.now(), uptimeNanoseconds: clock.uptimeNanoseconds())
            #expect(isSettled == step.isSettled, "step \(number)")
        }
    }
}
