// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Attackers that look like something honest, and what is honest and looks like them; as seen of
/// real tools and systems in a network of name spaces.
struct LookalikeSceneTests {
    private static let start: Int64 = 15_000
    private static let gateway = Player.router.ip
    private static let shared = "10.0.0.80"
    private static let one = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let two = Player(mac: "00:1e:67:00:00:55", ip: "10.0.0.55")
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)

    private static func holding(_ ip: String, _ who: Player) -> Player {
        Player(mac: who.mac, ip: ip)
    }

    /// A hardware address that was never used before.
    private static func invented(_ number: Int, _ ip: String) -> Player {
        Player(mac: "02:\(10 + number):5e:\(40 + number):00:\(70 + number)", ip: ip)
    }

    /// Two containers, as Docker numbers them.
    private static let container = Player(mac: "02:42:0a:09:00:05", ip: "10.9.0.5")
    private static let neighbour = Player(mac: "02:42:0a:09:00:69", ip: "10.9.0.105")
    private static let third = Player(mac: "02:42:0a:09:00:06", ip: "10.9.0.6")
    private static let containers =
        exchange(500, container, third) + exchange(600, third, container)
        + exchange(800, neighbour, third)

    static let disguises: [(Scene, within: Int)] = [
        (
            Scene(
                "each forged answer to one comes from another invented station", [],
                forged: (0..<12).map {
                    tells(start + Int64($0) * 1_500, invented($0, gateway), .alice)
                }), 12
        ),
        (
            Scene(
                "each forged announcement comes from another invented station", [],
                forged: (0..<12).map {
                    announces(start + Int64($0) * 1_500, invented($0, gateway))
                }), 12
        ),
        (
            Scene(
                "a container deceives its neighbour", [containers],
                forged: tells(start, neighbour.claiming(container), third)
                    .repeated(8, every: 2_000), withNetwork: false), 3
        ),
        (
            Scene(
                "a container deceives its neighbour by announcements",
                [
                    containers,
                    (0..<20).flatMap { round in
                        [
                            asks(
                                2_000 + round * 4_100, third, for: container.ip, to: container.mac),
                            tells(2_001 + round * 4_100, container, third),
                        ]
                    },
                ],
                forged: announces(start, neighbour.claiming(container))
                    .repeated(12, every: 3_000), withNetwork: false), 4
        ),
        (
            Scene(
                "invented stations with neighbouring addresses take turns", [known],
                forged: (0..<12).map { round in
                    let who = Player(mac: "00:11:22:33:44:0\(round % 3)", ip: gateway)
                    return tells(start + Int64(round) * 1_000, who, .alice)
                        .from(Player.mallory.mac)
                }), 3
        ),
        (
            Scene(
                "questions to everybody five seconds apart, which the victim answers",
                [known, (0..<12).map { tells(start + 1 + $0 * 5_000, .alice, asRouter) }],
                forged: asks(start, asRouter, for: Player.alice.ip).repeated(12, every: 5_000)), 7
        ),
        (
            Scene(
                "two frames in a recording that has every frame twice",
                [known, known.map { $0.later(2) }, asked, asked.map { $0.later(2) }],
                forged: [toAlice, toAlice.later(2)], withNetwork: false), 1
        ),
        (
            Scene(
                "an announcement every five seconds by a station without another address",
                [],
                forged: announces(start, invented(1, Player.alice.ip))
                    .repeated(10, every: 5_500)), 5
        ),
    ]

    /// The owner is asked for and answers, before the question's copy comes.
    private static let asked =
        exchange(start - 4_000, .router, .bob) + exchange(start - 2_000, .router, .alice)
    private static let toAlice = tells(start, asRouter, .alice)

    private static let asRouter = Player.mallory.claiming(.router)

    @Test(arguments: disguises.map(\.0.testDescription))
    func `an attack in disguise is called one`(name: String) throws {
        let (scene, forgedMax) = try #require(
            Self.disguises.first { $0.0.testDescription == name })
        for configuration in [DetectorConfiguration(), .withGateway] {
            let count = try #require(scene.forgedUntilAlert(configuration))
            #expect(count <= forgedMax)
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.count <= 3, "\(grave.map { "\($0.rule) \($0.frame)" })")
            #expect(!grave.contains { $0.accused?.description == Player.router.mac })
        }
    }

    /// The end of a hardware address is that of another one by chance or by choice.
    @Test func `who answers before an owner under an address like its own accuses it of nothing`() {
        let alike = Player(mac: "02:cc:00:00:00:01", ip: Self.gateway)
        let steps = (0..<20).flatMap { round -> [Step] in
            let at = Int64(round) * 20_000
            return [
                asks(at, .alice, for: Self.gateway, to: Player.router.mac),
                tells(at + 1, alike, .alice), tells(at + 10, .router, .alice),
            ]
        }
        let start = exchange(0, .router, .alice)
        let told = alerts(start + steps.map { $0.later(60_000) }, .withGateway)
        #expect(told.contains { $0.severity >= .high })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }

    /// Two servers, each with an address of its own.
    private static let servers =
        exchange(300, one, .alice) + exchange(400, two, .alice)
        + exchange(500, one, .bob) + exchange(600, two, .bob)

    /// `who` answers for the shared address.
    private static func serves(_ at: Int64, _ who: Player) -> [Step] {
        exchange(at, holding(shared, who), .alice)
            + [
                asks(at + 3_000, .alice, for: shared, to: who.mac),
                tells(at + 3_001, holding(shared, who), .alice),
            ]
    }

    static let honest = [
        Scene(
            "servers move an address over and back, and no advert is seen",
            [
                servers,
                (0..<6).flatMap { round -> [Step] in
                    let who = round % 2 == 0 ? one : two
                    let at = 2_000 + Int64(round) * 9_000
                    return announces(at, holding(shared, who)).repeated(3, every: 1_000)
                        + serves(at + 2_500, who)
                },
            ]),
        Scene(
            "who takes an address over makes sure of the former owner, whom it had asked before",
            [
                servers, exchange(2_000, holding(shared, one), two),
                announces(20_000, holding(shared, two)).repeated(2, every: 1_000),
                [asks(21_500, two, for: shared, to: one.mac)], serves(24_000, two),
            ]),
        Scene(
            "its owner asks whether an address is in use by others, as administrators do",
            [
                servers, announces(5_000, holding(shared, one)).repeated(2, every: 1_000),
                serves(8_000, one),
                announces(20_000, holding(shared, two)).repeated(2, every: 1_000),
                serves(23_000, two), [asks(30_000, two, for: shared)], serves(32_000, two),
            ]),
        Scene(
            "two servers behind a balancer answer for its address by mistake",
            [
                servers,
                (0..<5).flatMap { round -> [Step] in
                    let at = 5_000 + Int64(round) * 9_000
                    return [
                        asks(at, .alice, for: shared), tells(at + 1, holding(shared, one), .alice),
                        tells(at + 2, holding(shared, two), .alice),
                        asks(at + 4_000, .bob, for: shared, to: two.mac),
                        tells(at + 4_001, holding(shared, two), .bob),
                        asks(at + 5_000, .alice, for: shared, to: one.mac),
                        tells(at + 5_001, holding(shared, one), .alice),
                    ]
                },
            ]),
        Scene(
            "a machine with several addresses answers, and some questions are lost",
            [
                (0..<6).flatMap { number -> [Step] in
                    let who = holding("10.0.0.9\(number)", one)
                    return (0..<6).flatMap { round -> [Step] in
                        let at = 1_000 + Int64(round) * 8_000 + Int64(number) * 900
                        let isLost = (round + number) % 4 == 3
                        return isLost
                            ? [tells(at + 1, who, .alice)] : exchange(at, who, .alice)
                    }
                }
            ]),
        Scene(
            "an address moved where nobody saw it, and its new owner is told things",
            [
                [announces(500, holding(shared, one))],
                (0..<8).map { tells(20_000 + $0 * 4_000, .bob, holding(shared, two)) },
                (0..<9).map { asks(19_900 + $0 * 4_000, two, for: Player.bob.ip) },
            ]),
        Scene(
            "a router answers for stations that do not hear each other",
            [
                (0..<12).flatMap { round -> [Step] in
                    let at = 1_000 + Int64(round) * 4_900
                    return [
                        asks(at, .alice, for: Player.bob.ip),
                        tells(at + 300, Player.router.claiming(.bob), .alice),
                        asks(at + 2_000, .bob, for: Player.alice.ip),
                        tells(at + 2_300, Player.router.claiming(.alice), .bob),
                    ] + exchange(at + 3_000, .router, .alice)
                        + exchange(at + 4_000, .alice, .router)
                        + exchange(at + 4_400, .bob, .router)
                }
            ], withNetwork: false),
        Scene(
            "containers with neighbouring addresses talk to each other",
            [
                (0..<6).flatMap { round -> [Step] in
                    containers.map { $0.later(round * 9_000) }
                        + exchange(1_500 + round * 9_000, container, neighbour)
                }
            ], withNetwork: false),
    ]

    @Test(arguments: honest)
    func `an honest network is not accused`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }
}
