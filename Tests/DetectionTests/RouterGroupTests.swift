// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let active = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
private let standby = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
private let shared = "10.0.0.9"

private func hello(_ at: Int64, _ router: Player, state: UInt8 = 16) -> Step {
    greets(at, router, shared, state: state)
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
                exchange(0, holding(active.mac), .alice), [hello(800, active)],
                [hello(900, standby), announces(1_000, holding(standby.mac))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "HSRP: not one that speaks for an address that no router had",
            [
                exchange(0, holding(active.mac), .alice), [hello(900, standby)],
                [announces(1_000, holding(standby.mac))],
            ], [Verdict(.bindingChanged, .medium)]),
        RuleCase(
            "HSRP 2: the group's hardware address takes over from the router's own",
            [
                exchange(0, holding(active.mac), .alice), [greetsAgain(900, active, shared)],
                [announces(1_000, holding("00:00:0c:9f:f1:07"))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "HSRP 2: a router on standby may not",
            [
                exchange(0, holding(active.mac), .alice),
                [greetsAgain(900, active, shared, state: 5)],
                [announces(1_000, holding("00:00:0c:9f:f1:07"))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "GLBP: one address has a forwarder after the other",
            [
                (0..<6).flatMap { round -> [Step] in
                    let at = Int64(round) * 3_000
                    let forwarder = holding("00:07:b4:01:07:0\(1 + round % 2)")
                    return [balances(at, active, shared)] + exchange(at + 500, forwarder, .alice)
                }
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "GLBP: another group's forwarder may not",
            [
                [balances(0, active, shared)],
                exchange(100, holding("00:07:b4:01:07:01"), .alice),
                [balances(3_000, active, shared), announces(3_500, holding("00:07:b4:01:08:01"))],
            ], [Verdict(.bindingChanged, .medium)]),
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
                exchange(0, holding(active.mac), .alice), [carps(900, active)],
                [announces(1_000, holding("00:00:5e:00:01:21"))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "CARP: not ten seconds after the last word of it",
            [
                exchange(0, holding(active.mac), .alice), [carps(900, active)],
                [announces(12_000, holding("00:00:5e:00:01:21"))],
            ], [Verdict(.bindingChanged, .low)]),
    ]

    static let malformed = [
        RuleCase(
            "a packet that breaks the rules is a notice, once in a while",
            [
                (0..<5).map { round in
                    var step = exchange(Int64(round) * 1_000, .bob, .alice)[0]
                    step.frame[18] = 8
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
