// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What honest networks do that looks like an attack: nothing of it may be called one.
struct BenignSceneTests {
    /// A station with an address of its own that takes part in something else as well.
    private static let helper = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let spare = Player(mac: "00:1e:67:00:00:55", ip: "10.0.0.55")
    private static let service = "10.0.0.100"

    private static func holding(_ ip: String, _ who: Player) -> Player {
        Player(mac: who.mac, ip: ip)
    }

    /// Everybody asks for `ip` and `who` answers.
    private static func serves(_ at: Int64, _ ip: String, _ who: Player) -> [Step] {
        [Player.alice, .bob, .router].enumerated().flatMap { index, asker in
            exchange(at + Int64(index) * 700, holding(ip, who), asker)
        }
    }

    static let leases = [
        Scene(
            "a lease goes to another station",
            [
                [
                    DetectionTests.leases(20_000, .router, helper.claiming(.bob)),
                    announces(20_500, helper.claiming(.bob)),
                ], serves(21_000, Player.bob.ip, helper), serves(33_000, Player.bob.ip, helper),
            ]),
        Scene(
            "a station gets another address, and asks for its old one",
            [
                exchange(1_000, helper, .alice), [announces(20_000, holding("10.0.0.45", helper))],
                [asks(21_000, holding("10.0.0.45", helper), for: helper.ip)],
                exchange(22_000, holding("10.0.0.45", helper), .bob),
            ]),
        Scene(
            "a telephone comes back under another hardware address",
            [
                exchange(1_000, helper, .alice),
                [announces(30_000, spare.claiming(helper))],
                serves(31_000, helper.ip, spare),
            ]),
        Scene(
            "containers use one address after the other",
            [
                (0..<5).flatMap { round -> [Step] in
                    let who = Player(mac: "02:42:0\(round):1\(round):00:0\(round)", ip: service)
                    let at = Int64(round) * 12_000
                    return [announces(at, who)] + serves(at + 1_000, service, who)
                }
            ]),
    ]

    static let failovers = [
        Scene(
            "a service's address moves to the other server, and back",
            [
                exchange(500, helper, .alice), exchange(700, spare, .alice),
                serves(1_000, service, helper), [asks(9_000, spare, for: service)],
                [tells(9_001, holding(service, helper), spare)],
                announces(20_000, holding(service, spare)).repeated(3, every: 1_000),
                serves(21_500, service, spare), [asks(24_000, helper, for: service)],
                [tells(24_001, holding(service, spare), helper)],
                announces(40_000, holding(service, helper)).repeated(3, every: 1_000),
                serves(41_500, service, helper), [asks(44_000, spare, for: service)],
                [tells(44_001, holding(service, helper), spare)],
            ]),
        Scene(
            "routers with a shared address say so",
            [
                serves(1_000, service, helper),
                (0..<20).map { advertises(Int64($0) * 1_000, helper, service) },
                announces(20_500, holding(service, spare)).repeated(3, every: 500),
                (20..<40).map { advertises(Int64($0) * 1_000 + 400, spare, service) },
                serves(22_000, service, spare),
                announces(40_500, holding(service, helper)).repeated(3, every: 500),
                (40..<60).map { advertises(Int64($0) * 1_000 + 400, helper, service) },
                serves(42_000, service, helper),
            ]),
        Scene(
            "a bond fails over",
            [
                serves(1_000, service, helper),
                announces(20_000, holding(service, spare)).repeated(3, every: 1_000),
                serves(25_000, service, spare),
            ]),
        Scene(
            "a balancing bond of different cards tells each of its peers four times",
            [
                serves(1_000, service, helper),
                [Player.alice, .bob, .router].flatMap { peer in
                    tells(20_000, holding(service, spare), peer).repeated(4, every: 2_000)
                }, serves(40_000, service, spare),
            ]),
        Scene(
            "a balancing bond of like cards moves its peers about",
            [
                serves(1_000, Player.port1.ip, .port1),
                (0..<4).flatMap { round -> [Step] in
                    let card = round % 2 == 0 ? Player.port2 : .port1
                    return tells(10_000 + Int64(round) * 12_000, card, .alice).repeated(
                        4, every: 2_000)
                }, exchange(15_000, .port1, .bob), exchange(27_000, .port2, .bob),
            ]),
        Scene(
            "the router is replaced",
            [
                announces(70_000, helper.claiming(.router)).repeated(2, every: 1_000),
                exchange(71_500, helper.claiming(.router), .alice),
                exchange(72_500, helper.claiming(.router), .bob),
            ]),
        Scene(
            "a sleeping station's address is kept by another, and given back",
            [
                exchange(500, spare, .alice), serves(1_000, helper.ip, helper),
                announces(20_000, spare.claiming(helper)).repeated(2, every: 1_000),
                exchange(25_000, spare.claiming(helper), .alice),
                announces(40_000, helper).repeated(2, every: 1_000),
                exchange(45_000, helper, .alice), [asks(46_000, spare, for: helper.ip)],
                [tells(46_001, helper, spare)],
            ]),
    ]

