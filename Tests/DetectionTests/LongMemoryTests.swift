// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What was hours or weeks ago accuses nobody and hides no attack.
struct LongMemoryTests {
    private static let hour: Int64 = 3_600_000
    private static let day = 24 * hour
    private static let printer = Player(mac: "00:1b:a9:00:00:09", ip: "10.0.0.90")
    private static let former = Player(mac: "a4:83:e7:01:02:03", ip: "10.0.0.50")
    private static let heir = Player(mac: "3c:52:82:11:22:33", ip: "10.0.0.50")
    private static let node1 = Player(mac: "52:54:00:aa:00:01", ip: "10.0.0.41")
    private static let node2 = Player(mac: "52:54:00:bb:00:02", ip: "10.0.0.42")
    private static let service = "10.0.0.40"
    private static let accomplice = Player(mac: "08:00:27:11:22:77", ip: "10.0.0.77")
    private static let asRouter = Player.mallory.claiming(.router)
    private static let both = [DetectorConfiguration(), .withGateway]

    private static func serving(_ who: Player) -> Player { Player(mac: who.mac, ip: service) }

    /// Two stations exchange words, and one goes on to use the router.
    private static func lives(_ at: Int64, _ who: Player) -> [Step] {
        exchange(at, who, .alice) + exchange(at + 2_000, .router, who)
    }

    /// `who` looks for the printer, which is off, each second.
    private static func looks(_ at: Int64, _ who: Player) -> [Step] {
        asks(at, who, for: printer.ip).repeated(12, every: 1_000)
    }

    /// `who` asks the router four times within seconds, and is answered.
    private static func pings(_ at: Int64, _ who: Player, _ other: Player = .router) -> [Step] {
        (0..<4).flatMap { exchange(at + $0 * 1_000, other, who) }
    }

    private static func inherits(_ at: Int64) -> [Step] {
        [announces(at, heir)] + lives(at + 5_000, heir)
    }

    static let takings = [
        Scene(
            "who has got the address of one that is gone looks for a printer that is off",
            [exchange(0, printer, .alice), lives(5_000, former), inherits(day)]
                + [looks(day + 60_000, heir)], withNetwork: false),
        Scene(
            "who has got the address of one that is gone does not hear what it is answered",
            [lives(5_000, former), inherits(day), pings(day + 60_000, heir)], withNetwork: false),
        Scene(
            "who has replaced another station looks for a printer an hour later",
            [exchange(0, printer, .alice), lives(5_000, former), inherits(60_000)]
                + [looks(hour, heir)], withNetwork: false),
        Scene(
            "a router that was replaced looks for a printer hours later",
            [
                exchange(0, printer, .alice), exchange(1_000, .router, .alice),
                [announces(60_000, heir.claiming(.router))],
                exchange(65_000, heir.claiming(.router), .alice),
                looks(10 * hour, heir.claiming(.router)),
            ], withNetwork: false),
        Scene(
            "a router that replaced one that was gone looks for a printer that is off",
            [
                exchange(0, printer, .alice), exchange(1_000, .router, .alice),
                [announces(day, heir.claiming(.router))],
                looks(day + 60_000, heir.claiming(.router)),
            ], withNetwork: false),
        Scene(
            "who has replaced another station asks the router again and again two hours later",
            [lives(5_000, former), inherits(60_000), pings(2 * hour, heir)], withNetwork: false),
        Scene(
            "who was replaced for a minute asks the router again and again a day later",
            [
                lives(5_000, former), inherits(60_000), [announces(120_000, former)],
                lives(125_000, former), lives(day, former), pings(day + 60_000, former),
            ], withNetwork: false),
        Scene(
            "a router whose address was once announced by mistake asks again a week later",
            [
                (0..<20).flatMap { exchange($0 * 10_000, .router, .alice) },
                [announces(300_000, Player.bob.claiming(.router))],
                exchange(310_000, .router, .alice), exchange(7 * day, .router, .alice),
                pings(7 * day + 60_000, .router, .alice),
            ], withNetwork: false),
    ]

