// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Testing
import TestKit

@testable import Detection

private func key(_ number: UInt64) -> StationKey {
    StationKey(segment: Segment(), mac: MACAddress(bits: number))
}

struct MemoryTests {
    @Test func `a full table forgets what was used longest ago`() {
        var table = BoundedTable<StationKey, Int>(countMax: 3, seed: 1)
        for number in 1...3 { _ = table.findOrInsert(key(UInt64(number)), number) }
        #expect(table.find(key(1)) != nil)
        _ = table.findOrInsert(key(4), 4)
        #expect(table.value(key(2)) == nil)
        #expect([1, 3, 4].map { table.value(key($0)) } == [1, 3, 4])
        #expect(table.count == 3)
        #expect(table.evicted == 1)
    }

    @Test(arguments: [1, 2, 64, 1_000])
    func `a table agrees with a plain model of it`(countMax: Int) {
        let random = SeededRandom(seed: UInt64(countMax))
        var table = BoundedTable<StationKey, UInt64>(countMax: countMax, seed: 5)
        var values: [UInt64: UInt64] = [:]
        for step in 0..<5_000 as Range<UInt64> {
            let number = random.uint64() % UInt64(countMax * 2)
            let (index, isNew) = table.findOrInsert(key(number), step)
            #expect(isNew == (values[number] == nil))
            table[index] = step
            values[number] = step
            guard values.count > countMax else { continue }
            let gone = values.keys.filter { !table.contains(key($0)) }
            #expect(gone.count == 1 && gone != [number])
            for number in gone { values[number] = nil }
        }
        for (number, value) in values { #expect(table.value(key(number)) == value) }
        #expect(table.count == values.count)
    }

    @Test func `what is removed is gone, and the others go in the order in which they would have`()
    {
        var table = BoundedTable<StationKey, Int>(countMax: 4, seed: 1)
        for number in 1...5 { _ = table.findOrInsert(key(UInt64(number)), number) }
        #expect(table.find(key(3)) != nil)
        table.removeAll { $0 == key(4) || $0 == key(9) }
        #expect([2, 3, 4, 5].map { table.value(key($0)) } == [2, 3, nil, 5])
        #expect(table.count == 3 && table.evicted == 1)
        for number in 6...7 { _ = table.findOrInsert(key(UInt64(number)), number) }
        #expect([2, 3, 5, 6, 7].map { table.value(key($0)) } == [nil, 3, 5, 6, 7])
        table.removeAll { _ in true }
        #expect(table.count == 0)
        #expect(table.findOrInsert(key(3), 3).isNew)
    }

    @Test func `what is in use outlives a flood of what comes once`() {
        var table = BoundedTable<StationKey, Int>(countMax: 1_000, seed: 3)
        for _ in 0..<2 {
            for number in 0..<800 { _ = table.findOrInsert(key(UInt64(number)), number) }
        }
        for number in 10_000..<60_000 { _ = table.findOrInsert(key(UInt64(number)), number) }
        #expect((0..<800).allSatisfy { table.contains(key(UInt64($0))) })
        #expect(table.count == 1_000)
        #expect(table.evicted == 49_800)
    }

    @Test func `a table full of what is in use gives way by an eighth at most`() {
        var table = BoundedTable<StationKey, Int>(countMax: 800, seed: 3)
        for _ in 0..<3 {
            for number in 0..<800 { _ = table.findOrInsert(key(UInt64(number)), number) }
        }
        for number in 10_000..<60_000 { _ = table.findOrInsert(key(UInt64(number)), number) }
        #expect((0..<800).filter { table.contains(key(UInt64($0))) }.count >= 690)
    }

    /// A million of them in the full run; else enough to fill every table more than twice.
    private static let inventedSenders: UInt32 =
        unsafe getenv("ARPGUARD_TEST_FULL") == nil ? 150_000 : 1_000_000

    @Test func `invented senders leave what was known in place`() {
        var detector = Detector(.withGateway)
        let talk = Scene.talk
        var number: UInt64 = 0
        var grave: [Alert] = []
        func take(_ frame: [UInt8], at time: Int64, into detector: inout Detector) {
            number += 1
            detector.process(frame.span, format: .ethernet, time: time, number: number) {
                if $0.severity >= .high { grave.append($0) }
            }
        }
        for step in talk { take(step.frame, at: step.at * 1_000_000, into: &detector) }
        let start: Int64 = 70_000_000_000
        var invented = tells(0, .mallory, .alice).frame
        for count in 0..<Self.inventedSenders {
            let low = Frame.big32(count)
            // The sender's addresses, in the frame and in the packet.
            invented.replaceSubrange(8..<12, with: low)
            invented.replaceSubrange(24..<28, with: low)
            invented.replaceSubrange(28..<32, with: Frame.big32(0x0A00_0000 &+ count &* 7919))
            take(invented, at: start + Int64(count) * 30_000, into: &detector)
        }
        #expect(grave.map(\.rule) == [.newcomerFlood])
        #expect(detector.statistics.bindings <= DetectionLimits().bindingsMax + 1)
        #expect(detector.memory.stations.count == DetectionLimits().stationsMax)
        #expect(detector.statistics.evicted > UInt64(Self.inventedSenders) - 2 * 65_536)
        // What was known is known: the forger's first frame is enough.
        let forged = tells(0, .bob.claiming(.router), .alice)
        take(forged.frame, at: start + 31_000_000_000, into: &detector)
        #expect(grave.last?.rule == .toldAgainstOwner)
        #expect(grave.last?.rival?.description == Player.router.mac)
    }

    @Test func `recent times count within their window`() {
        var times = RecentTimes()
        for time in [10, 20, 30] as [Int64] { times.add(time) }
        #expect(times.count(within: 10, at: 30) == 2)
        #expect(times.count(within: 100, at: 30) == 3)
        // A clock that ran backwards makes nothing older, and nothing of the future recent.
        #expect(times.count(within: 10, at: 12) == 2)
        for time in 31...60 as ClosedRange<Int64> { times.add(time) }
        #expect(times.count(within: 1_000, at: 60) == RecentTimes.countMax)
    }

    @Test func `what happened before a clock was set back is no recent matter`() {
        var times = RecentTimes()
        times.add(1_000)
        #expect([1_000, 1_005, 995].allSatisfy { times.hasOne(within: 5, of: $0) })
        #expect([1_006, 994, .min, .max].allSatisfy { !times.hasOne(within: 5, of: $0) })
        var repetition = Repetition(frame: 1)
        let counts = [1_000, 1_001, 10, 11, 20].map {
            repetition.add(frame: 1, at: $0, within: 2_000, pauseMin: 5)
        }
        #expect(counts == [1, 1, 2, 2, 3])
    }

    @Test func `a sliding count forgets by and by`() {
        var count = SlidingCount()
        for time in 0..<80 as Range<Int64> { _ = count.add(at: time, within: 80) }
        #expect(count.add(at: 80, within: 80) == 71)
        #expect(count.add(at: 1_000, within: 80) == 1)
        #expect(count.add(at: 5, within: 80) >= 1)
        #expect(count.add(at: -3, within: 80) >= 1)
    }

    @Test func `ages never overflow`() {
        #expect(Int64.max.age(of: .min) == .max)
        #expect(Int64.min.age(of: .max) == 0)
        #expect((5 as Int64).age(of: 3) == 2)
    }

    @Test func `bindings stay bounded, and guarded ones stay`() {
        var configuration = DetectorConfiguration.withGateway
        configuration.limits.bindingsMax = 50
        configuration.limits.stationsMax = 50
        var detector = Detector(configuration)
        let steps =
            [announces(0, .router)]
            + (0..<500).map { number in
                let mac = "02:00:00:00:0\(number / 100):\(number % 100 + 10)"
                let low = number % 250
                return announces(
                    Int64(number) * 100, Player(mac: mac, ip: "10.1.\(number / 250).\(low)"))
            }
        var last: [Alert] = []
        for (index, step) in (steps + [announces(60_000, .mallory.claiming(.router))]).enumerated()
        {
            last = []
            detector.process(
                step.frame.span, format: .ethernet, time: step.at * 1_000_000,
                number: UInt64(index) + 1
            ) { last.append($0) }
        }
        #expect(detector.statistics.bindings == 51)
        #expect(detector.statistics.evicted == 450)
        #expect(last.map(\.rule) == [.bindingChanged])
        #expect(last.first?.severity == .medium)
    }
}
