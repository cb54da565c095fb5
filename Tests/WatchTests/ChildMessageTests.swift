// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Modules
import TestKit
import Testing

@testable import arpguard_watch

struct ChildMessageTests {
    private func record(_ frame: [UInt8]) throws -> FrameRecord {
        let record = FrameRecord(frame.span, format: .ethernet)
        return try #require(record)
    }

    private func everyKind() throws -> [ChildMessage] {
        let frame = Frame.arp(
            .reply, sender: ("02:00:00:00:00:01", "10.0.0.1"),
            target: ("02:00:00:00:00:02", "10.0.0.2"), tags: [(0x8100, 7)])
        let record = try record(frame)
        var level = SandboxLevel(user: 65_534)
        level.hasSeccomp = true
        level.landlock = 7
        var counts = LiveCounts()
        counts.received = ChildMessage.countMax
        counts.dropped = 3
        return [
            .opened(.ethernet, .complete), .ready(level, hasAsked: true),
            .frame(record, time: -5), .counts(counts, others: 9),
            .failed(.vanished, detail: "gone"),
        ]
    }

    /// Reads a stream that comes in pieces of `size` bytes.
    private func read(_ stream: [UInt8], in size: Int) -> (messages: [ChildMessage], isSound: Bool)
    {
        var buffer = MessageBuffer()
        var messages: [ChildMessage] = []
        var rest = stream[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(size)
            _ = buffer.fill { bytes, offset in
                for (index, byte) in piece.enumerated() { bytes[offset + index] = byte }
                return piece.count
            }
            let isSound = buffer.forEachMessage { message in
                messages.append(message)
                return true
            }
            guard isSound else { return (messages, false) }
        }
        return (messages, true)
    }

    @Test(arguments: [1, 2, 3, 50, 10_000])
    func `messages arrive as they were sent, however they are cut`(size: Int) throws {
        let messages = try everyKind()
        var stream: [UInt8] = []
        for message in messages { message.append(to: &stream) }
        let result = read(stream, in: size)
        #expect(result.isSound)
        #expect(result.messages == messages)
    }

    @Test func `a child that was taken over can say nothing that harms`() {
        let random = SeededRandom(seed: 3)
        for _ in 0..<5_000 {
            var bytes = random.bytes(Int(random.uniform(below: 300)))
            if bytes.count > 2 {
                bytes[0] = 0
                bytes[2] = UInt8(random.uniform(below: 7))
            }
            _ = read(bytes, in: 64)
        }
        #expect(!read([0xFF, 0xFF, 1], in: 3).isSound)
        #expect(!read([0, 1, 99], in: 3).isSound)
    }

    @Test(arguments: [
        [UInt64.max, 0, 0], [0, .max, 0], [0, 0, .max], [0, 0, ChildMessage.countMax + 1],
    ])
    func `a count that no interface reaches is no message`(numbers: [UInt64]) {
        var counts = LiveCounts()
        counts.received = numbers[0]
        counts.dropped = numbers[1]
        var stream: [UInt8] = []
        ChildMessage.counts(counts, others: numbers[2]).append(to: &stream)
        #expect(!read(stream, in: 64).isSound)
    }

    @Test(arguments: [Int64.min, .min + 1, -1, 0, .max - 1, .max])
    func `no frame comes from the future or from long ago`(time: Int64) {
        let steady = SteadyClock(ManualClock())
        let now = steady.now
        let arrival = steady.arrival(time, by: now)
        #expect(arrival <= now + SteadyClock.jumpNanoseconds)
        #expect(arrival >= now - SteadyClock.waitNanosecondsMax)
        #expect(steady.arrival(now - 5, by: now) == now - 5)
        #expect(!Timestamp(nanoseconds: steady.wall(arrival)).eve.isEmpty)
    }

    @Test func `the question for the gateway is a request that everybody hears`() throws {
        let own = AddressPair(mac: MACAddress(bits: 2), ip: IPv4Address(bits: 0x0A00_0002))
        let question = GatewayQuestion.ask(for: IPv4Address(bits: 0x0A00_0001))
        func heard(_ bytes: [UInt8]) -> GatewayQuestion { GatewayQuestion(bytes.span) }
        #expect(heard(question.bytes) == question)
        #expect(heard(GatewayQuestion.none.bytes) == .none)
        #expect(heard([]) == .none)
        let frame = try #require(question.frame(by: own))
        let packet = try #require(try record(frame).packet)
        #expect(packet.isRequest && packet.destination == .broadcast && frame.count == 60)
        #expect(packet.sender == own)
        #expect("\(packet.target.ip)" == "10.0.0.1")
        #expect(GatewayQuestion.ask(for: own.ip).frame(by: own) == nil)
    }
}
