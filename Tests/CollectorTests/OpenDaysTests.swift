// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Collector

@Suite struct OpenDaysTests {
    /// The figures as they are when nothing was carried on: summed from the batches.
    private func summed(_ store: SampleStore) throws -> [String] {
        try Connection(path: store.path, busyMilliseconds: 5000).execute("DELETE FROM day_sum")
        return try SQLiteStorage(
            path: store.path, random: SystemRandom(), fileSystem: RealFileSystem()
        ).lines()
    }

    private static func sample(_ random: SeededRandom, _ step: Int) -> AdmittedBatch {
        let bytes = random.bytes(8).map { Int($0) }
        var sent = batch("\(bytes[0] % 40)", of: bytes[1] % 5, [:])
        for place in 0...bytes[2] % 2 {
            var counters = DayCounters()
            for name in ["event/feature_usage", "feature/arp_scan", "version/0.\(bytes[3] % 3).0"] {
                var durations = DurationHistogram()
                for more in 0..<bytes[4] % 3 { durations.add(milliseconds: step * 37 + more) }
                // Beyond what one installation can add to a figure, at times.
                counters.add(name, amount: 1 + bytes[5] * 11, durations: durations)
            }
            sent.figures[Day(number: today.number - Int32(place + bytes[6] % 2))] = counters
        }
        return sent
    }

    @Test(arguments: 1...4)
    func `figures carried on are those that are summed anew, whatever happens`(seed: UInt64) throws
    {
        let store = try SampleStore()
        let random = SeededRandom(seed: seed)
        for step in 0..<60 {
            let choice = random.bytes(1)[0]
            if choice < 25 {
                let number = Int(choice) % 5
                _ = try store.storage.erase(
                    installation: installation(number),
                    secretHash: SHA256.hash(Array(secret(number).utf8)), on: today)
            } else {
                try store.storage.commit(Self.sample(random, step), Self.sample(random, step))
            }
            if step % 3 == 0 {
                #expect(try store.storage.lines() == summed(store), "step \(step) of \(seed)")
            }
        }
    }

    @Test func `what another process changed is not missed`() throws {
        let store = try SampleStore()
        let other = try SQLiteStorage(
            path: store.path, random: SystemRandom(), fileSystem: RealFileSystem())
        for number in 0..<6 {
            let storage = number.isMultiple(of: 2) ? store.storage : other
            try storage.commit(batch("\(number)", of: number, [today: ["event/app_start": 1]]))
            let lines = [
                "\(today) arpguard: \(number + 1)", "event/app_start \(number + 1) \(number + 1)",
            ]
            #expect(try store.storage.lines() == lines)
            #expect(try other.lines() == lines)
        }
    }

    @Test(arguments: [[today], [today, Day(number: today.number - 1)]])
    func `a batch costs the same however many of its installation and day came before`(
        days: [Day]
    ) throws {
        let store = try SampleStore()
        let costs = try (0..<10).map { round in
            let before = store.storage.writingOperations
            for number in 0..<40 {
                let figures = Dictionary(uniqueKeysWithValues: days.map { ($0, ["event/e": 1]) })
                try store.storage.commit(batch("\(round) \(number)", of: 1, figures))
            }
            return store.storage.writingOperations - before
        }
        #expect(costs[9] < costs[1] * 11 / 10, "\(costs)")
        #expect(try store.storage.lines().contains("event/e 1 400"))
    }

    @Test func `batches that an earlier version kept apart come together once`() throws {
        let store = try SampleStore()
        try store.storage.commit(batch("A", of: 1, [today: ["event/e": 3]]))
        // As that version left three batches behind.
        try Connection(path: store.path, busyMilliseconds: 5000).execute(
            """
            INSERT INTO batch SELECT day, installation, service, X'01', counters, NULL FROM batch;
            INSERT INTO batch SELECT day, installation, service, X'FF', counters, NULL FROM batch
                WHERE id = X'01'
            """)
        let reopened = try SQLiteStorage(
            path: store.path, random: SystemRandom(), fileSystem: RealFileSystem())
        try reopened.commit(batch("B", of: 1, [today: ["event/e": 1]]))
        let lines = ["\(today) arpguard: 1", "event/e 1 10"]
        #expect(try reopened.lines() == lines)
        #expect(try summed(store) == lines)
        #expect(try reopened.commit(batch("A", of: 1, [today: ["event/e": 3]])) == [.resent()])
        try reopened.commit(batch("C", of: 1, [today: ["event/e": 1]]))
        #expect(try summed(store) == [lines[0], "event/e 1 11"])
    }

    @Test func `a collector that is started reads the sums that were kept`() throws {
        let store = try SampleStore()
        for number in 0..<20 {
            try store.storage.commit(batch("\(number)", of: number, [today: ["event/e": 1]]))
        }
        let lines = ["\(today) arpguard: 20", "event/e 20 20"]
        func operations() throws -> Int {
            let started = try SQLiteStorage(
                path: store.path, random: SystemRandom(), fileSystem: RealFileSystem())
            #expect(try started.lines() == lines)
            return started.readingOperations
        }
        try store.storage.keepSums()
        let kept = try operations()
        try Connection(path: store.path, busyMilliseconds: 5000)
            .execute("UPDATE day_sum SET figures = X'FF'")
        #expect(try operations() > 2 * kept, "sums that can't be read are summed anew")
        #expect(try operations() < 2 * kept, "and kept again")
    }

