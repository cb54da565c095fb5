// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// More of what honest networks do: machines that fail over, move, start again and share.
struct NetworkSceneTests {
    private static let one = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let two = Player(mac: "00:1e:67:00:00:55", ip: "10.0.0.55")
    private static let guest = Player(mac: "9c:2a:70:00:00:07", ip: "10.0.0.7")
    private static let gateway = Player.router.ip

    private static func holding(_ ip: String, _ mac: String) -> Player { Player(mac: mac, ip: ip) }

    /// Stations ask for `who`, who answers; the router among them, if it is none that shares.
    private static func serves(_ at: Int64, _ who: Player) -> [Step] {
        let third = who.ip == gateway ? guest : .router
        return [Player.alice, .bob, third].enumerated().flatMap { index, asker in
            exchange(at + Int64(index) * 700, who, asker)
        }
    }

    /// `who` tells everybody, in the form of an answer that names everybody.
    private static func proclaims(_ at: Int64, _ who: Player) -> Step {
        tells(at, who, Player(mac: Frame.broadcast, ip: who.ip))
    }

    private static let addresses = (100..<112).map { "10.0.0.\($0)" }

    static let failovers = [
        Scene(
            "a cluster moves a dozen addresses at once, by questions and answers to everybody",
            [
                exchange(300, one, .alice), exchange(500, two, .alice),
                addresses.flatMap { ip -> [Step] in
                    let (before, after) = (holding(ip, one.mac), holding(ip, two.mac))
                    let word = [announces(20_000, after), proclaims(20_003, after)]
                    let words = word.flatMap { $0.repeated(5, every: 200) }
                    return serves(1_000, before) + words + serves(23_000, after)
                },
            ]),
        Scene(
            "the pair of firewalls that is the gateway, without adverts, moves over and back once",
            [
                serves(9_000, .router),
                announces(20_000, holding(gateway, one.mac)).repeated(3, every: 300),
                [asks(20_100, holding(gateway, one.mac), for: Player.alice.ip)],
            ], withNetwork: false),
        Scene(
            "a pair of routers moves over, back and over, and its adverts are not seen",
            [
                (0..<4).flatMap { round -> [Step] in
                    let router = holding(gateway, round % 2 == 0 ? one.mac : two.mac)
                    let at = Int64(round) * 20_000
                    return announces(at, router).repeated(5, every: 200)
                        + serves(at + 2_000, router)
                }
            ], withNetwork: false),
        Scene(
            "the capture begins between two adverts of routers with a virtual address",
            [
                [asks(100, holding(gateway, one.mac), for: Player.bob.ip)],
                exchange(200, holding(gateway, "00:00:5e:00:01:33"), .alice),
                [asks(900, holding(gateway, one.mac), for: Player.alice.ip)],
                advertises(2_900, one, gateway, source: "00:00:5e:00:01:33")
                    .repeated(40, every: 1_000),
                (1..<10).flatMap { round -> [Step] in
                    let at = Int64(round) * 3_500
                    return serves(at, holding(gateway, "00:00:5e:00:01:33")) + [
                        asks(at + 2_500, one, for: Player.alice.ip),
                        asks(at + 2_600, holding(gateway, one.mac), for: Player.bob.ip),
                    ]
                },
            ], withNetwork: false),
        Scene(
            "a service moves to a node that says so for six seconds, by two frames each",
            [
                exchange(300, one, .alice), serves(1_000, holding("10.0.0.100", one.mac)),
                announces(20_000, holding("10.0.0.100", two.mac)).repeated(6, every: 1_100),
                proclaims(20_003, holding("10.0.0.100", two.mac)).repeated(6, every: 1_100),
                serves(28_000, holding("10.0.0.100", two.mac)),
            ]),
        Scene(
            "a new router asks silent stations again, one after the other",
            [
                serves(1_000, .router),
                announces(20_000, holding(gateway, one.mac))
                    .repeated(2, every: 1_000),
                (0..<20).flatMap { round -> [Step] in
                    let listener = [Player.alice, .bob, guest][round % 3]
                    return asks(
                        22_000 + Int64(round) * 6_000, holding(gateway, one.mac),
                        for: listener.ip, to: listener.mac
                    ).repeated(3, every: 1_000)
                },
            ], withNetwork: false),
        Scene(
            "HSRP routers take turns, their hardware address stays",
            [
                serves(1_000, holding(gateway, "00:00:0c:07:ac:07")),
                greets(0, one, gateway).repeated(7, every: 3_000),
                greets(30_000, two, gateway).repeated(10, every: 3_000),
                [announces(30_010, holding(gateway, "00:00:0c:07:ac:07"))],
                serves(31_000, holding(gateway, "00:00:0c:07:ac:07")),
            ], withNetwork: false),
        Scene(
            "GLBP gives out four forwarders in turn",
            [
                balances(0, one, gateway).repeated(20, every: 3_000),
                (1..<40).flatMap { round -> [Step] in
                    let forwarder = holding(gateway, "00:07:b4:01:07:0\(1 + round % 4)")
                    let asker = [Player.alice, .bob, two][round % 3]
                    return exchange(Int64(round) * 1_300, forwarder, asker)
                },
            ], withNetwork: false),
        Scene(
            "a multicast cluster answers with its group's address, in frames of its nodes",
            [
                (1..<15).flatMap { round -> [Step] in
                    let at = Int64(round) * 3_500
                    let node = round % 2 == 0 ? one : two
                    let answer = tells(at + 1, holding("10.0.0.100", "03:bf:0a:00:00:64"), .alice)
                    return [asks(at, .alice, for: "10.0.0.100"), answer.from(node.mac)]
                }
            ]),
    ]

