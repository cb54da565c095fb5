// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// The same answer again and again, with a pause between.
private func repeated(_ count: Int, _ pause: Int64, _ step: Step) -> [Step] {
    (0..<count).map { step.later(Int64($0) * pause) }
}

private let forged = tells(10_000, .mallory.claiming(.router), .alice)

private let toAlice = tells(100, .bob, Player(mac: Player.mallory.mac, ip: Player.alice.ip))

/// Cases of U1, U2, B1, T1, M1, M2, M3, R1 and D1: what forgers send.
struct ForgeryRuleTests {
    static let unsolicited = [
        RuleCase(
            "three from a station with another address",
            [exchange(0, .mallory, .alice), repeated(3, 2_000, forged)],
            [Verdict(.repeatedUnsolicited, .high)]),
        RuleCase(
            "two are not enough", [exchange(0, .mallory, .alice), repeated(2, 2_000, forged)], []),
        RuleCase(
            "five from a station of which nothing else is known",
            [[announces(0, .alice)], repeated(5, 2_000, forged)],
            [Verdict(.repeatedUnsolicitedAlone, .high)]),
        RuleCase(
            "one is odd where it is the gateway's address that another station claims",
            [exchange(0, .mallory, .alice), [forged]], [Verdict(.gatewayWithOthers, .medium)],
            configuration: .withGateway),
        RuleCase("four are not enough", [[announces(0, .alice)], repeated(4, 2_000, forged)], []),
        RuleCase(
            "five over ten minutes are not enough",
            [[announces(0, .alice)], repeated(5, 150_000, forged)], []),
        RuleCase(
            "copies within a tenth of a second are free",
            [[announces(0, .alice)], repeated(5, 20, forged)], []),
        RuleCase(
            "but not however many there are",
            [[announces(0, .alice)], repeated(9, 1, forged)],
            [Verdict(.repeatedUnsolicitedAlone, .high)]),
        RuleCase(
            "answers to questions are free, however many",
            [(0..<20).flatMap { exchange(Int64($0) * 1_000, .router, .alice) }], []),
        RuleCase(
            "a question pays for one answer, not for a stream of them",
            [[asks(9_999, .alice, for: Player.router.ip)], repeated(6, 200, forged)],
            [Verdict(.repeatedUnsolicitedAlone, .high)]),
        RuleCase(
            "where several stations answer one that is never heard, its questions are missing",
            [
                (0..<8).flatMap { round in
                    [
                        tells(round * 2_000, .router, .alice),
                        tells(round * 2_000 + 500, .bob, .alice),
                    ]
                }
            ], []),
    ]

    static let between = [
        RuleCase(
            "A to B and B to A, unasked",
            [
                [tells(0, .mallory.claiming(.router), .alice)],
                [tells(20, .mallory.claiming(.alice), .router)],
            ], [Verdict(.betweenTwo, .high)]),
        RuleCase(
            "in the form of questions",
            [
                [asks(0, .mallory.claiming(.router), for: Player.alice.ip, to: Player.alice.mac)],
                [asks(20, .mallory.claiming(.alice), for: Player.router.ip, to: Player.router.mac)],
            ], [Verdict(.betweenTwo, .high)]),
        RuleCase(
            "questions six seconds apart are too far apart",
            [
                [asks(0, .mallory.claiming(.router), for: Player.alice.ip, to: Player.alice.mac)],
                [
                    asks(
                        6_000, .mallory.claiming(.alice), for: Player.router.ip,
                        to: Player.router.mac)
                ],
            ], []),
        RuleCase(
            "unasked answers may be further apart",
            [
                [tells(0, .mallory.claiming(.router), .alice)],
                [tells(60_000, .mallory.claiming(.alice), .router)],
            ], [Verdict(.betweenTwo, .high)]),
        RuleCase(
            "but not where several tell one that is never heard: its questions are missing",
            [
                [tells(0, .mallory.claiming(.router), .alice), tells(30_000, .bob, .router)],
                [tells(60_000, .mallory.claiming(.alice), .router)],
            ], [Verdict(.poisonedPeer, .low)]),
        RuleCase(
            "nor six minutes",
            [
                [tells(0, .mallory.claiming(.router), .alice)],
                [tells(360_000, .mallory.claiming(.alice), .router)],
            ], []),
        RuleCase(
            "a router that answers for both when asked is honest",
            [
                exchange(0, Player.mallory.claiming(.bob), .alice),
                exchange(20, Player.mallory.claiming(.alice), .bob),
            ], [Verdict(.bindingChanged, .low), Verdict(.bindingChanged, .low)]),
        RuleCase(
            "a bridge that passes on questions of both is honest",
            [
                [asks(0, .mallory.claiming(.alice), for: Player.bob.ip)],
                [asks(20, .mallory.claiming(.bob), for: Player.alice.ip)],
            ], []),
    ]