    @Test func `sums that were kept do not outlive an erasure or a batch, also after a crash`()
        throws
    {
        let store = try SampleStore()
        for number in 0..<3 {
            try store.storage.commit(batch("\(number)", of: number, [today: ["event/e": 1]]))
        }
        try store.storage.keepSums()
        try store.storage.commit(batch("3", of: 3, [today: ["event/e": 1]]))
        // Another process finds the file as it is after a crash here.
        let crashed = try SQLiteStorage(
            path: store.path, random: SystemRandom(), fileSystem: RealFileSystem())
        #expect(try crashed.lines() == ["\(today) arpguard: 4", "event/e 4 4"])
        _ = try store.storage.erase(
            installation: installation(1), secretHash: SHA256.hash(Array(secret(1).utf8)),
            on: today)
        let database = try Connection(path: store.path, busyMilliseconds: 5000)
        #expect(try database.integer("SELECT count(*) FROM day_sum") == 0)
        #expect(try crashed.lines() == ["\(today) arpguard: 3", "event/e 3 3"])
    }

    private static func changes(_ number: Int64, _ names: [String]) -> DayChanges {
        var counters = DayCounters()
        for name in names { counters.add(name) }
        var changes = DayChanges(days: [today], numbers: [today: number])
        changes.tell(
            today, "arpguard", of: [UInt8(truncatingIfNeeded: number)], from: DayCounters(),
            to: counters)
        return changes
    }

    private static func counters(_ count: Int, _ name: String = "version/0") -> DayCounters {
        var counters = DayCounters()
        for number in 0..<count { counters.add("\(name).\(number)") }
        return counters
    }

    @Test func `however often an installation reports in a commit, it is one change`() {
        var changes = DayChanges(days: [today], numbers: [today: 2])
        for number in 0..<1000 {
            changes.tell(
                today, "arpguard", of: [1], from: Self.counters(number / 2),
                to: Self.counters(number / 2 + 1))
        }
        #expect(changes.contributions.map(\.before.figures.count) == [0])
        #expect(changes.contributions.map(\.after.figures.count) == [500])
        #expect(changes.untold.isEmpty)
        changes.tell(today, "other", of: [1], from: DayCounters(), to: Self.counters(1))
        changes.tell(today, "arpguard", of: [2], from: DayCounters(), to: Self.counters(1))
        #expect(changes.contributions.count == 3)
    }

    @Test func `more changes than memory is for leave their days to be summed anew`() throws {
        let (store, count) = (try SampleStore(), DayCounters.figuresMax)
        // Each tells its figures twice: the second time what was and what is stands in memory.
        let installations = DayChanges.figuresMax / (2 * count) + 1
        let names = (0..<count).map { "version/\($0)" }
        let figures = Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })
        for round in 1...2 {
            let batches = (1...installations).map {
                batch("\(round) \($0)", of: $0, [today: figures])
            }
            _ = try store.storage.commit(
                CommitGroup(id: [UInt8(round)], batches: batches, today: today))
            #expect(store.storage.withOpenDays { $0.heldDays.contains(today) } == (round == 1))
        }
        let lines = try store.storage.lines()
        #expect(lines.first == "\(today) arpguard: \(installations)")
        #expect(lines.last == "version/99 \(installations) \(2 * installations)")
        #expect(store.storage.withOpenDays { $0.heldDays.contains(today) }, "once it was read")
    }

    @Test func `what is committed while days are summed is kept only as far as memory is for it`() {
        let before = Day(number: today.number - 1)
        for (commits, isHeld) in [(100, true), (300, false)] {
            var days = OpenDays()
            _ = days.figures(after: [today: 0, before: 0])
            for number in 1...commits {
                var changes = DayChanges(
                    days: [today, before], numbers: [today: Int64(number), before: Int64(number)])
                for day in [today, before] {
                    changes.tell(
                        day, "arpguard", of: [1], from: DayCounters(), to: Self.counters(400))
                }
                days.follow(changes)
            }
            days.hold([], of: today)
            days.hold([], of: before)
            #expect((days.heldDays.count == 2) == isHeld, "\(commits)")
        }
    }

    @Test func `a commit while a day is summed is added to its sum`() {
        var days = OpenDays()
        #expect(days.figures(after: [today: 1]).isEmpty)
        days.follow(Self.changes(2, ["event/app_start"]))
        days.hold([], of: today)
        #expect(days.figures(after: [today: 2])[today]?.map(\.installations) == [1])
    }

    @Test func `a day whose changes have a gap is summed anew`() {
        var days = OpenDays()
        _ = days.figures(after: [today: 1])
        days.hold([], of: today)
        days.follow(Self.changes(3, ["event/app_start"]))
        #expect(days.heldDays.isEmpty)
        #expect(days.figures(after: [today: 3]).isEmpty)
    }

    @Test func `a day with more figures than memory is for is not held`() {
        var days = OpenDays()
        _ = days.figures(after: [today: 1])
        days.hold([], of: today)
        for number in 0..<60 {
            let names = (0..<400).map { "version/\(number).\($0).0" }
            days.follow(Self.changes(Int64(number) + 2, names))
        }
        #expect(days.heldDays.isEmpty)
    }
}
