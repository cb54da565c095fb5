// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import Detection

/// Each table of what a detector remembers holds its bound, with the limits that the product ships
/// with: a flood fills it and makes it no larger.
struct BoundTests {
    /// How many invented senders of a kind there are: more than each table filled here holds.
    private static let count = 17_000

    private static func invented(_ number: Int, kind: UInt32) -> Player {
        func text(_ value: UInt32, _ separator: String, radix: Int) -> String {
            Frame.big32(value).map { String($0, radix: radix) }.joined(separator: separator)
        }
        let number = UInt32(number)
        return Player(
            mac: "2:\(kind):" + text(number, ":", radix: 16),
            ip: text(kind << 24 | number, ".", radix: 10))
    }

    /// An address is taken from its owner in the name of a third station, which is told to yet
    /// another one, unasked; the taker asks for somebody.
    private static func robbery(_ number: Int) -> [Step] {
        let at = Int64(number) * 200
        let taker = invented(number, kind: 12).claiming(invented(number, kind: 11))
        return [
            announces(at, invented(number, kind: 11)),
            tells(
                at + 20, taker, invented(number, kind: 13), source: invented(number, kind: 14).mac),
            asks(at + 40, taker, for: Player.alice.ip),
        ]
    }

    /// A word in one of many VLANs.
    private static func tagged(_ number: Int) -> Step {
        var step = announces(Int64(number) * 10, .bob)
        let tags =
            Frame.hex("88A8") + Frame.big16(UInt16(number / 256)) + Frame.hex("8100")
            + Frame.big16(UInt16(number % 256))
        step.frame.replaceSubrange(12..<12, with: tags)
        return step
    }

    @Test func `a flood fills the tables and makes none larger`() {
        var detector = Detector()
        func take(_ step: Step, into detector: inout Detector) {
            detector.process(
                step.frame.span, format: .ethernet, time: step.at * 1_000_000, number: 1
            ) { _ in }
        }
        take(announces(0, .alice), into: &detector)
        for number in 0..<Self.count {
            for step in Self.robbery(number) { take(step, into: &detector) }
        }
        for number in 0..<5_000 { take(Self.tagged(number), into: &detector) }
        let limits = DetectionLimits()
        #expect(detector.memory.questions.count == limits.questionsMax)
        #expect(detector.memory.repetitions.count == limits.repetitionsMax)
        #expect(detector.memory.contests.count == limits.contestsMax)
        #expect(detector.folder.reported.count == limits.alertsMax)
        #expect(detector.memory.insistences.count == limits.entriesMax)
        #expect(detector.memory.listeners.count == limits.entriesMax)
        #expect(detector.memory.spokenFor.count == limits.entriesMax)
        #expect(detector.memory.newcomers.count == limits.entriesMax)
    }
}
