// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let master = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
private let backup = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
private let virtual = "00:00:5e:00:01:33"
private let invented = Player(mac: "02:de:ad:00:00:01", ip: "10.0.0.77")

private func holding(_ ip: String, _ mac: String) -> Player { Player(mac: mac, ip: ip) }

/// Adverts of a router for the gateway's address, one a second.
private func reigns(
    _ seconds: Range<Int64>, _ router: Player, source: String? = nil
) -> [Step] {
    seconds.map { advertises($0 * 1_000, router, Player.router.ip, source: source) }
}

/// Attackers who forge, beside ARP, what would explain an honest move.
struct ForgedExplanationTests {
    private static let start: Int64 = 15_000
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)
    private static let toVictim = tells(start, .mallory.claiming(.router), .alice)
        .repeated(8, every: 2_000)
    private static let asBob = tells(start, .mallory.claiming(.bob), .alice)
        .repeated(8, every: 2_000)

    private static let adverts = [
        Scene(
            "adverts for an address that no router shares",
            [known, reigns(14..<60, .mallory)], forged: toVictim),
        Scene(
            "the same in HSRP",
            [known, (14..<60).map { greets($0 * 1_000, .mallory, Player.router.ip) }],
            forged: toVictim),
        Scene(
            "the same in GLBP",
            [known, (14..<60).map { balances($0 * 1_000, .mallory, Player.router.ip) }],
            forged: toVictim),
        Scene(
            "the same in CARP, wearing the group's hardware address",
            [(14..<60).map { carps($0 * 1_000, .mallory) }],
            forged: tells(
                start, holding(Player.router.ip, "00:00:5e:00:01:21"), .alice
            ).repeated(8, every: 2_000)),
        Scene(
            "adverts that wear the group's hardware address and name the attacker's own",
            [known, reigns(14..<60, .mallory, source: virtual)], forged: toVictim),
        Scene(
            "adverts in the gateway's own name that wear the group's hardware address",
            [reigns(14..<60, .router, source: virtual)],
            forged: tells(start, holding(Player.router.ip, virtual), .alice)
                .repeated(8, every: 2_000)),
        Scene(
            "the same in the name of an address that was announced for the gateway's station",
            [
                [announces(13_000, holding(invented.ip, Player.router.mac))],
                reigns(14..<60, invented, source: virtual),
            ],
            forged: tells(start, holding(Player.router.ip, virtual), .alice)
                .repeated(8, every: 2_000)),
        Scene(
            "the same in the name of a station that nobody knows",
            [reigns(14..<60, invented, source: virtual)],
            forged: tells(start, holding(Player.router.ip, virtual), .alice)
                .repeated(8, every: 2_000)),
        Scene(
            "adverts while the group's own router goes on",
            [known, reigns(0..<60, .router), reigns(14..<60, .mallory).map { $0.later(400) }],
            forged: toVictim),
        Scene(
            "a few adverts while the group's own router goes on",
            [
                known, reigns(0..<60, .router),
                [14, 22, 30, 38].map { advertises($0 * 1_000 + 900, .mallory, Player.router.ip) },
            ], forged: toVictim),
        Scene(
            "adverts before anybody had the address",
            [
                known, reigns(0..<60, .mallory),
                exchange(14_500, .router, .bob), exchange(18_500, .router, .bob),
                exchange(22_500, .router, .bob),
            ],
            forged: toVictim, withNetwork: false),
    ]

    private static let acknowledgements = [
        Scene(
            "a lease that an invented server gives, while the owner goes on",
            [
                known, [leases(1_000, .router, .alice)],
                [leases(14_900, invented, .mallory.claiming(.bob))],
            ], forged: asBob),
        Scene(
            "a lease in the server's name, while the owner goes on",
            [
                known, [leases(1_000, .router, .alice)],
                [leases(14_900, .router, .mallory.claiming(.bob))],
            ], forged: asBob),
        Scene(
            "a lease again and again",
            [
                known,
                leases(14_900, .router, .mallory.claiming(.bob))
                    .repeated(10, every: 3_000),
            ], forged: asBob),
        Scene(
            "a lease of both ends",
            [
                known, [leases(14_900, .router, .mallory.claiming(.bob))],
                [leases(14_910, .router, .mallory.claiming(.alice))],
            ],
            forged: asBob
                + tells(start + 20, .mallory.claiming(.alice), .bob).repeated(8, every: 2_000)),
    ]

    @Test(arguments: adverts + acknowledgements)
    func `whoever forges the explanation too is found soon`(_ scene: Scene) throws {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let count = try #require(scene.forgedUntilAlert(configuration))
            #expect(count <= 5)
            for alert in scene.alerts(configuration) where alert.severity >= .high {
                #expect(alert.accused?.description != Player.router.mac, "\(alert.explanation)")
            }
        }
    }

    /// The victim's own view: the owner is not heard again.
    @Test func `whoever forges adverts for a gateway that is silent is told at once`() {
        for name in [Player.router, invented] {
            let forged = tells(60_000, holding(Player.router.ip, virtual), .alice)
                .repeated(8, every: 2_000)
            let scene = Scene(
                "silent",
                [
                    exchange(1_000, .router, .alice), exchange(5_000, .alice, .router),
                    exchange(30_000, .bob, .alice), exchange(50_000, .alice, .router),
                    reigns(58..<80, name, source: virtual),
                ], forged: forged, withNetwork: false)
            #expect(scene.forgedUntilAlert() == 1)
        }
    }

    static let doubts = [
        RuleCase(
            "a server beside another one explains nothing at first",
            [
                exchange(0, .bob, .alice), [leases(500, .router, .alice)],
                [leases(1_000, invented, .mallory.claiming(.bob))],
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "but once it was heard for a while",
            [
                exchange(0, .bob, .alice), [leases(500, .router, .alice)],
                [leases(1_000, invented, .alice)],
                [leases(200_000, invented, .mallory.claiming(.bob))],
                [announces(201_000, .mallory.claiming(.bob))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "nor does a frame from elsewhere than where the server is",
            [
                exchange(0, .router, .alice), exchange(10, .bob, .alice),
                [leases(1_000, .router, .mallory.claiming(.bob), source: invented.mac)],
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "nor a lease whose former owner is still there",
            [
                [leases(1_000, .router, .mallory.claiming(.bob))], exchange(1_500, .bob, .alice),
                [announces(2_000, .mallory.claiming(.bob))],
            ], [Verdict(.bindingChanged, .low)]),
        RuleCase(
            "a second master explains nothing once the first was heard twice",
            [
                reigns(0..<5, master),
                exchange(4_500, holding(Player.router.ip, master.mac), .alice),
                [advertises(5_000, backup, Player.router.ip)], reigns(6..<8, master),
                [announces(7_500, holding(Player.router.ip, backup.mac))],
            ], [Verdict(.bindingChanged, .medium)]),
        RuleCase(
            "a router that gives way may have one word on its way",
            [
                reigns(0..<5, master),
                exchange(4_500, holding(Player.router.ip, master.mac), .alice),
                [advertises(4_900, backup, Player.router.ip)], reigns(5..<6, master),
                [advertises(5_900, backup, Player.router.ip)],
                [announces(6_000, holding(Player.router.ip, backup.mac))],
            ], [Verdict(.explainedMove, .info)], configuration: .withNotices),
        RuleCase(
            "routers that take turns every few seconds are believed each time",
            [
                reigns(0..<5, master),
                exchange(4_500, holding(Player.router.ip, master.mac), .alice),
                (1..<6).flatMap { round -> [Step] in
                    let router = round % 2 == 1 ? backup : master
                    let at = Int64(round) * 9
                    return reigns(at..<at + 5, router).map { $0.later(10) }
                        + [announces(at * 1_000 + 20, holding(Player.router.ip, router.mac))]
                        + exchange(
                            at * 1_000 + 2_500, holding(Player.router.ip, router.mac), .alice)
                },
            ], []),
        RuleCase(
            "a port that was heard before its group's first advert may have had the address",
            [
                [asks(0, holding(Player.router.ip, master.mac), for: Player.alice.ip)],
                reigns(1..<3, master, source: virtual),
                (1..<6 as Range<Int64>).flatMap { round -> [Step] in
                    let at = round * 3_000
                    return reigns(round * 3..<round * 3 + 1, master, source: virtual)
                        + exchange(at + 500, holding(Player.router.ip, virtual), .alice)
                        + [asks(at + 900, master, for: Player.alice.ip)]
                        + [
                            asks(
                                at + 1_200, holding(Player.router.ip, master.mac),
                                for: Player.alice.ip)
                        ]
                },
            ], []),
    ]

    @Test(arguments: doubts)
    func `what is believed of servers and routers`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }
}