    static let answers = [
        Scene(
            "a router answers for thirty others when asked",
            [
                (1...30).flatMap { number in
                    exchange(
                        Int64(number) * 900, holding("10.0.1.\(number)", .router),
                        number % 2 == 0 ? .alice : .bob)
                }
            ]),
        Scene(
            "a server with three cards answers from all of them",
            [
                exchange(100, helper, .alice), exchange(300, spare, .alice),
                exchange(500, holding(service, .mallory), .alice),
                (1..<10).flatMap { round -> [Step] in
                    let ip = [helper.ip, spare.ip, service][round % 3]
                    let at = Int64(round) * 5_000
                    let cards = [helper, spare, .mallory]
                    return [asks(at, .bob, for: ip)]
                        + (0..<3).map { card in
                            tells(
                                at + 1 + Int64(card), holding(ip, cards[(card + round) % 3]), .bob)
                        }
                },
            ]),
        Scene(
            "two stations use one address, and one of them is slow",
            [
                exchange(500, spare, .alice),
                (1..<8).flatMap { round -> [Step] in
                    let at = Int64(round) * 7_000
                    return [
                        asks(at, .alice, for: helper.ip), tells(at + 1, helper, .alice),
                        tells(at + 700, spare.claiming(helper), .alice),
                    ]
                },
            ]),
        Scene(
            "a cluster's frames come from another address than its packets",
            [
                (1..<10).flatMap { round -> [Step] in
                    let cluster = Player(mac: "02:bf:0a:00:00:64", ip: service)
                    let at = Int64(round) * 5_000
                    let asker = round % 2 == 0 ? Player.alice : .bob
                    let answer = tells(at + 1, cluster, asker)
                    return [asks(at, asker, for: service), answer.from("02:01:0a:00:00:64")]
                }
            ]),
        Scene(
            "a repeater answers for the station behind it under its own address",
            [
                exchange(500, spare, .alice),
                (1..<10).flatMap { round -> [Step] in
                    exchange(Int64(round) * 5_000, holding(service, spare), .alice)
                        + [
                            asks(
                                Int64(round) * 5_000 + 2_000, holding(service, spare),
                                for: "10.0.0.1")
                        ]
                },
            ]),
        Scene(
            "every frame is there twice",
            [
                talk.flatMap { [$0.later(1)] },
                (1..<10).flatMap { exchange(Int64($0) * 4_000, helper, .alice) },
            ]),
        Scene(
            "many ask the router at once, each again and again within moments",
            [
                (0..<30).flatMap { round in
                    (0..<8).flatMap { number -> [Step] in
                        let asker = Player(
                            mac: "00:16:3e:00:00:1\(number)", ip: "10.0.0.11\(number)")
                        return exchange(2_000 + Int64(round) * 40 + Int64(number), .router, asker)
                    }
                }
            ]),
        Scene(
            "stations are probed by frames of their own, and answer",
            [
                (1..<20).flatMap { round -> [Step] in
                    let at = Int64(round) * 2_500
                    return [
                        asks(at, .router, for: Player.alice.ip, to: Player.alice.mac),
                        tells(at + 2, .alice, .router),
                    ]
                }
            ]),
    ]

    static let crowds = [
        Scene(
            "a hundred and fifty stations start at once",
            [
                (0..<150).flatMap { number -> [Step] in
                    let who = Player(
                        mac: "3c:97:0e:01:00:\(String(100 + number, radix: 16))",
                        ip: "10.0.2.\(number)")
                    let at = 10_000 + Int64(number) * 20
                    return [announces(at, who)] + exchange(at + 5, .router, who)
                }
            ]),
        Scene(
            "the same addresses on two VLANs",
            [
                talk.map { step in
                    var step = step.later(11)
                    step.frame.replaceSubrange(12..<12, with: Frame.hex("8100", "0014"))
                    step.frame[11] ^= 0x77
                    step.frame[18 + 13] ^= 0x77
                    return step
                }
            ]),
        Scene(
            "addresses are tried out and defended",
            [
                (0..<3).flatMap { round -> [Step] in
                    let at = 10_000 + Int64(round) * 9_000
                    let probe = Player(mac: spare.mac, ip: "0.0.0.0")
                    return asks(at, probe, for: Player.bob.ip).repeated(2, every: 1_500)
                        + [tells(at + 1, .bob, probe), announces(at + 2, .bob)]
                }
            ]),
    ]

    private static var talk: [Step] { Scene.talk }

    @Test(arguments: leases + failovers + answers + crowds)
    func `an honest network is not accused`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map(\.explanation))")
        }
    }
}
