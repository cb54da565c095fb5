// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Cases of S1, C1, C2, C3, C4 and I1: who owns an address.
struct OwnershipRuleTests {
    private static let declared = DetectorConfiguration(
        staticBindings: [
            IPv4Address(Player.router.ip) ?? .unspecified:
                MACAddress(Player.router.mac) ?? .zero
        ])

    static let staticBinding = [
        RuleCase(
            "the declared owner may say so", [exchange(0, .router, .alice)], [],
            configuration: declared),
        RuleCase(
            "another station may not", [[announces(0, .mallory.claiming(.router))]],
            [Verdict(.staticBinding, .critical)], configuration: declared),
        RuleCase(
            "a probe claims nothing",
            [[asks(0, Player(mac: Player.mallory.mac, ip: "0.0.0.0"), for: Player.router.ip)]], [],
            configuration: declared),
        RuleCase(
            "it is told once, however often it happens",
            [
                (0..<5).map { announces($0 * 1_000, .mallory.claiming(.router)) }
            ], [Verdict(.staticBinding, .critical)], configuration: declared),
    ]

    static let moves = [
        RuleCase(
            "a silent owner's address moves",
            [exchange(0, .bob, .alice), [announces(5_000, .mallory.claiming(.bob))]],
            [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "the gateway's move is worth a look",
            [exchange(0, .router, .alice), [announces(5_000, .mallory.claiming(.router))]],
            [Verdict(.bindingChanged, .medium)], configuration: .withGateway),
        RuleCase(
            "the same address on two VLANs has two owners",
            [
                exchange(0, .bob, .alice),
                [
                    Step(
                        at: 9,
                        frame: Frame.arp(
                            .request, sender: Player.mallory.claiming(.bob).pair,
                            target: (Frame.unknown, Player.router.ip), tags: [(0x8100, 20)]))
                ],
            ], []),
        RuleCase(
            "a third owner after a silent second is a move, not a conflict",
            [
                exchange(0, .bob, .alice), [announces(5_000, .port1.claiming(.bob))],
                [announces(9_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low), Verdict(.bindingChanged, .low)]),
    ]

    static let contests = [
        RuleCase(
            "two honest owners answer the same question",
            [
                (0..<6).flatMap { round -> [Step] in
                    let at = Int64(round) * 1_000
                    let rival = Player.port1.claiming(.bob)
                    return exchange(at, .bob, .alice) + [tells(at + 2, rival, .alice)]
                }
            ],
            [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]),
        RuleCase(
            "who has another address and takes one once may stand in for its owner",
            [
                exchange(0, .mallory, .alice), exchange(10, .bob, .alice),
                [announces(5_000, .mallory.claiming(.bob))], exchange(6_000, .bob, .alice),
            ],
            [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]),
        RuleCase(
            "who takes it again from the owner that came back is a forger",
            [
                exchange(0, .mallory, .alice), exchange(10, .bob, .alice),
                [announces(5_000, .mallory.claiming(.bob))], exchange(6_000, .bob, .alice),
                [announces(7_000, .mallory.claiming(.bob))], exchange(8_000, .bob, .alice),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.contestedByForger, .high),
            ]),
        RuleCase(
            "a sleep proxy announces, and so does who wakes up",
            [
                exchange(0, .mallory, .alice), exchange(10, .bob, .alice),
                [announces(5_000, .mallory.claiming(.bob))], [announces(20_000, .bob)],
                exchange(25_000, .bob, .alice),
            ],
            [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]),
        RuleCase(
            "but four announced moves are too many",
            [
                exchange(0, .mallory, .alice), exchange(10, .bob, .alice),
                [announces(5_000, .mallory.claiming(.bob)), announces(20_000, .bob)],
                [announces(35_000, .mallory.claiming(.bob)), announces(50_000, .bob)],
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.contestedByForger, .high),
            ]),
        RuleCase(
            "ports of one machine flip for honest reasons",
            [
                exchange(0, .port1, .alice), exchange(10, .port2.claiming(.bob), .alice),
                exchange(20, .port1.claiming(.bob), .router),
                (1..<8).flatMap { round -> [Step] in
                    let who = round % 2 == 0 ? Player.port1 : Player.port2
                    return [tells(Int64(round) * 2_000, who, .alice)]
                },
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.bindingChanged, .low),
                Verdict(.addressConflict, .medium),
                Verdict(.repeatedUnsolicited, .medium), Verdict(.repeatedUnsolicited, .medium),
            ]),
        RuleCase(
            "a station beside the owner's hardware address, with an address of its own, is another",
            [
                exchange(0, .port1, .alice), exchange(10, .neighbour, .alice),
                (1..<4).map { tells($0 * 2_000, .neighbour.claiming(.port1), .alice) },
            ],
            [Verdict(.bindingChanged, .low), Verdict(.repeatedUnsolicited, .high)]),
        RuleCase(
            "the same by one frame, where it asked for the owner",
            [
                exchange(0, .port1, .alice), exchange(10, .port1, .neighbour),
                exchange(20, .neighbour, .alice),
                [tells(2_000, .neighbour.claiming(.port1), .alice)],
            ],
            [Verdict(.toldAgainstOwner, .high)]),
        RuleCase(
            "one machine with two cards answers from both for both its addresses",
            [
                (0..<8).flatMap { round -> [Step] in
                    let at = Int64(round) * 1_000
                    let wanted = round % 2 == 0 ? Player.bob : .port1
                    let cards = [Player.bob.claiming(wanted), Player.mallory.claiming(wanted)]
                    return [
                        asks(at, .alice, for: wanted.ip), tells(at + 1, cards[0], .alice),
                        tells(at + 2, cards[1], .alice),
                    ]
                }
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.bindingChanged, .low),
                Verdict(.addressConflict, .medium), Verdict(.addressConflict, .medium),
            ]),
        RuleCase(
            "a station that answers for another's address alone, and never asks in its name",
            [
                (0..<3).flatMap { exchange(Int64($0) * 1_000, .mallory, .alice) },
                (0..<4).flatMap { round -> [Step] in
                    let at = Int64(round) * 2_000 + 10_000
                    return exchange(at, .bob, .alice)
                        + [tells(at + 2, .mallory.claiming(.bob), .alice)]
                },
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.contestedByForger, .high),
            ]),
        RuleCase(
            "moves further apart than two minutes are no contest",
            [
                exchange(0, .mallory, .alice), exchange(10, .bob, .alice),
                [announces(5_000, .mallory.claiming(.bob))], exchange(200_000, .bob, .alice),
            ],
            [Verdict(.bindingChanged, .low)]),
    ]

    static let gateway = [
        RuleCase(
            "the gateway goes back and forth without evidence",
            [
                exchange(0, .router, .alice),
                [announces(1_000, .mallory.claiming(.router))], exchange(2_000, .router, .alice),
                [announces(3_000, .mallory.claiming(.router))],
            ],
            [
                Verdict(.bindingChanged, .medium), Verdict(.addressConflict, .medium),
                Verdict(.contestedGateway, .high),
            ], configuration: .withGateway),
        RuleCase(
            "four changes with evidence are critical",
            [
                exchange(0, .mallory, .alice), exchange(10, .router, .alice),
                [announces(1_000, .mallory.claiming(.router))], exchange(2_000, .router, .alice),
                [announces(3_000, .mallory.claiming(.router))], exchange(4_000, .router, .alice),
            ],
            [
                Verdict(.bindingChanged, .medium), Verdict(.contestedByForger, .high),
                Verdict(.contestedByForger, .critical),
            ], configuration: .withGateway),
    ]

    @Test(arguments: staticBinding + moves + contests + gateway)
    func `who owns an address`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }

    @Test func `an alert names both stations, the evidence and what to do`() throws {
        let steps =
            exchange(0, .mallory, .alice) + exchange(10, .router, .alice)
            + [announces(5_000, .mallory.claiming(.router))] + exchange(6_000, .router, .alice)
        let alert = try #require(alerts(steps, .withGateway).last)
        #expect(alert.kind == .gatewayImpersonation)
        #expect(alert.signature == "Gateway impersonation: forged claim to the gateway 10.0.0.1")
        #expect(alert.accused == MACAddress(Player.mallory.mac))
        #expect(alert.claim?.mac == MACAddress(Player.mallory.mac))
        #expect(alert.rival == MACAddress(Player.router.mac))
        #expect(alert.other == IPv4Address(Player.mallory.ip))
        #expect(alert.forgerEvidence == .ownsAnother)
        #expect(alert.frame == 7)
        #expect(alert.evidence.firstFrame == 4)
        #expect(alert.evidence.count == 2)
        #expect(
            alert.evidence.sentences == [
                "the owner changed twice in the last two minutes",
                "08:00:27:00:00:66 also uses 10.0.0.66",
            ])
        #expect(
            alert.explanation == "10.0.0.1 is claimed by both 08:00:27:00:00:66 and "
                + "00:0d:b9:00:00:01, and 08:00:27:00:00:66 behaves as a forger does.")
        #expect(alert.advice.hasSuffix("."))
    }
}