    static let moves = [
        Scene(
            "a laptop leaves its dock: another card, the same address by a new lease",
            [
                [leases(500, .router, one)], serves(1_000, one),
                [leases(20_000, .router, holding(one.ip, two.mac))],
                announces(20_300, holding(one.ip, two.mac)).repeated(2, every: 2_000),
                serves(21_000, holding(one.ip, two.mac)),
                [leases(40_000, .router, one)], announces(40_300, one).repeated(2, every: 2_000),
                serves(41_000, one),
            ]),
        Scene(
            "a laptop has a cable and Wi-Fi, and answers from both for both",
            [
                exchange(500, one, .alice), exchange(700, two, .alice),
                (1..<10).flatMap { round -> [Step] in
                    let at = Int64(round) * 5_500
                    let ip = round % 2 == 0 ? one.ip : two.ip
                    return [
                        asks(at, .bob, for: ip), tells(at + 1, holding(ip, one.mac), .bob),
                        tells(at + 2, holding(ip, two.mac), .bob),
                    ]
                },
            ]),
        Scene(
            "a virtual machine moves to another host and says so under its own address",
            [
                serves(1_000, one),
                announces(20_000, one).repeated(5, every: 250), serves(21_000, one),
            ]),
        Scene(
            "the router starts again with another card",
            [
                serves(1_000, .router),
                announces(40_000, holding(gateway, one.mac))
                    .repeated(2, every: 1_000), serves(41_000, holding(gateway, one.mac)),
                [asks(42_500, holding(gateway, one.mac), for: Player.alice.ip)],
                [tells(42_501, .alice, holding(gateway, one.mac))],
                [asks(44_500, holding(gateway, one.mac), for: Player.bob.ip)],
                [tells(44_501, .bob, holding(gateway, one.mac))],
                serves(55_000, holding(gateway, one.mac)),
            ], withNetwork: false),
        Scene(
            "a Wi-Fi controller answers for its stations under their own addresses",
            [
                (0..<30).flatMap { number -> [Step] in
                    let who = Player(
                        mac: "9c:2a:70:00:01:\(10 + number)", ip: "10.0.0.\(100 + number)")
                    let at = 2_000 + Int64(number) * 900
                    let asker = number % 2 == 0 ? Player.alice : .bob
                    return [asks(at, asker, for: who.ip), tells(at + 1, who, asker).from(one.mac)]
                }
            ]),
        Scene(
            "a station roams, and its access points pass its words on twice",
            [
                (1..<20).flatMap { round -> [Step] in
                    let at = Int64(round) * 2_700
                    let word = asks(at, one, for: gateway)
                    return [word, word.later(3), tells(at + 5, .router, one)]
                }
            ]),
    ]

