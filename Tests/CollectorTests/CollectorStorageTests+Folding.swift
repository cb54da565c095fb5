// SPDX-License-Identifier: Apache-2.0

import Modules
import Testing

@testable import Collector

extension CollectorStorageTests {
    @Test(arguments: StorageUnderTest.all)
    func `a resend after its day was folded is told to be closed, and changes nothing`(
        kind: StorageUnderTest
    ) throws {
        let opened = try kind.open()
        let sent = batch("A", of: 1, [today: ["event/app_start": 1]])
        try opened.storage.commit(sent)
        try opened.storage.expire(by: RetentionPolicy(openDays: 10), on: Self.day(11))
        // Another collector has not seen midnight yet.
        #expect(try opened.storage.commit(sent, on: Self.day(10)) == [.closed])
        #expect(try opened.reopened().commit(sent, on: Self.day(10)) == [.closed])
        #expect(
            try opened.storage.lines() == ["\(today) arpguard: 1", "event/app_start 1 1"])
    }

    @Test(arguments: StorageUnderTest.all)
    func `what a batch tells of a folded day is left out and counted, and nobody counts twice`(
        kind: StorageUnderTest
    ) throws {
        let opened = try kind.open()
        let (old, storage) = (Self.day(-3), opened.storage)
        for number in 1...3 {
            try storage.commit(batch("\(number)", of: number, [old: Self.start]))
        }
        // Another collector of the store, or a purge, keeps fewer days open than this one.
        try opened.reopened().expire(by: RetentionPolicy(openDays: 1), on: today)
        let totals = ["\(old) arpguard: 3", "event/app_start 3 3"]
        #expect(try storage.lines() == totals)
        let sent = batch("late", of: 1, [old: ["event/app_start": 2], today: Self.start])
        #expect(try storage.commit(sent) == [.stored(isNew: false, folded: 2)])
        let again = try storage.commit(sent)
        #expect([[.resent(folded: 2)], [.stored(isNew: false, folded: 2)]].contains(again))
        let lines = totals + ["\(today) arpguard: 1", "event/app_start 1 1"]
        for distance in [0, 0, 1] as [Int32] {
            #expect(try storage.lines() == lines)
            #expect(try storage.tally(in: today...today).counts == [.day: 2])
            try storage.expire(by: RetentionPolicy(openDays: 1), on: Self.day(distance))
        }
        #expect(try storage.figures(in: old...today).map(\.isFolded) == [true, false])
    }

    @Test(arguments: StorageUnderTest.all)
    func `a closed day becomes plain totals, and nothing can be erased from them`(
        kind: StorageUnderTest
    ) throws {
        let opened = try kind.open()
        let storage = opened.storage
        let policy = RetentionPolicy(openDays: 10, totalsDays: 50)
        for number in 1...3 {
            try storage.commit(batch("\(number)", of: number, [today: ["event/app_start": 2]]))
        }
        let open = try storage.lines()
        try storage.expire(by: policy, on: Self.day(10))
        #expect(try storage.figures(in: today...today).map(\.isFolded) == [false])
        for distance in [11, 11, 12] as [Int32] {
            try storage.expire(by: policy, on: Self.day(distance))
            #expect(try storage.lines() == open)
            #expect(try storage.figures(in: today...today).map(\.isFolded) == [true])
        }
        #expect(
            try storage.erase(
                installation: installation(1), secretHash: Self.hash(secret(1)), on: Self.day(12))
                == .erased)
        #expect(try opened.reopened().lines() == open)
        try storage.expire(by: policy, on: Self.day(51))
        #expect(try storage.lines() == [])
    }

    @Test(arguments: StorageUnderTest.all)
    func `it is known of how many installations something was left out, also of a folded day`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        var tally = Tally()
        tally.add(.event, 3)
        for number in 1...4 {
            let sent = batch("\(number)", of: number, tally: tally, [today: Self.start])
            try storage.commit(sent)
            try storage.commit(sent)
        }
        // One that sends often counts once, one whose batch is of another day not at all.
        try storage.commit(batch("more", of: 4, tally: tally, [today: Self.start]))
        var old = batch("old", of: 9, tally: tally, [today: Self.start])
        old.day = Self.day(-1)
        try storage.commit(old)
        try storage.commit(tally: tally)
        var expected = DayTally()
        expected.add(.event, 21, of: 4)
        #expect(try storage.tallies(in: today...today) == [today: expected])
        try storage.expire(by: RetentionPolicy(openDays: 5), on: Self.day(6))
        #expect(try storage.tallies(in: today...today) == [today: expected])
    }

    @Test(arguments: StorageUnderTest.all)
    func `however many versions somebody invents, a day has no more figures than it may`(
        kind: StorageUnderTest
    ) throws {
        let storage = try kind.open().storage
        for number in 1...3 {
            var figures = ["version/1.0": 1, "event/app_start": 1]
            for version in 0..<450 { figures["version/\(number).9.\(version)"] = 1 }
            try storage.commit(batch("\(number)", of: number, [today: figures]))
        }
        for distance in [0, 3] as [Int32] {
            try storage.expire(by: RetentionPolicy(openDays: 2), on: Self.day(distance))
            let figures = try #require(storage.figures(in: today...today).first)
            #expect(figures.isFolded == (distance == 3))
            #expect(figures.installations == 3)
            #expect(figures.cells.count == DayFigures.familyMax + 2)
            #expect(figures.cells["version/1.0"]?.installations == 3)
            #expect(figures.cells["version/~"]?.installations == 0)
        }
    }
}