    /// `who` is asked each half minute, and what it was asked at the numbers `lost` is not seen.
    private static func serves(
        _ who: Player, _ lost: Set<Int64> = [], from start: Int64 = 0, count: Int64 = 300
    ) -> [Step] {
        (0..<count).flatMap { number -> [Step] in
            let at = start + number * 30_000
            return lost.contains(number) ? [tells(at, who, .alice)] : exchange(at, who, .alice)
        }
    }

    private static let three: Set<Int64> = [90, 150, 290]
    private static let end: Int64 = 300 * 30_000

    /// Announces, and answers.
    private static func takesOver(_ at: Int64, _ who: Player) -> [Step] {
        announces(at, who).repeated(5, every: 1_000) + exchange(at + 10_000, who, .alice)
    }

    private static let lostThenBack = [
        serves(serving(node1), three), exchange(end, node1, .alice),
        exchange(end + 1_000, node2, .alice), takesOver(end + 20_000, serving(node2)),
        takesOver(end + 80_000, serving(node1)),
    ]

    /// Every hundredth question of a day is lost, and then three in a row.
    private static let lostInTheLongRun =
        [
            exchange(0, serving(node1), .alice), exchange(1_000, node2, .alice),
            takesOver(20_000, serving(node2)),
            serves(
                serving(node2), Set((1...99).map { $0 * 100 }), from: 60_000, count: 9_901),
        ]
        + [exchange(60_000 + 9_901 * 30_000, node2, .alice)]
        + [
            tells(60_000 + 9_902 * 30_000, serving(node2), .alice)
                .repeated(3, every: 30_000)
        ]

    static let losses = [
        Scene(
            "an owner whose questions were lost three times meets another of the same address",
            [
                serves(printer, three), [announces(end + 10_000, heir.claiming(printer))],
                exchange(end + 20_000, printer, .alice), exchange(end + 40_000, printer, .alice),
                [tells(end + 40_002, heir.claiming(printer), .alice)],
            ], withNetwork: false),
        Scene(
            "a service whose questions were lost three times moves and comes back",
            lostThenBack, withNetwork: false),
        Scene(
            "a service comes back from one whose questions were lost three times",
            [
                serves(serving(node1), count: 20), exchange(end - 2_000, node1, .alice),
                exchange(end - 1_000, node2, .alice), takesOver(end, serving(node2)),
                serves(serving(node2), three, from: end + 20_000),
                takesOver(2 * end + 30_000, serving(node1)),
                takesOver(2 * end + 60_000, serving(node2)),
            ], withNetwork: false),
        Scene(
            "both cards of a machine answer for its addresses, and three questions are lost",
            [
                (0..<60).flatMap { round -> [Step] in
                    let at = Int64(round) * 7_000
                    let cards = round % 2 == 0 ? [former, node1] : [node1, former]
                    let first = cards.map { Player(mac: $0.mac, ip: former.ip) }
                    let second = cards.map { Player(mac: $0.mac, ip: node1.ip) }
                    let isLost = round == 20 || round == 30 || round == 40
                    let asked = [
                        asks(at, .alice, for: former.ip), asks(at + 3_000, .bob, for: node1.ip),
                    ]
                    return asked
                        + first.enumerated().map { tells(at + 1 + Int64($0), $1, .alice) }
                        + second.enumerated().map { tells(at + 3_001 + Int64($0), $1, .bob) }
                        + (isLost
                            ? first.enumerated().map { tells(at + 6_000 + Int64($0), $1, .alice) }
                            : [])
                }
            ], withNetwork: false),
        Scene(
            "a question in a hundred is lost for days, and then three in a row",
            lostInTheLongRun, withNetwork: false),
    ]

    private static let clients = (0..<8).map { number in
        Player(mac: "3c:97:0e:01:0\(number):10", ip: "10.0.0.10\(number)")
    }