    static let views = [
        Scene(
            "one direction of a cable: a router answers what is not seen, as caches grow old",
            [
                (0..<40).map { round in
                    let listener = [Player.alice, .bob][round % 2]
                    return tells(Int64(round) * 11_000, .router, listener)
                }
            ], withNetwork: false)
    ]

    static let claims = [
        Scene(
            "an address set by hand twice: one defends it, the other gives way",
            [
                serves(1_000, one),
                asks(20_000, Player(mac: two.mac, ip: "0.0.0.0"), for: one.ip)
                    .repeated(3, every: 1_000),
                [tells(20_001, one, Player(mac: two.mac, ip: "0.0.0.0")), announces(20_002, one)],
                [announces(24_000, holding(one.ip, two.mac)), announces(24_010, one)],
                [announces(36_000, holding("169.254.7.7", two.mac))],
                exchange(40_000, one, .alice),
            ]),
        Scene(
            "an address set by hand twice: both defend it",
            [
                (0..<8).flatMap { round -> [Step] in
                    let at = 10_000 + Int64(round) * 6_000
                    let first = round % 2 == 0 ? one : holding(one.ip, two.mac)
                    let second = round % 2 == 0 ? holding(one.ip, two.mac) : one
                    return [
                        asks(at, .alice, for: one.ip), tells(at + 1, first, .alice),
                        tells(at + 3, second, .alice),
                    ]
                },
                announces(12_000, one).repeated(2, every: 11_000),
            ]),
        Scene(
            "every address is asked for, and the living answer",
            [
                (1..<255).flatMap { number -> [Step] in
                    let at = 20_000 + Int64(number) * 10
                    let who = Player(
                        mac: "3c:97:0e:00:02:\(String(number, radix: 16))",
                        ip: "10.0.0.\(number)")
                    let question = asks(at, one, for: who.ip)
                    return number < 30 || number > 200
                        ? [question] : [question, tells(at + 2, who, one)]
                }
            ]),
        Scene(
            "an answer comes twice, by both cables of a bond",
            [
                (1..<12).flatMap { round -> [Step] in
                    let at = Int64(round) * 4_500
                    return exchange(at, one, .alice) + [tells(at + 4, one, .alice)]
                }
            ]),
        Scene(
            "answers go to everybody, who asked or not",
            [
                (1..<12).flatMap { round -> [Step] in
                    let at = Int64(round) * 4_500
                    let answer = tells(at + 1, one, .alice)
                    return [asks(at, .alice, for: one.ip), answer.to(Frame.broadcast)]
                }
            ]),
        Scene(
            "a router answers for all it leads to, probes among them",
            [
                (1..<25).flatMap { number -> [Step] in
                    let ip = "10.0.3.\(number)"
                    let probe = Player(mac: one.mac, ip: "0.0.0.0")
                    let asker = number % 3 == 0 ? probe : .alice
                    return exchange(Int64(number) * 2_000, holding(ip, Player.router.mac), asker)
                }
            ]),
        Scene(
            "a machine asks under each of its addresses, tagged and untagged",
            [
                (0..<12).map { number in
                    asks(
                        3_000 + Int64(number) * 900, holding("10.0.4.\(number + 1)", one.mac),
                        for: gateway)
                }
            ]),
    ]

    @Test(arguments: failovers + moves + views + claims)
    func `an honest network is not accused`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }
}
