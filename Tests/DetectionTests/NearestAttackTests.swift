// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What is honest beside the attacks that look most like it: the one is never called an attack, the
/// others always are, and who owns an address is not accused.
struct NearestAttackTests {
    /// Servers with an address of their own.
    private static let one = Player(mac: "52:54:00:12:34:44", ip: "10.0.0.44")
    private static let two = Player(mac: "52:54:00:9a:bc:55", ip: "10.0.0.55")
    private static let printer = Player(mac: "30:cd:a7:00:00:99", ip: "10.0.0.80")
    private static let service = "10.0.0.80"
    private static let secondRouter = Player(mac: Player.router.mac, ip: "10.0.0.254")
    private static let forger = Player(mac: Player.mallory.mac, ip: Player.router.ip)

    private static func serving(_ who: Player, _ ip: String = service) -> Player {
        Player(mac: who.mac, ip: ip)
    }

    /// `who` tells everybody, in the form of an answer that names everybody.
    private static func proclaims(_ at: Int64, _ who: Player) -> Step {
        tells(at, who, Player(mac: Frame.broadcast, ip: who.ip))
    }

    // MARK: Owners with a second address

    /// A station without another address announces the owner's, which asks for others meanwhile.
    private static func disputes(_ owner: Player, _ forger: Player) -> [Step] {
        (0..<9).flatMap { round -> [Step] in
            let at = 10_000 + Int64(round) * 10_000
            return [
                announces(at, forger), asks(at + 5_000, owner, for: "10.0.0.\(30 + round)"),
            ]
        }
    }

    static let owners: [(Scene, owner: String)] = [
        (
            Scene(
                "a router with two addresses",
                [
                    exchange(0, .router, .alice), exchange(1_000, secondRouter, .alice),
                    disputes(.router, forger),
                ], withNetwork: false), Player.router.mac
        ),
        (
            Scene(
                "a router with two addresses, heard after the forger",
                [
                    [announces(0, forger)], exchange(4_000, .router, .alice),
                    exchange(5_000, secondRouter, .alice), disputes(.router, forger),
                ], withNetwork: false), Player.router.mac
        ),
        (
            Scene(
                "a server with a service's address, to which a printer is set by mistake",
                [
                    exchange(0, one, .alice), [announces(1_000, serving(one))],
                    exchange(2_000, serving(one), .alice),
                    announces(20_000, printer).repeated(2, every: 2_000),
                    (0..<3).flatMap { round -> [Step] in
                        let at = 26_000 + Int64(round) * 29_000
                        return [
                            asks(at, serving(one), for: Player.alice.ip, to: Player.alice.mac),
                            asks(
                                at + 14_000, printer, for: Player.router.ip, to: Player.router.mac),
                        ]
                    },
                ], withNetwork: false), one.mac
        ),
    ]

    @Test(arguments: owners.map(\.0.testDescription))
    func `whose address is disputed is not accused for having another`(name: String) throws {
        let (scene, owner) = try #require(Self.owners.first { $0.0.testDescription == name })
        for configuration in [DetectorConfiguration(), .withGateway] {
            let told = scene.alerts(configuration)
            #expect(told.contains { $0.severity >= .medium })
            let against = told.filter { $0.severity >= .high && $0.accused?.description == owner }
            #expect(against.isEmpty, "\(against.map { "\($0.rule) \($0.explanation)" })")
        }
    }

    // MARK: Leaders, balancers and ports

    /// A node leads and then dies; another one tells everybody every three seconds that it leads.
    private static func leads(
        _ says: (Int64, Player) -> Step, answers: Bool, isFormerThere: Bool = false
    ) -> [[Step]] {
        [
            says(1_000, serving(one)).repeated(9, every: 3_000),
            exchange(5_000, serving(one), .alice), exchange(500, two, .router),
            says(38_000, serving(two)).repeated(24, every: 3_000),
            (0..<4).flatMap { round -> [Step] in
                let at = 40_000 + Int64(round) * 15_000
                let question = asks(at, .alice, for: service, to: two.mac)
                return answers ? [question, tells(at + 1, serving(two), .alice)] : [question]
            },
            isFormerThere ? [asks(62_500, serving(one), for: Player.alice.ip)] : [],
        ]
    }

