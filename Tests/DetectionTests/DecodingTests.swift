// SPDX-License-Identifier: Apache-2.0

import Modules
import Testing
import TestKit

@testable import Detection

private let question = Frame.arp(
    .request, sender: Player.alice.pair, target: (Frame.unknown, Player.router.ip))

private func decode(_ bytes: [UInt8], _ format: FrameFormat = .ethernet) -> DecodedFrame {
    DecodedFrame(bytes.span, format: format)
}

private func packet(_ bytes: [UInt8], _ format: FrameFormat = .ethernet) -> ARPPacket? {
    if case .arp(let packet) = decode(bytes, format) { packet } else { nil }
}

struct DecodingTests {
    @Test func `every field of an ARP packet is read`() {
        let bytes = Frame.hex(
            "ffffffffffff",  // destination
            "080027000066",  // source
            "0806",  // type: ARP
            "0001",  // hardware: Ethernet
            "0800",  // protocol: IPv4
            "06", "04",  // lengths of addresses
            "0002",  // operation: reply
            "000db9000001", "0a000001",  // sender
            "3c970e000010", "0a00000a")  // target
        let read = packet(bytes)
        #expect(read?.source.description == "08:00:27:00:00:66")
        #expect(read?.destination == .broadcast)
        #expect(read?.isReply == true)
        #expect(read?.sender.mac.description == "00:0d:b9:00:00:01")
        #expect(read?.sender.ip.description == "10.0.0.1")
        #expect(read?.target.mac.description == "3c:97:0e:00:00:10")
        #expect(read?.target.ip.description == "10.0.0.10")
        #expect(read?.segment == Segment())
    }

    @Test(
        arguments: [
            ([], []), ([(0x8100, 100)], [100]), ([(0x8100, 0xE064)], [100]),
            ([(0x88A8, 5), (0x8100, 7)], [5, 7]), ([(0x9100, 1), (0x9100, 2)], [1, 2]),
            ([(0x8100, 0)], []),
            ([(0x8100, 1), (0x8100, 2), (0x8100, 3), (0x8100, 4)], [1, 2, 3, 4]),
        ] as [([(UInt16, UInt16)], [UInt16])])
    func `tags are read, priorities left out`(tags: [(UInt16, UInt16)], vlans: [UInt16]) {
        for framing in [Frame.Framing.ethernet, .snap] {
            let frame = Frame.arp(
                .request, sender: Player.alice.pair, target: Player.router.pair, tags: tags,
                framing: framing)
            #expect(packet(frame)?.segment.vlans.ids == vlans)
        }
    }

    @Test func `all framings give the same packet`() {
        func framed(_ framing: Frame.Framing) -> [UInt8] {
            Frame.arp(
                .reply, sender: Player.bob.pair, target: Player.alice.pair, framing: framing)
        }
        var expected = packet(framed(.ethernet))
        #expect(expected != nil)
        var behindSNAP = packet(framed(.snap))
        #expect(behindSNAP?.framing != expected?.framing)
        behindSNAP?.framing = 0
        #expect(behindSNAP == expected)
        expected?.destination = nil
        #expect(packet(framed(.cooked), .linuxCooked) == expected)
        expected?.segment.interface = 3
        #expect(packet(framed(.cooked2(interface: 3)), .linuxCooked2) == expected)
    }

    @Test func `cooked captures tell what went to everybody`() {
        let frame = Frame.arp(
            .request, sender: Player.alice.pair, target: Player.bob.pair, framing: .cooked)
        #expect(packet(frame, .linuxCooked)?.destination == .broadcast)
    }

    @Test(arguments: [
        (2, 0x00, Malformation.protocolType), (4, 0x08, .addressLengths),
        (5, 0x10, .addressLengths),
    ])
    func `a packet that breaks the rules says which`(offset: Int, byte: UInt8, why: Malformation) {
        var bytes = question
        bytes[14 + offset] = byte
        #expect(decode(bytes) == .malformed(why))
        // Where the addresses are others, what they are of tells more.
        bytes[14 + 1] = 7
        #expect(decode(bytes) == .malformed(offset == 2 ? why : .hardwareType))
    }

    @Test(arguments: [(1, 0x18), (1, 0x07), (7, 0x00), (7, 0x03), (7, 0x19), (6, 0x01)])
    func `a packet that some receivers believe is read, whatever its type or operation`(
        offset: Int, byte: UInt8
    ) {
        var bytes = question
        let plain = packet(bytes)
        bytes[14 + offset] = byte
        #expect(plain != nil && packet(bytes)?.sender == plain?.sender)
    }

    private func asks(behind tags: [(UInt16, UInt16)]) -> [UInt8] {
        Frame.arp(.request, sender: Player.alice.pair, target: Player.bob.pair, tags: tags)
    }