    /// Clients ask a printer alone, and three of their questions are lost; so far two changes.
    static let privateLosses = [
        Scene(
            "an owner is asked by its clients alone between two changes, and questions are lost",
            [
                clients.enumerated().flatMap { number, client in
                    exchange(-60_000 + Int64(number) * 1_000, .alice, client)
                        + exchange(-50_000 + Int64(number) * 1_000, client, .alice)
                },
                exchange(0, printer, .alice), [tells(5_000, printer, clients[0])],
                [announces(20_000, heir.claiming(printer))], exchange(25_000, printer, .alice),
                (0..<45).flatMap { number -> [Step] in
                    let (at, client) = (27_000 + Int64(number) * 2_000, clients[number % 8])
                    let answer = tells(at + 1, printer, client)
                    if [10, 20, 30].contains(number) { return [answer] }
                    return [asks(at, client, for: printer.ip, to: printer.mac), answer]
                },
                [announces(125_000, heir.claiming(printer))], exchange(130_000, printer, .alice),
            ], withNetwork: false)
    ]

    @Test(arguments: takings + losses + privateLosses)
    func `what was long ago accuses nobody`(_ scene: Scene) {
        for configuration in Self.both {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }

    // MARK: - Attacks

    private static let forger =
        [asks(0, .mallory, for: Player.bob.ip)] + exchange(1_000, .mallory, .alice)

    /// The router is there, and asks for somebody or answers.
    private static func isThere(_ at: Int64, isAsked: Bool) -> [Step] {
        exchange(at, isAsked ? .router : .bob, isAsked ? .bob : .router)
    }

    /// The forger answers two who ask for the router, is not contradicted for a while, and then is.
    private static func holds(isAsked: Bool) -> Scene {
        let start: Int64 = 240_000
        let before = (0..<10).flatMap { exchange($0 * 20_000, .router, .alice) }
        let forgers = (0..<4).flatMap { round in forger.map { $0.later(10_000 + round * 50_000) } }
        let after = (0..<10).flatMap { isThere(start + 130_000 + $0 * 20_000, isAsked: isAsked) }
        let answers = (0..<2).flatMap { exchange(start + 5_000 + $0 * 8_000, asRouter, .alice) }
        let later = announces(start + 140_000, asRouter).repeated(10, every: 20_000)
        return Scene(
            "a forger holds an address until its owner \(isAsked ? "answers" : "asks")",
            [before, forgers, after], forged: [announces(start, asRouter)] + answers + later,
            withNetwork: false)
    }

    static let attacks = [
        Scene(
            "an owner whose questions were lost three times is robbed by announcements",
            [
                serves(.router, three), forger.map { $0.later(end) },
                (0..<3).flatMap { exchange(end + 20_000 + $0 * 20_000, .router, .alice) },
            ], forged: announces(end + 10_000, asRouter).repeated(3, every: 20_000),
            withNetwork: false),
        Scene(
            "an owner whose questions were lost three times is robbed by questions",
            [
                serves(.router, three), forger.map { $0.later(end) },
                (0..<6).flatMap { exchange(end + 20_000 + $0 * 20_000, .router, .alice) },
            ],
            forged: asks(
                end + 10_000, asRouter, for: Player.alice.ip, to: Player.alice.mac
            ).repeated(6, every: 20_000), withNetwork: false),
        holds(isAsked: true), holds(isAsked: false),
        Scene(
            "an accomplice takes the address in between",
            [
                (0..<12).flatMap { exchange(-500_000 + $0 * 40_000, .router, .alice) }, forger,
                exchange(-35_000, accomplice, .bob), exchange(-5_000, .router, .alice),
                [announces(5_000, asRouter), announces(130_000, accomplice.claiming(.router))],
            ], forged: announces(260_000, asRouter).repeated(60, every: 2_000),
            withNetwork: false),
    ]

    /// The owner is not heard again, and may be gone unless it is the gateway.
    static let silent = [
        Scene(
            "who was heard first lost the address to its owner, and takes it days later",
            [
                [announces(-1_000, asRouter)], exchange(5_000, .router, .alice), forger,
                (0..<576).flatMap { exchange(20_000 + $0 * 300_000, .router, .alice) },
                forger.map { $0.later(2 * day - 60_000) },
            ], forged: announces(2 * day, asRouter).repeated(60, every: 2_500),
            withNetwork: false),
        Scene(
            "who takes the address after an accomplice looks for a victim in its name",
            [
                (0..<30).flatMap { exchange(-900_000 + $0 * 30_000, .router, .alice) }, forger,
                exchange(-35_000, accomplice, .bob), exchange(-5_000, .router, .alice),
                [announces(5_000, accomplice.claiming(.router)), announces(130_000, asRouter)],
            ], forged: asks(132_000, asRouter, for: Player.alice.ip).repeated(100, every: 2_000),
            withNetwork: false),
    ]

    @Test(arguments: silent)
    func `who takes the gateway's address from one that is silent is told`(_ scene: Scene) {
        let told = scene.alerts(.withGateway).filter { $0.severity >= .high }
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(!told.contains { $0.accused?.description == Player.router.mac })
        #expect(scene.alerts().contains { $0.severity == .medium })
    }

    @Test(arguments: attacks)
    func `an attack is told, and its victim is not accused`(_ scene: Scene) {
        for configuration in Self.both {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.contains { $0.accused?.description == Player.mallory.mac })
            #expect(!grave.contains { $0.accused?.description == Player.router.mac })
            let forgers = grave.filter { $0.rule == .contestedGateway }.map { $0.claim?.mac }
            #expect(forgers.allSatisfy { $0?.description == Player.mallory.mac })
        }
    }