    /// A router answers each of two stations for the other, whose words it keeps apart.
    private static func standsBetween(_ at: Int64, asked: Bool = true) -> [Step] {
        let (asAlice, asBob) = (Player.mallory.claiming(.alice), Player.mallory.claiming(.bob))
        let lost = [tells(at + 11, asAlice, .bob)]
        return exchange(at, asBob, .alice)
            + (asked ? exchange(at + 10, asAlice, .bob) : lost)
    }

    static let lost = [
        RuleCase(
            "a question to a router that answers for both is lost",
            [
                exchange(0, .alice, .router), exchange(50, .bob, .router), standsBetween(1_000),
                standsBetween(60_000, asked: false),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
            ]),
        RuleCase(
            "who was never asked for one of them puts itself between",
            [
                exchange(0, .alice, .router), exchange(50, .bob, .router),
                standsBetween(60_000, asked: false),
            ],
            [Verdict(.bindingChanged, .low), Verdict(.betweenTwo, .high)]),
        RuleCase(
            "so does who tells more unasked than it was asked",
            [
                exchange(0, .alice, .router), exchange(50, .bob, .router), standsBetween(1_000),
                standsBetween(60_000, asked: false), standsBetween(70_000, asked: false),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium),
                Verdict(.betweenTwo, .high),
            ]),
    ]

    static let sources = [
        RuleCase(
            "a frame that speaks for another station, once for each source",
            [
                [asks(0, .alice, for: Player.bob.ip)],
                [tells(1, .bob, .alice, source: "02:01:00:00:00:01")],
                [asks(500, .alice, for: Player.bob.ip)],
                [tells(501, .bob, .alice, source: "02:01:00:00:00:01")],
            ], [Verdict(.sourceMismatch, .low)]),
        RuleCase(
            "a poisoner puts the owner back",
            [
                [tells(0, .mallory.claiming(.router), .alice)],
                [tells(5_000, .router, .alice, source: Player.mallory.mac)],
            ], [Verdict(.bindingChanged, .low), Verdict(.restore, .high)]),
        RuleCase(
            "ten senders from one source",
            [
                (0..<10).map { number in
                    let invented = Player(
                        mac: "02:00:00:00:00:\(number + 10)", ip: "10.0.0.\(number + 100)")
                    return asks(Int64(number) * 300, invented, for: Player.bob.ip)
                }.map { step in
                    var step = step
                    step.frame.replaceSubrange(6..<12, with: Frame.mac(Player.mallory.mac))
                    return step
                }
            ], [Verdict(.sourceMismatch, .low), Verdict(.speaksForMany, .high)]),
        RuleCase(
            "ten senders over an hour, as a host of virtual machines starts them",
            [
                (0..<10).map { number in
                    let guest = Player(
                        mac: "02:00:00:00:00:\(number + 10)", ip: "10.0.0.\(number + 100)")
                    return announces(Int64(number) * 400_000, guest).from(Player.mallory.mac)
                }
            ], [Verdict(.sourceMismatch, .low)]),
        RuleCase(
            "a frame that wears a known station's address to steal its port",
            [
                exchange(0, .bob, .alice),
                [
                    Step(
                        at: 50,
                        frame: Frame.arp(
                            .request, sender: (Player.mallory.mac, "0.0.0.0"),
                            target: (Frame.unknown, "0.0.0.0"), source: Player.bob.mac,
                            destination: Player.mallory.mac))
                ],
                exchange(100, .bob, .router),
                [
                    Step(
                        at: 150,
                        frame: Frame.arp(
                            .request, sender: (Player.mallory.mac, "0.0.0.0"),
                            target: (Frame.unknown, "0.0.0.0"), source: Player.alice.mac,
                            destination: Player.mallory.mac))
                ],
            ], [Verdict(.portStealing, .high)]),
    ]

    static let senders = [
        RuleCase(
            "an owner driven out by nobody",
            [
                exchange(0, .bob, .alice),
                [
                    tells(
                        100, Player(mac: Frame.unknown, ip: Player.bob.ip), .alice,
                        source: Player.mallory.mac)
                ],
            ], [Verdict(.invalidSender, .high)]),
        RuleCase(
            "a group address that nobody contests",
            [[announces(0, Player(mac: "03:bf:0a:00:00:08", ip: "10.0.0.8"))]],
            [Verdict(.invalidSender, .medium)]),
        RuleCase(
            "a probe has no address, and that is right",
            [[asks(0, Player(mac: Player.bob.mac, ip: "0.0.0.0"), for: Player.bob.ip)]], []),
    ]

    static let poisoned = [
        RuleCase(
            "answers show a poisoned cache",
            [
                [announces(0, .alice), announces(1, .bob)], repeated(2, 1_000, toAlice),
                exchange(1_500, .alice, .router), repeated(2, 1_000, toAlice.later(2_000)),
            ],
            [Verdict(.poisonedPeer, .low), Verdict(.poisonedPeer, .high)]),
        RuleCase(
            "where the owner is heard no more, its address may have moved",
            [[announces(0, .alice), announces(1, .bob)], repeated(4, 1_000, toAlice)],
            [Verdict(.poisonedPeer, .low)]),
    ]

    @Test(arguments: unsolicited + between + lost + sources + senders + poisoned)
    func `what forgers send`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }
}