    @Test func `tags that carry a priority only hide nothing, however many there are`() {
        let plain = packet(asks(behind: []))
        #expect(plain != nil)
        for count in [1, 4, 5, 17, 64, 65, 300, 360] {
            let tags = [(UInt16, UInt16)](repeating: (0x8100, 0xE000), count: count)
            #expect(packet(asks(behind: tags)) == plain)
            // A VLAN inside them is read all the same.
            let tagged = packet(asks(behind: tags.dropLast() + [(0x88A8, 7)]))
            #expect(tagged?.segment.vlans.ids == [7])
        }
    }

    private static let hidden: [[(UInt16, UInt16)]] = [
        [UInt16](repeating: 1, count: 5).map { (0x8100, $0) },
        [UInt16](repeating: 0, count: 59).map { (0x8100, $0) } + (1...5).map { (0x8100, $0) },
    ]

    @Test(arguments: hidden)
    func `five VLANs are one too many, and who sends them is named`(tags: [(UInt16, UInt16)]) {
        expectHidden(.medium, asks(behind: tags), vlans: [1, tags[tags.count - 4].1])
    }

    @Test func `who sends more tags than are kept of a frame is named`() {
        let tags = [(UInt16, UInt16)](repeating: (0x8100, 0), count: 119) + [(0x8100, 7)]
        for count in [14 + 4 * 120 - 1, 14 + 4 * 120, 14 + 4 * 120 + 27] {
            expectHidden(
                .high, Array(asks(behind: tags).prefix(count)), vlans: count < 494 ? [] : [7])
        }
        let snap = Frame.arp(
            .request, sender: Player.alice.pair, target: Player.bob.pair, tags: tags,
            framing: .snap)
        expectHidden(.high, Array(snap.prefix(14 + 4 * 120 + 7)), vlans: [7])
        #expect(decode(Array(asks(behind: tags.suffix(64)).prefix(269))) == .malformed(.shortFrame))
    }

    @Test func `a tag behind SNAP is read as one before it`() {
        let inner = Frame.arpPacket(1, sender: Player.alice.pair, target: Player.bob.pair)
        for (tags, vlans) in [([], [7]), ([(0x8100, 0), (0x88A8, 5)], [5, 7])]
            as [([(UInt16, UInt16)], [UInt16])]
        {
            let frame = Frame.wrap(
                [0, 7, 8, 6] + inner, type: 0x8100, source: Player.alice.mac,
                destination: Frame.broadcast, tags: tags, framing: .snap)
            #expect(packet(frame)?.segment.vlans.ids == vlans)
        }
    }

    private func expectHidden(_ severity: Severity, _ frame: [UInt8], vlans: [UInt16]) {
        let source = MACAddress(Player.alice.mac) ?? .zero
        var configuration = DetectorConfiguration()
        configuration.trustedStations = [source]
        let steps = [Step(at: 0, frame: frame), Step(at: 1_000, frame: frame)]
        for alerts in [alerts(steps), alerts(steps, configuration)] {
            #expect(alerts.map { Verdict($0.rule, $0.severity) } == [Verdict(.malformed, severity)])
            #expect(alerts.first?.accused == nil, "anybody can name any source")
            let told = alerts.first?.evidence.sentences ?? []
            #expect(told.contains("the frame names \(source) as its source"))
            #expect(alerts.first?.segment.vlans.ids.starts(with: vlans) == true)
        }
    }

    @Test func `a frame cut anywhere is malformed and nothing worse`() {
        for count in 0..<question.count {
            let expected: Malformation = count < 14 ? .shortFrame : .shortPacket
            #expect(decode(Array(question.prefix(count))) == .malformed(expected))
        }
    }

    @Test(arguments: [
        FrameFormat.ethernet, .linuxCooked, .linuxCooked2, .wireless, .radiotap,
    ])
    func `no bytes make the decoder fail`(format: FrameFormat) {
        let random = SeededRandom(seed: 7)
        let types: [[UInt8]] = [[8, 6], [8, 0], [0x81, 0], [0x88, 0xA8], [0, 40]]
        for round in 0..<4_000 {
            var bytes = random.bytes(Int(random.uint64() % 120))
            let type = types[round % types.count]
            for offset in [0, 12, 14, 16] where bytes.count > offset + 2 {
                bytes.replaceSubrange(offset..<offset + 2, with: type)
            }
            _ = decode(bytes, format)
        }
    }

    @Test func `other traffic is none of its business`() {
        let web = Frame.ipv4(
            proto: 6, from: Player.alice.pair, to: Player.bob.pair, [UInt8](repeating: 0, count: 20)
        )
        #expect(decode(web) == .other)
    }
}
