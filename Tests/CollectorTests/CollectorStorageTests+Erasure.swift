// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Modules
import Testing

@testable import Collector

extension CollectorStorageTests {
    @Test(arguments: StorageUnderTest.all)
    func `erasing one of twelve leaves eleven, on all its days`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        for number in 1...12 {
            try storage.commit(
                batch(
                    "batch \(number)", of: number, [today: Self.start, Self.day(-3): Self.start]))
        }
        #expect(try storage.lines().contains("\(today) arpguard: 12"))
        let outcome = try storage.erase(
            installation: installation(5), secretHash: Self.hash(secret(5)), on: today)
        #expect(outcome == .erased)
        #expect(
            try storage.lines() == [
                "\(Self.day(-3)) arpguard: 11", "event/app_start 11 11", "\(today) arpguard: 11",
                "event/app_start 11 11",
            ])
    }

    @Test(arguments: StorageUnderTest.all)
    func `what comes after an erasure is kept out and counted once`(kind: StorageUnderTest) throws {
        let opened = try kind.open()
        let storage = opened.storage
        try storage.commit(batch("A", of: 1, [today: Self.start]))
        _ = try storage.erase(
            installation: installation(1), secretHash: Self.hash(secret(1)), on: today)
        let late = batch("late", of: 1, [today: Self.start])
        #expect(try storage.commit(late) == [.erased])
        #expect(try opened.reopened().commit(late) == [.erased])
        #expect(try storage.commit(batch("A", of: 1, [today: Self.start])) == [.erased])
        #expect(try storage.lines() == [])
        #expect(try storage.tally(in: today...today).counts == [.erased: 2])
    }

    @Test(arguments: StorageUnderTest.all)
    func `only the secret that came first erases`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        func erase(_ number: Int, _ word: String) throws -> ErasureOutcome {
            try storage.erase(
                installation: installation(number), secretHash: Self.hash(word), on: today)
        }
        try storage.commit(batch("A", of: 1, [today: Self.start]))
        var usurper = batch("B", of: 1, [today: Self.start])
        usurper.erasureKeyHash = Self.hash("other")
        try storage.commit(usurper)
        try storage.commit(batch("C", of: 2, hasSecret: false, [today: Self.start]))
        #expect(try erase(1, "other") == .refused)
        #expect(try erase(2, "") == .refused)
        #expect(try storage.lines() == ["\(today) arpguard: 2", "event/app_start 2 3"])
        try storage.commit(batch("D", of: 2, [today: Self.start]))
        #expect(try erase(1, secret(1)) == .erased)
        #expect(try erase(1, "anything") == .erased)
        #expect(try erase(2, secret(2)) == .erased)
        #expect(try erase(3, "anything") == .erased)
        #expect(try storage.lines() == [])
    }

    @Test(arguments: StorageUnderTest.all)
    func `an erasure that races its own batches leaves nothing of them`(
        kind: StorageUnderTest
    ) throws {
        let opened = try kind.open()
        let storage = opened.storage
        let other = try opened.reopened()
        try storage.commit(batch("first", of: 1, [today: Self.start]))
        DispatchQueue.concurrentPerform(iterations: 24) { index in
            #expect(throws: Never.self) {
                if index == 12 {
                    _ = try other.erase(
                        installation: installation(1), secretHash: Self.hash(secret(1)),
                        on: today)
                } else {
                    try (index % 2 == 0 ? storage : other)
                        .commit(batch("race \(index)", of: 1, [today: Self.start]))
                }
            }
        }
        #expect(try storage.lines() == [])
        #expect(try other.lines() == [])
    }

    @Test(arguments: StorageUnderTest.all)
    func `an erasure is remembered as long as a batch can come`(kind: StorageUnderTest) throws {
        let storage = try kind.open().storage
        let policy = RetentionPolicy(openDays: 10)
        _ = try storage.erase(
            installation: installation(1), secretHash: Self.hash("x"), on: today)
        try storage.expire(by: policy, on: Self.day(11))
        let late = batch("A", of: 1, [Self.day(11): Self.start])
        #expect(try storage.commit(late, on: Self.day(11)) == [.erased])
        try storage.expire(by: policy, on: Self.day(20))
        #expect(
            try storage.commit(batch("B", of: 1, [Self.day(20): Self.start]), on: Self.day(20))
                == [.stored(isNew: true)])
    }
}