    /// Each time that the owner has spoken the forger is asked by a station that it invents.
    @Test func `who was heard first is told, though it answers one that it invents`() {
        let unnamed = Player(mac: "0a:cc:11:22:33:45", ip: "0.0.0.0")
        let steps = (0..<8).flatMap { round -> [Step] in
            let at = Int64(round) * 20_000
            let answers = (0..<10).flatMap { number in
                [
                    asks(
                        at + number * 500, unnamed, for: Self.asRouter.ip, to: Player.mallory.mac),
                    tells(at + number * 500 + 1, Self.asRouter, unnamed),
                ]
            }
            return answers + [tells(at + 6_000, Self.asRouter, .alice)]
                + exchange(at + 8_000, .router, .bob)
        }
        let told = alerts([announces(-1_000, Self.asRouter)] + steps)
        let forgers = told.filter { $0.severity >= .high }.map { $0.accused?.description }
        #expect(forgers.contains(Player.mallory.mac))
        #expect(told.contains { $0.rule == .contestedByForger })
    }

    /// Before the owner ever speaks the forger lets itself be asked by a station that it invents.
    @Test func `who was heard first is told, however often it was asked by one that it invents`() {
        let unnamed = Player(mac: "0a:cc:11:22:33:45", ip: "0.0.0.0")
        let answers = (0..<120).flatMap { number -> [Step] in
            let at = Int64(number) * 500
            return [
                asks(at, unnamed, for: Self.asRouter.ip, to: Player.mallory.mac),
                tells(at + 1, Self.asRouter, unnamed),
            ]
        }
        let whispers = (0..<10).flatMap { number -> [Step] in
            let at = 66_000 + Int64(number) * 20_000
            return [tells(at, Self.asRouter, .alice)] + exchange(at + 2_000, .router, .bob)
        }
        let told = alerts([announces(-1_000, Self.asRouter)] + answers + whispers)
        let forgers = told.filter { $0.severity >= .high }.map { $0.accused?.description }
        #expect(forgers.contains(Player.mallory.mac))
        #expect(!forgers.contains(Player.router.mac))
    }

    @Test func `who whispers without end is told, however long it was asked`() {
        let last = 60_000 + Int64(9_905) * 30_000
        let whispers = tells(last, Self.serving(Self.node2), .alice).repeated(90, every: 2_000)
        let steps = Self.lostInTheLongRun.flatMap { $0 }.filter { $0.at < last } + whispers
        #expect(alerts(steps).contains { $0.rule == .repeatedUnsolicited })
    }

    @Test func `an owner that comes back after minutes is accused of nothing`() {
        let steps =
            Self.isThere(0, isAsked: true) + Self.forger.map { $0.later(10_000) }
            + [announces(60_000, Self.asRouter)]
            + (0..<10).flatMap { exchange(70_000 + $0 * 20_000, Self.asRouter, .alice) }
            + Self.looks(400_000, .router)
        for configuration in Self.both {
            #expect(alerts(steps, configuration).map(\.rule) == [.bindingChanged])
        }
    }
}