    /// A server's two unlike ports, of which one stands in for the other for a while.
    private static func balances(_ times: Int, own: [Step] = []) -> [[Step]] {
        let first = Player(mac: "a0:36:9f:10:00:01", ip: "10.0.0.30")
        let second = Player(mac: "00:1b:21:55:00:02", ip: "10.0.0.30")
        return [
            own, exchange(0, first, .alice), exchange(500, second, .bob),
            exchange(1_000, .alice, first),
            tells(20_000, first, .bob).repeated(times, every: 250),
            exchange(24_000, first, .bob),
            tells(40_000, second, .bob).repeated(times, every: 250),
            exchange(45_000, second, .bob), exchange(46_000, first, .alice),
            exchange(49_000, second, .bob),
        ]
    }

    /// The nodes of a balancer start again, one after the other: another one stands in for each.
    private static func restarts(answers: Bool) -> [[Step]] {
        let nodes = (0..<4).map { number in
            Player(
                mac: "52:54:00:\(20 + 17 * number):\(35 + 11 * number):07",
                ip: "10.0.0.\(40 + number)")
        }
        func says(_ at: Int64, _ who: Player) -> [Step] {
            announces(at, who).repeated(5, every: 1_100)
                + proclaims(at + 1, who).repeated(5, every: 1_100)
        }
        return nodes.map { exchange(100, $0, .router) }
            + (1..<4).map { number in
                let ip = "10.0.0.\(200 + number)"
                let (owner, other) = (serving(nodes[number], ip), serving(nodes[0], ip))
                let at = Int64(number) * 22_000
                let served = exchange(at + 3_000, other, .router)
                return [announces(2_000, owner)] + exchange(3_000, owner, .router)
                    + says(at, other) + (answers ? served : []) + says(at + 8_000, owner)
                    + exchange(at + 11_000, owner, .router)
            }
    }

    /// A machine has a cable and Wi-Fi in one network, answers from both for both, and asks in the
    /// name of either.
    private static func answersFromBoth(answers: Bool) -> [[Step]] {
        let cable = Player(mac: "d8:bb:c1:00:00:33", ip: "10.0.0.33")
        let radio = Player(mac: "8c:c6:81:44:55:66", ip: "10.0.0.34")
        let both = serving(radio, cable.ip)
        let makesSure = asks(15_000, .router, for: cable.ip, to: radio.mac)
        return [
            exchange(300, cable, .alice), exchange(700, radio, .alice),
            [asks(10_000, both, for: Player.router.ip, to: Player.router.mac)],
            answers ? [makesSure, tells(15_002, both, .router)] : [makesSure],
            (0..<3).flatMap { round -> [Step] in
                let at = 20_000 + Int64(round) * 10_000
                return exchange(at, cable, .bob)
                    + (answers
                        ? [tells(at + 100, both, .bob)]
                        : [asks(at + 100, both, for: Player.bob.ip, to: Player.bob.mac)])
            },
        ]
    }

    static let honest = [
        Scene("a leader says so in answers", leads(proclaims, answers: true)),
        Scene("a leader says so in questions", leads(announces, answers: true)),
        Scene("a leader that nobody asks says so", leads(proclaims, answers: false)),
        Scene("a balancing machine has two unlike ports", balances(4), withNetwork: false),
        Scene("the nodes of a balancer start again", restarts(answers: true)),
        Scene("a docked laptop has two ports", answersFromBoth(answers: true)),
    ]

    static let attacks = [
        Scene(
            "a leader that answers, and whose former owner is there",
            leads(announces, answers: true, isFormerThere: true)),
        Scene("a port that says so once more", balances(6), withNetwork: false),
        Scene(
            "a port with an address of its own",
            balances(
                4,
                own: exchange(200, Player(mac: "a0:36:9f:10:00:01", ip: "10.0.0.66"), .alice)),
            withNetwork: false),
        Scene("who takes three owners' addresses and answers nobody", restarts(answers: false)),
        Scene("a port that asks and never answers", answersFromBoth(answers: false)),
    ]

    @Test(arguments: honest, [DetectorConfiguration(), .withGateway])
    func `an honest network is not accused`(
        _ scene: Scene, _ configuration: DetectorConfiguration
    ) {
        let grave = scene.alerts(configuration).filter { $0.severity >= .high }
        #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
    }

    @Test(arguments: attacks, [DetectorConfiguration(), .withGateway])
    func `its nearest attack is told`(_ scene: Scene, _ configuration: DetectorConfiguration) {
        #expect(scene.alerts(configuration).contains { $0.severity >= .high })
    }
}
