// SPDX-License-Identifier: Apache-2.0

import Catalogue
import KillKit
import Modules
import Telemetry
import Testing

/// The judge of the kill test, judged.
@Suite struct KillFindingsTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let events: [StoredEvent]
        var refused: ClosedRange<Int64> = 0...1
        var losses: [(reason: String, count: Int64)] = []
        let unclean: any WritableKeyPath<KillFindings, Int64> & Sendable
    }

    private static func stored(
        _ numbers: ClosedRange<Int64>, writer: Int = 0
    ) -> [StoredEvent] {
        numbers.map { number in
            let event = NumberedEvent(writer: writer, number: number)
            return StoredEvent(
                epoch: 1, time: Timestamp(nanoseconds: 0), name: event.name,
                properties: event.properties.map { StoredEvent.Property($0.key, $0.value) })
        }
    }

    private static var changed: StoredEvent {
        StoredEvent(
            epoch: 1, time: Timestamp(nanoseconds: 0), name: "detection_run",
            properties: stored(3...3)[0].properties.map {
                $0.name == "alerts" ? StoredEvent.Property("alerts", 7) : $0
            })
    }

    static let cases = [
        Case(testDescription: "a missing event is lost", events: stored(2...3), unclean: \.lost),
        Case(
            testDescription: "an event with another value is torn",
            events: stored(1...3) + [changed], unclean: \.torn),
        Case(
            testDescription: "an event that is there again is there twice",
            events: stored(1...3) + stored(2...2), unclean: \.twice),
        Case(
            testDescription: "an event after the next is invented",
            events: stored(1...3) + stored(5...5), unclean: \.invented),
        Case(
            testDescription: "an event of a writer that does not exist is invented",
            events: stored(1...3) + stored(1...1, writer: 1), unclean: \.invented),
        Case(
            testDescription: "a loss for a reason that can't be is miscounted",
            events: stored(1...3), losses: [("damaged", 1)], unclean: \.miscounted),
        Case(
            testDescription: "a refusal that is not counted is miscounted",
            events: stored(1...3), refused: 2...3, losses: [("queue_full", 1)],
            unclean: \.miscounted),
        Case(
            testDescription: "a refusal without any count is miscounted",
            events: stored(1...3), refused: 1...2, unclean: \.miscounted),
        Case(
            testDescription: "more refusals than there were are miscounted",
            events: stored(1...3), refused: 1...2, losses: [("queue_full", 3)],
            unclean: \.miscounted),
    ]

    @Test(arguments: cases)
    func `each broken promise has its count`(_ given: Case) {
        var findings = KillFindings(
            given.events, accepted: [3], refused: [given.refused], losses: given.losses)
        #expect(!findings.isClean)
        #expect(findings[keyPath: given.unclean] > 0)
        findings[keyPath: given.unclean] = 0
        #expect(findings.isClean)
    }

    @Test(arguments: [3, 4] as [Int64])
    func `a writer may die before it acknowledges its next event`(last: Int64) {
        let findings = KillFindings(
            Self.stored(1...last), accepted: [3], refused: [4...5], losses: [("queue_full", 5)])
        #expect(findings.isClean)
        #expect(findings.found == last)
    }

    @Test func `a journal that never held anything may be told as damaged, and only that one`() {
        for count in [1, 2] as [Int64] {
            let findings = KillFindings(
                Self.stored(1...3), accepted: [3], refused: [0...1],
                losses: [("damaged", count)], unfinished: 1)
            #expect(findings.isClean == (count == 1))
        }
    }

    @Test(
        arguments: [
            ChildOrder.lock(folder: "/a"), .host(folder: "/a", events: 12),
            .record(
                RecordingOrder(
                    folder: "/a", firstWriter: 3, threads: 2, eventsPerModule: 0,
                    shutsDownEarly: true,
                    acknowledgesFirst: true)),
            .record(
                RecordingOrder(folder: "/a", firstWriter: 0, threads: 1, eventsPerModule: 9)),
        ])
    func `an order survives the command line`(_ order: ChildOrder) {
        #expect(ChildOrder(order.arguments) == order)
    }
}
