// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let forged = tells(10_000, .mallory.claiming(.router), .alice)
private let early = Verdict(.toldAgainstOwner, .high)

/// Cases of U3, Q1 and the two-sided T1: what one or two frames give away.
struct EarlyRuleTests {
    static let told = [
        RuleCase(
            "unasked, against an owner that just spoke, by a station with another address",
            [exchange(0, .mallory, .alice), exchange(5_000, .router, .bob), [forged]], [early]),
        RuleCase(
            "by a station of which nothing is known, it is a move",
            [exchange(5_000, .router, .bob), [forged]], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "by a station that asked for the address itself, whoever has it",
            [[asks(0, .mallory, for: Player.router.ip)], [forged]], [early]),
        RuleCase(
            "to try an address out is not to ask for it",
            [
                [asks(0, Player(mac: Player.mallory.mac, ip: "0.0.0.0"), for: Player.router.ip)],
                [forged],
            ],
            []),
        RuleCase(
            "nor does trying it out make up for having asked",
            [
                [asks(0, .mallory, for: Player.router.ip)],
                [
                    asks(
                        5_000, Player(mac: Player.mallory.mac, ip: "0.0.0.0"),
                        for: Player.router.ip)
                ], [forged],
            ], [early]),
        RuleCase(
            "ten minutes later it does",
            [
                [asks(0, .mallory, for: Player.router.ip)],
                [
                    asks(
                        500_000, Player(mac: Player.mallory.mac, ip: "0.0.0.0"),
                        for: Player.router.ip)
                ], [forged.later(600_000)],
            ], []),
        RuleCase(
            "who told everybody since took it over openly",
            [
                [asks(0, .mallory, for: Player.router.ip)],
                [announces(5_000, .mallory.claiming(.router))], [forged],
            ], []),
        RuleCase(
            "long after the owner spoke, it is a move",
            [
                exchange(0, .router, .bob), exchange(299_000, .mallory, .alice),
                [forged.later(300_000)],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "where the target had just asked, a second owner may answer late",
            [
                exchange(0, .mallory, .alice), exchange(9_500, .router, .alice),
                [tells(9_600, .bob.claiming(.router), .alice), forged],
            ], [Verdict(.bindingChanged, .low), Verdict(.bindingChanged, .low)]),
        RuleCase(
            "what everybody is told may be honest",
            [
                exchange(0, .mallory, .alice), exchange(5_000, .router, .bob),
                [announces(10_000, .mallory.claiming(.router))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "a lease explains that everybody is told",
            [
                exchange(0, .mallory, .alice), exchange(5_000, .bob, .alice),
                [leases(8_000, .router, .mallory.claiming(.bob))],
                [announces(10_000, .mallory.claiming(.bob))],
            ], []),
        RuleCase(
            "but not that one is told alone",
            [
                exchange(0, .mallory, .alice), exchange(5_000, .bob, .alice),
                [leases(8_000, .router, .mallory.claiming(.bob))],
                [tells(10_000, .mallory.claiming(.bob), .alice)],
            ], [Verdict(.toldAgainstOwner, .high)]),
    ]

    static let confessions = [
        RuleCase(
            "who claims an address and then asks for it",
            [
                exchange(0, .router, .alice), [announces(5_000, .mallory.claiming(.router))],
                [asks(6_000, .mallory, for: Player.router.ip)],
            ], [Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .high)]),
        RuleCase(
            "who asked in its name may pass on what a station behind it asks",
            [
                exchange(0, .bob, .alice), exchange(5_000, .router, .mallory.claiming(.bob)),
                [asks(11_000, .mallory, for: Player.bob.ip)],
            ], [Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium)]),
        RuleCase(
            "unless it had told one alone",
            [
                exchange(0, .bob, .alice),
                [
                    asks(
                        5_000, .mallory.claiming(.bob), for: Player.alice.ip,
                        to: Player.alice.mac)
                ],
                [asks(6_000, .mallory, for: Player.bob.ip)],
            ], [Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .high)]),
        RuleCase(
            "or the owner answers, which was there all the time",
            [
                exchange(0, .bob, .alice),
                [asks(5_000, .mallory.claiming(.bob), for: Player.alice.ip)],
                exchange(6_000, .bob, .mallory),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium),
                Verdict(.asksForItsClaim, .high),
            ]),
        RuleCase(
            "a server that gave the address up a while ago may use it",
            [
                exchange(0, .bob, .alice),
                announces(5_000, .mallory.claiming(.bob)).repeated(5, every: 200),
                asks(30_000, .mallory, for: Player.bob.ip).repeated(3, every: 1_000),
            ], [Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium)]),
        RuleCase(
            "but not the gateway's",
            [
                exchange(0, .router, .alice), [announces(5_000, .mallory.claiming(.router))],
                [asks(30_000, .mallory, for: Player.router.ip)],
            ], [Verdict(.bindingChanged, .medium), Verdict(.asksForItsClaim, .high)],
            configuration: .withGateway),
        RuleCase(
            "nor one whose owner answers",
            [
                exchange(0, .bob, .alice), [announces(5_000, .mallory.claiming(.bob))],
                exchange(30_000, .bob, .mallory),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium),
                Verdict(.asksForItsClaim, .high),
            ]),
        RuleCase(
            "one that tells everybody that it is back need not have been there",
            [
                exchange(0, .bob, .alice),
                announces(5_000, .mallory.claiming(.bob)).repeated(3, every: 1_000),
                asks(30_000, .mallory, for: Player.bob.ip).repeated(3, every: 1_000),
                announces(33_000, .bob).repeated(2, every: 1_000),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium),
                Verdict(.addressConflict, .medium),
            ]),
        RuleCase(
            "who has lost it again may ask",
            [
                exchange(0, .router, .alice), [announces(5_000, .mallory.claiming(.router))],
                [announces(5_500, .router)], [asks(6_000, .mallory, for: Player.router.ip)],
            ], [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]),
        RuleCase(
            "so may who had it first",
            [
                exchange(0, .router, .alice),
                [asks(6_000, .router.claiming(.bob), for: Player.router.ip)],
            ], []),
    ]

    private static let lease = Player(mac: Player.mallory.mac, ip: "10.0.0.31")

    /// A station asks as one that wakes up with a former lease, which another one has by now; then
    /// it says what `before` holds, takes up its new address, and asks for the other one.
    private static func woken(
        before: [Step] = [], _ former: [Step], _ verdicts: [Verdict], _ name: String
    ) -> RuleCase {
        RuleCase(
            name,
            [
                exchange(0, .router, .alice), exchange(10, .bob, .alice), before, former,
                [announces(8_000, lease)], exchange(12_000, .bob, lease),
            ], verdicts)
    }

    private static let asksRouter = asks(
        5_000, .mallory.claiming(.bob), for: Player.router.ip, to: Player.router.mac)
    private static func linkLocal(_ number: Int) -> Player {
        Player(mac: Player.mallory.mac, ip: "169.254.9.\(number)")
    }

    private static let unsure = [
        Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium),
        Verdict(.addressConflict, .medium),
    ]
    private static let sure = [
        Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .high),
    ]

    static let formerLeases = [
        woken([asksRouter], unsure, "who wakes up with a former lease may look for its new owner"),
        woken(
            asksRouter.repeated(4, every: 300), unsure, "also where it made sure of its routers"),
        woken(
            [asks(5_000, .mallory.claiming(.bob), for: Player.router.ip)], unsure,
            "or asked everybody for one"),
        woken(
            asksRouter.repeated(5, every: 300), sure, "but not where it asked on and on"),
        woken(
            [asksRouter, tells(5_500, .mallory.claiming(.bob), .router)], sure,
            "nor where it told that it has the address"),
        woken(
            before: [announces(4_000, .mallory)], [asksRouter], sure,
            "nor where it had an address all the time"),
        woken(
            before: [announces(4_000, lease)], [asksRouter], sure, "be it the same one"),
        woken(
            before: [announces(-7_200_000, .mallory)], [asksRouter], sure, "or had one hours ago"),
        woken(
            before: [announces(-7_200_000, lease)],
            [asksRouter] + (1...6).map { asks(6_000, linkLocal($0), for: "169.254.9.9") }, sure,
            "and hid that behind addresses for want of one"),
        RuleCase(
            "nor where it goes on to ask in that name, once it has asked for its owner",
            [
                exchange(0, .router, .alice), exchange(10, .bob, .alice), [asksRouter],
                [announces(8_000, lease), asks(12_000, lease, for: Player.bob.ip)],
                asksRouter.later(15_000).repeated(3, every: 20_000),
            ],
            [
                Verdict(.bindingChanged, .low), Verdict(.asksForItsClaim, .medium),
                Verdict(.asksForItsClaim, .high),
            ]),
        RuleCase(
            "be it after its owner was back",
            [
                exchange(0, .router, .alice), exchange(10, .bob, .alice), [asksRouter],
                [announces(8_000, lease)], exchange(12_000, .bob, lease),
                [asksRouter.later(15_000)],
            ], unsure + [Verdict(.asksForItsClaim, .high)]),
        RuleCase(
            "nor where nobody was told of its new one",
            [
                exchange(0, .router, .alice), exchange(10, .bob, .alice), [asksRouter],
                exchange(8_000, .alice, lease), exchange(12_000, .bob, lease),
            ], sure),
    ]

    static let poisoned = [
        RuleCase(
            "two stations each take a third for the other",
            [
                [tells(0, .alice, .mallory.claiming(.bob))],
                [tells(5, .bob, .mallory.claiming(.alice))],
            ], [Verdict(.poisonedPeer, .high)])
    ]

    @Test(arguments: told + confessions + formerLeases + poisoned)
    func `what one or two frames give away`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }

    @Test func `an alert names what tells`() throws {
        let steps = exchange(0, .mallory, .alice) + exchange(5_000, .router, .mallory) + [forged]
        let alert = try #require(alerts(steps, .withGateway).first)
        #expect(alert.kind == .gatewayImpersonation)
        #expect(alert.forgerEvidence.isSuperset(of: [.contradictsOwner, .asksForIt, .ownsAnother]))
        #expect(alert.accused?.description == Player.mallory.mac)
        #expect(alert.rival?.description == Player.router.mac)
        #expect(alert.evidence.sentences.count == 4)
    }
}
