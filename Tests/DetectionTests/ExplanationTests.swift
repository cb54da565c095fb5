// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let first = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
private let second = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
private let shared = Player(mac: "00:00:5e:00:01:33", ip: "10.0.0.9")

/// Cases of what DHCP servers and groups of routers explain.
struct ExplanationTests {
    static let dhcp = [
        RuleCase(
            "a lease explains the new owner",
            [
                exchange(0, .bob, .alice), [leases(1_000, .router, .mallory.claiming(.bob))],
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "an old lease does not",
            [
                exchange(0, .bob, .alice), [leases(1_000, .router, .mallory.claiming(.bob))],
                [announces(200_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "an offer does not",
            [
                exchange(0, .bob, .alice),
                [leases(1_000, .router, .mallory.claiming(.bob), type: 2)],
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "nor a lease that a station gave itself",
            [
                exchange(0, .bob, .alice),
                [
                    leases(
                        1_000, .router, .mallory.claiming(.bob), source: Player.mallory.mac)
                ],
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "the router that a server names is the gateway, and no lease explains its move",
            [
                exchange(0, .router, .alice), [leases(500, .bob, .alice)],
                [leases(1_000, .bob, .mallory.claiming(.router))],
                [announces(2_000, .mallory.claiming(.router))],
            ], [Verdict(.bindingChanged, .medium)]),
    ]

    static let routers = [
        RuleCase(
            "a router that advertises the address may have it",
            [
                [advertises(0, first, shared.ip), announces(10, first.claiming(shared))],
                [advertises(9_000, second, shared.ip), announces(9_010, second.claiming(shared))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "so may the group's virtual address, and the port behind it",
            [
                exchange(0, first, .alice), [advertises(100, first, shared.ip)],
                (0..<6).flatMap { round -> [Step] in
                    let at = Int64(round) * 1_000 + 200
                    return [
                        announces(at, shared),
                        asks(at + 300, first.claiming(shared), for: "10.0.0.20"),
                        advertises(at + 500, first, shared.ip),
                    ]
                },
            ], []),
        RuleCase(
            "an advertisement that crossed a router counts for nothing",
            [
                [advertises(0, first, shared.ip), announces(10, first.claiming(shared))],
                [advertises(9_000, second, shared.ip, timeToLive: 254)],
                [announces(9_010, second.claiming(shared))],
            ], [Verdict(.bindingChanged, .medium)]),
        RuleCase(
            "who wears a virtual address that nobody advertises is a forger",
            [
                exchange(0, .bob, .alice),
                [announces(11_000, Player(mac: shared.mac, ip: Player.bob.ip))],
                exchange(12_000, .bob, .alice),
            ], [Verdict(.bindingChanged, .low), Verdict(.contestedByForger, .high)]),
        RuleCase(
            "but not before an advertisement could have been heard",
            [
                exchange(0, .bob, .alice),
                [announces(1_000, Player(mac: shared.mac, ip: Player.bob.ip))],
                exchange(2_000, .bob, .alice),
            ], [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]),
        RuleCase(
            "who takes a shared address is found when its router takes it back",
            [
                exchange(0, .mallory, .alice),
                [advertises(0, first, shared.ip), announces(10, first.claiming(shared))],
                [announces(1_000, .mallory.claiming(shared)), advertises(1_500, first, shared.ip)],
                exchange(2_000, first.claiming(shared), .alice),
            ], [Verdict(.bindingChanged, .medium), Verdict(.contestedByForger, .high)]),
    ]

    @Test(arguments: dhcp + routers)
    func `what explains a move`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }
}
