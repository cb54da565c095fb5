// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Hashing
import Modules
import Testing

@testable import Collector

/// What every storage promises, whichever it is.
@Suite struct CollectorStorageTests {
    static func day(_ distance: Int32) -> Day { Day(number: today.number + distance) }

    static func hash(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)) }

    static let start = ["event/app_start": 1]

    @Test(arguments: StorageUnderTest.all)
    func `batches of one installation count once a day for each figure`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        let outcomes = try storage.commit(
            batch("A", of: 1, [today: ["event/app_start": 2]]),
            batch("B", of: 1, [today: ["event/app_start": 1, "event/error": 1]]),
            batch("C", of: 2, [today: Self.start]))
        #expect(
            outcomes == [.stored(isNew: true), .stored(isNew: false), .stored(isNew: true)])
        #expect(
            try storage.lines() == [
                "\(today) arpguard: 2", "event/app_start 2 4", "event/error 1 1",
            ])
    }

    @Test(arguments: StorageUnderTest.all)
    func `a batch adds to each of its days, and durations stay with their figure`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        var sent = batch("A", of: 1, [today: Self.start, Self.day(-1): ["feature/replay": 2]])
        var durations = DurationHistogram()
        durations.add(milliseconds: 12)
        sent.figures[Self.day(-1)]?.time("feature/replay", durations)
        try storage.commit(sent)
        #expect(
            try storage.lines() == [
                "\(Self.day(-1)) arpguard: 1", "feature/replay 1 2 timed 1 1",
                "\(today) arpguard: 1", "event/app_start 1 1",
            ])
    }

    @Test(arguments: StorageUnderTest.all)
    func `a resend changes nothing, neither in its group nor later nor through another collector`(
        kind: StorageUnderTest
    ) throws {
        let opened = try kind.open()
        let storage = opened.storage
        var tally = Tally()
        tally.add(.event, 3)
        let sent = batch(
            "A", of: 1, tally: tally, [today: Self.start, Self.day(-2): Self.start])
        try storage.commit(sent, sent)
        let before = try storage.lines()
        try storage.commit(sent)
        #expect(try storage.lines() == before)
        let other = try opened.reopened()
        try other.commit(sent)
        #expect(try other.lines() == before)
        #expect(try storage.tally(in: today...today).counts == [.event: 3])
        #expect(before.contains("\(Self.day(-2)) arpguard: 1"))
    }

    @Test(arguments: StorageUnderTest.all)
    func `a group that is committed again keeps everything once`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        let group = CommitGroup(
            id: [UInt8](repeating: 7, count: CommitGroup.idBytes),
            batches: (1...20).map { batch("\($0)", of: $0, [today: Self.start]) }, today: today)
        for _ in 1...3 { _ = try storage.commit(group) }
        #expect(try storage.lines() == ["\(today) arpguard: 20", "event/app_start 20 20"])
    }

    @Test(arguments: StorageUnderTest.all)
    func `one installation adds no more than its share to a figure`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        for id in ["A", "B"] {
            try storage.commit(batch(id, of: 1, [today: ["loss/queue_full": 600]]))
        }
        try storage.commit(batch("C", of: 2, [today: ["loss/queue_full": 5]]))
        let figures = try storage.figures(in: today...today)
        #expect(figures.first?.cells["loss/queue_full"]?.count == DayFigures.contributionsMax + 5)
    }

    @Test(arguments: StorageUnderTest.all)
    func `what divides an event is cut with it, so that no sum gives one installation away`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        for number in 1...12 {
            var figures = [
                "event/feature_usage": 2, "feature/arp_scan": 1, "feature/watch": 1, "event/r": 1,
                "property/r/a/x": 1, "property/r/b/true": 1,
            ]
            if number == 7 {
                figures.merge([
                    "event/feature_usage": 1535, "feature/arp_scan": 899, "feature/watch": 636,
                    "event/r": 2999, "property/r/a/x": 999, "property/r/a/y": 1000,
                    "property/r/a/z": 1000, "property/r/b/true": 2999,
                ]) { $0 + $1 }
            }
            try storage.commit(batch("\(number)", of: number, [today: figures]))
        }
        let cells = try #require(storage.figures(in: today...today).first).cells
        func sum(_ prefix: String) -> Int {
            cells.reduce(0) { $0 + ($1.key.hasPrefix(prefix) ? $1.value.count : 0) }
        }
        #expect(sum("event/feature_usage") == 22 + DayFigures.contributionsMax)
        #expect(sum("feature/") == sum("event/feature_usage"))
        #expect(cells["feature/arp_scan"]?.count == 11 + 585)
        #expect(sum("event/r") == 11 + DayFigures.contributionsMax)
        #expect(sum("property/r/a/") == sum("event/r") && sum("property/r/b/") == sum("event/r"))
    }

    @Test(arguments: StorageUnderTest.all)
    func `it is known how many installations were as quick and as slow`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        for (number, buckets) in [[3: 2, 9: 5], [9: 1], [9: 4000, 30: 1]].enumerated() {
            var sent = batch("\(number)", of: number, [today: ["event/e": 1]])
            sent.figures[today]?.time("event/e", DurationHistogram(counts: buckets))
            try storage.commit(sent)
        }
        let cell = try #require(storage.figures(in: today...today).first?.cells["event/e"])
        #expect(cell.quickest == DurationHistogram(counts: [3: 1, 9: 2]))
        #expect(cell.slowest == DurationHistogram(counts: [9: 2, 30: 1]))
        #expect(cell.durations.total == 8 + DayFigures.contributionsMax)
    }

    @Test(arguments: StorageUnderTest.all)
    func `services have figures of their own`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        var other = batch("B", of: 2, [today: ["event/rule_run": 1]])
        other.service = "swiftlinter"
        try storage.commit(batch("A", of: 1, [today: Self.start]), other)
        #expect(
            try storage.lines() == [
                "\(today) arpguard: 1", "event/app_start 1 1", "\(today) swiftlinter: 1",
                "event/rule_run 1 1",
            ])
    }

    @Test(arguments: StorageUnderTest.all)
    func `an unknown installation is kept out where none may be new`(kind: StorageUnderTest) throws
    {
        let storage = try kind.open().storage
        var sent = batch("A", of: 1, [today: Self.start])
        sent.admitsNew = false
        #expect(try storage.commit(sent) == [.notAdmitted])
        #expect(try storage.lines() == [])
        try storage.commit(batch("B", of: 1, [today: Self.start]))
        #expect(try storage.commit(sent) == [.stored(isNew: false)])
        #expect(try storage.lines() == ["\(today) arpguard: 1", "event/app_start 1 2"])
    }

    @Test(arguments: StorageUnderTest.all)
    func `a batch of an installation without room is told if it is kept, else kept out`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        var sent = batch("A", of: 1, [today: Self.start])
        try storage.commit(sent)
        sent.leaveOut()
        var more = batch("B", of: 1, [today: Self.start])
        more.leaveOut()
        var unknown = batch("C", of: 2, [today: Self.start])
        unknown.leaveOut()
        #expect(try storage.commit(sent, more, unknown) == [.resent(), .notAdmitted, .notAdmitted])
        #expect(try storage.lines() == ["\(today) arpguard: 1", "event/app_start 1 1"])
    }

    @Test(arguments: StorageUnderTest.all)
    func `tallies are summed by reason over the days on which they came`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        var tally = Tally()
        tally.add(.service, 2)
        for distance in 0...2 as ClosedRange<Int32> {
            try storage.commit(tally: tally, on: Self.day(distance))
        }
        #expect(try storage.tally(in: today...Self.day(1)).counts == [.service: 4])
    }

    @Test(arguments: StorageUnderTest.all)
    func `commits of several collectors at once all count`(kind: StorageUnderTest) throws {
        let opened = try kind.open()
        let collectors = [opened.storage, try opened.reopened()]
        DispatchQueue.concurrentPerform(iterations: 40) { index in
            #expect(throws: Never.self) {
                try collectors[index % 2].commit(
                    batch("\(index / 2)", of: index / 2 % 5, [today: Self.start]))
            }
        }
        #expect(
            try opened.storage.lines() == ["\(today) arpguard: 5", "event/app_start 5 20"])
        #expect(throws: Never.self) { try opened.storage.checkReady() }
    }
}
