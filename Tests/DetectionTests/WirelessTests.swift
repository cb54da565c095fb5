// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import Detection

/// Frames as they go through the air.
struct WirelessTests {
    private static let radiotap = Frame.hex("00", "00", "0c00", "04800000", "02", "00", "1800")

    private static func framed(_ framing: Frame.Framing) -> [UInt8] {
        Frame.arp(.reply, sender: Player.bob.pair, target: Player.alice.pair, framing: framing)
    }

    private static func packet(_ bytes: [UInt8], _ format: FrameFormat) -> ARPPacket? {
        if case .arp(let packet) = DecodedFrame(bytes.span, format: format) { packet } else { nil }
    }

    /// The same with a field for quality of service, and what may follow it.
    private static func withQuality(_ frame: [UInt8], _ field: UInt8, _ more: [UInt8]) -> [UInt8] {
        var frame = frame
        frame[0] |= 0x80
        frame.insert(contentsOf: [field, 0] + more, at: frame[1] & 3 == 3 ? 30 : 24)
        return frame
    }

    @Test(arguments: [0, 1, 2, 3, 9, 10] as [UInt8])
    func `whichever way data goes, it is the same packet`(flags: UInt8) {
        let expected = Self.packet(Self.framed(.ethernet), .ethernet)
        let frame = Self.framed(.wireless(flags: flags))
        #expect(expected != nil)
        #expect(Self.packet(frame, .wireless) == expected)
        #expect(Self.packet(Self.radiotap + frame, .radiotap) == expected)
        #expect(Self.packet(Self.withQuality(frame, 0, []), .wireless) == expected)
        #expect(Self.packet(Self.withQuality(frame, 0, [0, 0]), .wireless) == expected)
        let wide = Self.framed(.wireless(flags: flags | 0x80))
        #expect(Self.packet(Self.withQuality(wide, 0, [1, 2, 3, 4]), .wireless) == expected)
    }

    @Test func `what cannot be read is no packet, and nothing is wrong with it`() {
        let frame = Self.framed(.wireless(flags: 1))
        let encrypted = Self.framed(.wireless(flags: 0x41))
        let aggregate = Self.withQuality(frame, 0x80, [])
        let acknowledgement = Frame.hex("d400", "0000", "3c970e000010")
        var beacon = frame
        beacon[0] = 0x80
        var empty = frame
        empty[0] = 0x48
        for bytes in [encrypted, aggregate, acknowledgement, beacon, empty] {
            #expect(DecodedFrame(bytes.span, format: .wireless) == .other)
            #expect(DecodedFrame((Self.radiotap + bytes).span, format: .radiotap) == .other)
        }
    }

    @Test func `a frame cut in its header says so`() {
        let frame = Self.framed(.wireless(flags: 3))
        for count in [0, 1, 2, 23, 24, 29] {
            let cut = Array(frame.prefix(count))
            #expect(DecodedFrame(cut.span, format: .wireless) == .malformed(.shortFrame))
        }
        for count in [0, 3, 11] {
            let cut = Array(Self.radiotap.prefix(count))
            #expect(DecodedFrame(cut.span, format: .radiotap) == .malformed(.shortFrame))
        }
    }

    @Test func `what a radio sends on counts once`() {
        let frames = [1, 2].map { flags in
            Frame.arp(
                .request, sender: Player.alice.pair, target: (Frame.unknown, Player.bob.ip),
                framing: .wireless(flags: flags))
        }
        let answers = [1, 2].map { Self.framed(.wireless(flags: $0)) }
        let round: [Step] = [
            Step(at: 0, frame: frames[0]), Step(at: 2, frame: answers[0]),
            Step(at: 3, frame: frames[1]), Step(at: 5, frame: answers[1]),
        ]
        let steps = (0..<8).flatMap { number in round.map { $0.later(Int64(number) * 2_000) } }
        #expect(alerts(steps, format: .wireless).isEmpty)
    }
}
