// SPDX-License-Identifier: Apache-2.0

import Detection
import Modules
import TestKit
import Testing

/// Frames of every kind that is decoded, to be damaged.
private let samples: [[UInt8]] = {
    let router = ("00:1b:21:00:00:02", "10.0.0.2")
    let arp = Frame.arp(
        .reply, sender: Player.bob.pair, target: Player.alice.pair, tags: [(0x8100, 3)])
    let snap = Frame.arp(
        .request, sender: Player.alice.pair, target: Player.bob.pair, framing: .snap)
    let dhcp =
        Frame.hex("02010600") + [UInt8](repeating: 1, count: 232) + Frame.hex("63825363")
        + [53, 1, 5, 3, 4, 10, 0, 0, 1, 255]
    let lease = Frame.ipv4(
        proto: 17, from: router, to: (Frame.broadcast, "255.255.255.255"), Frame.udp(67, 68, dhcp))
    let hello = Frame.ipv4(
        proto: 17, from: router, to: ("01:00:5e:00:00:02", "224.0.0.2"),
        Frame.udp(1985, 1985, [0, 0, 16] + [UInt8](repeating: 7, count: 17)))
    var advert = Frame.ipv4(
        proto: 112, from: router, to: ("01:00:5e:00:00:12", "224.0.0.18"),
        Frame.hex("2133640200010000") + [UInt8](repeating: 10, count: 16))
    advert[14 + 8] = 255
    return [arp, snap, lease, hello, advert]
}()

struct HostileFrameTests {
    @Test(arguments: 0..<8 as Range<UInt64>)
    func `damaged frames at impossible times do no harm`(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var configuration = DetectorConfiguration.withGateway
        configuration.limits.bindingsMax = 64
        configuration.limits.stationsMax = 64
        configuration.limits.questionsMax = 64
        configuration.limits.contestsMax = 8
        configuration.limits.repetitionsMax = 8
        configuration.limits.entriesMax = 8
        configuration.limits.alertsMax = 8
        var detector = Detector(configuration)
        let formats = [
            FrameFormat.ethernet, .ethernet, .linuxCooked, .linuxCooked2, .wireless, .radiotap,
        ]
        let edges = [Int64.min, -1, 0, 1, .max]
        for number in 1...5_000 as ClosedRange<UInt64> {
            let pick = random.uint64()
            var frame = samples[Int(pick % UInt64(samples.count))]
            for _ in 0..<pick % 7 {
                let place = Int(random.uint64() % UInt64(frame.count))
                frame[place] = UInt8(truncatingIfNeeded: random.uint64())
            }
            if pick % 5 == 0 { frame.removeLast(Int(random.uint64() % UInt64(frame.count))) }
            let time = pick % 9 == 0 ? edges[Int(pick % 5)] : Int64(bitPattern: random.uint64())
            detector.process(
                frame.span, format: formats[Int(pick >> 8 & 3)],
                time: pick % 2 == 0 ? Int64(number) * 10_000_000 : time, number: number
            ) { alert in
                #expect(!alert.explanation.isEmpty)
                #expect(alert.evidence.firstFrame <= alert.evidence.lastFrame)
            }
        }
        #expect(detector.statistics.frames == 5_000)
        #expect(detector.statistics.bindings <= 128)
        #expect(detector.statistics.malformed > 0)
    }
}
