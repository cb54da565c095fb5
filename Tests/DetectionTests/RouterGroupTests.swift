// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let active = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
private let standby = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
private let shared = "10.0.0.9"

/// An HSRP hello (version 1) of group 7, whose router is in `state`.
private func hello(_ at: Int64, _ router: Player, state: UInt8 = 16) -> Step {
    let body =
        Frame.hex("00", "00") + [state]
        + Frame.hex("03", "0a", "64", "07", "00", "636973636f000000")
        + Frame.ip(shared)
    let frame = Frame.ipv4(
        proto: 17, from: router.pair, to: ("01:00:5e:00:00:02", "224.0.0.2"),
        Frame.udp(1985, 1985, body))
    return Step(at: at, frame: frame)
}

/// A CARP advertisement of group 33, which keeps its addresses to itself.
private func carp(_ at: Int64, _ router: Player) -> Step {
    let body = Frame.hex("21", "21", "00", "07", "0001", "0000") + [UInt8](repeating: 9, count: 28)
    var frame = Frame.ipv4(
        proto: 112, from: router.pair, to: ("01:00:5e:00:00:12", "224.0.0.18"), body)
    frame[14 + 8] = 255
    return Step(at: at, frame: frame)
}

private func holding(_ mac: String) -> Player { Player(mac: mac, ip: shared) }

/// Routers that share an address by HSRP and CARP, and packets that break ARP's rules.
struct RouterGroupTests {
    static let groups = [
        RuleCase(
            "HSRP: the group's hardware address takes over from the router's own",
            [
                exchange(0, holding(active.mac), .alice), [hello(900, active)],
                [announces(1_000, holding("00:00:0c:07:ac:07"))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "HSRP: the other router becomes active",
            [
                exchange(0, holding(active.mac), .alice), [hello(900, standby)],
                [announces(1_000, holding(standby.mac))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "HSRP: a router on standby may not",
            [
                exchange(0, holding(active.mac), .alice), [hello(900, standby, state: 8)],
                [announces(1_000, holding(standby.mac))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "HSRP: another group's hardware address may not",
            [
                exchange(0, holding(active.mac), .alice), [hello(900, active)],
                [announces(1_000, holding("00:00:0c:07:ac:08"))],
            ], [Verdict(.bindingChanged, .medium)]),
        RuleCase(
            "CARP: the group's hardware address takes over",
            [
                exchange(0, holding(active.mac), .alice), [carp(900, active)],
                [announces(1_000, holding("00:00:5e:00:01:21"))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "CARP: not ten seconds after the last word of it",
            [
                exchange(0, holding(active.mac), .alice), [carp(900, active)],
                [announces(12_000, holding("00:00:5e:00:01:21"))],
            ], [Verdict(.bindingChanged, .low)]),
    ]

    static let malformed = [
        RuleCase(
            "a packet that breaks the rules is a notice, once in a while",
            [
                (0..<5).map { round in
                    var step = exchange(Int64(round) * 1_000, .bob, .alice)[0]
                    step.frame[15] = 9
                    return step
                }
            ], [Verdict(.malformed, .info)], configuration: .withNotices),
        RuleCase(
            "and is not told where notices are not asked for",
            [[Step(at: 0, frame: Array(exchange(0, .bob, .alice)[0].frame.prefix(30)))]], []),
    ]

    @Test(arguments: groups + malformed)
    func `what routers share, and what breaks the rules`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }
}
