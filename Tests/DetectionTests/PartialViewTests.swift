// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Captures that lack a part: without adverts, without questions, of one direction.
struct PartialViewTests {
    private static let one = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let two = Player(mac: "00:1e:67:00:00:55", ip: "10.0.0.55")
    private static let gateway = Player.router.ip
    private static let virtual = holding(gateway, "00:00:5e:00:01:33")
    private static let start: Int64 = 15_000
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)
    private static let asRouter = Player.mallory.claiming(.router)
    private static let asAlice = Player.mallory.claiming(.alice)

    private static func holding(_ ip: String, _ mac: String) -> Player { Player(mac: mac, ip: ip) }

    /// The virtual router answers; the port of its master asks in its name and in its own.
    private static func reigns(_ master: Player, _ rounds: Range<Int64>) -> [Step] {
        rounds.flatMap { round -> [Step] in
            let at = round * 3_500
            let port = holding(gateway, master.mac)
            return exchange(at, virtual, .alice) + exchange(at + 700, virtual, .bob)
                + exchange(at + 2_500, .alice, master) + exchange(at + 2_600, .bob, port)
        }
    }

    private static func service(_ number: Int, of who: Player) -> Player {
        holding("10.0.\(4 + number / 200).\(number % 200 + 1)", who.mac)
    }

    static let withoutAdverts = [
        Scene("a virtual router", [reigns(one, 1..<15)], withNetwork: false),
        Scene(
            "a virtual router whose master changes",
            [
                reigns(one, 1..<6), announces(21_500, virtual).repeated(5, every: 100),
                reigns(two, 7..<15),
            ], withNetwork: false),
        Scene(
            "a virtual router whose port was heard first",
            [exchange(100, .alice, holding(gateway, one.mac)), reigns(one, 5..<15)],
            withNetwork: false),
        Scene(
            "a server that asks in the name of the address that its balancer answers for",
            [
                exchange(500, one, .alice), exchange(700, two, .alice),
                (1..<10).flatMap { round -> [Step] in
                    let at = Int64(round) * 5_000
                    let server = holding("10.0.0.100", two.mac)
                    let question = asks(
                        at + 1_000, server, for: gateway, to: round > 1 ? Player.router.mac : nil)
                    return exchange(at, holding("10.0.0.100", one.mac), .alice)
                        + [question, tells(at + 1_001, .router, server)]
                },
            ]),
        Scene(
            "a firewall takes three hundred addresses over from another one",
            [
                (0..<300).flatMap { exchange(1_000 + Int64($0) * 20, service($0, of: one), .bob) },
                (0..<5).flatMap { round in
                    (0..<300).map {
                        announces(30_000 + round * 1_000 + Int64($0), service($0, of: two))
                    }
                },
                (0..<100).flatMap { exchange(40_000 + Int64($0) * 30, service($0, of: two), .bob) },
            ]),
        Scene(
            "a station moves to a repeater and back, and asks under either address",
            [
                exchange(500, two, .alice),
                (1..<6).flatMap { round -> [Step] in
                    let at = Int64(round) * 45_000
                    let who = round % 2 == 0 ? one : two.claiming(one)
                    return exchange(at, .router, who) + exchange(at + 500, who, .alice)
                },
            ]),
    ]

    private static func isToOne(_ step: Step) -> Bool { step.frame[0] & 1 == 0 }
    private static func isRouters(_ step: Step) -> Bool {
        Array(step.frame[6..<12]) == Frame.mac(Player.router.mac)
    }

    /// A service moves to the node that used it before; its clients go on to ask the node alone,
    /// and one question is lost. They are there before, or turn up later.
    private static func movesOver(areThere: Bool) -> [Step] {
        let clients = (0..<8).map { holding("10.0.0.10\($0)", "3c:97:0e:01:0\($0):10") }
        let (old, new) = (service(0, of: one), service(0, of: two))
        let known = clients.enumerated().flatMap { number, client in
            exchange(1_000 * Int64(number) + (areThere ? 0 : 105_000), .alice, client)
        }
        let asked = clients.enumerated().flatMap { number, client -> [Step] in
            let at = 120_000 + Int64(number) * 2_000
            return [asks(at, client, for: new.ip, to: new.mac), tells(at + 1, new, client)]
        }
        let moved = Step(
            at: 100_000,
            frame: Frame.arp(.reply, sender: new.pair, target: (Frame.broadcast, new.ip)))
        return known + exchange(20_000, two, .bob) + exchange(40_000, old, two)
            + moved.repeated(5, every: 1_000) + asked + [tells(150_000, new, clients[0])]
    }

    @Test(arguments: [true, false])
    func `who is asked alone by those who were there before may be asked unheard`(areThere: Bool) {
        let scene = Scene("a service", [Self.movesOver(areThere: areThere)], withNetwork: false)
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.map(\.rule) == (areThere ? [] : [.toldAgainstOwner]))
        }
    }

    static let parts = [
        Scene(
            "nothing of a network but what goes to one station", all: Scene.talk.filter(isToOne)),
        Scene("one direction of a router's cable", all: Scene.talk.filter(isRouters)),
        Scene(
            "one direction of a router's cable, which announces itself",
            all: Scene.talk.filter(isRouters) + announces(77, .router).repeated(30, every: 2_000)),
    ]

    @Test(arguments: withoutAdverts + parts)
    func `what a capture lacks accuses nobody`(_ scene: Scene) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
        }
    }

    /// An owner answers a host whose questions are not captured; `asked` is what it asked itself.
    private static func answers(
        _ asked: [Step], of owner: Player, to listener: Player = .alice
    ) -> [Step] {
        exchange(0, .router, .alice) + asked
            + tells(5_000, owner, listener).repeated(6, every: 20_000)
    }

    private static let bobAsks = [asks(1_000, .bob, for: gateway)]
    private static let routerAsks = [asks(1_000, .router, for: Player.bob.ip)]
    private static let asBob = Player.mallory.claiming(.bob)

    @Test(
        arguments: [
            (answers(bobAsks, of: .bob), nil),
            (answers(routerAsks, of: .router), .withGateway),
            // Somebody else speaks in the listener's name.
            (
                answers(
                    bobAsks + [tells(2_000, .alice, .router).from(Player.mallory.mac)], of: .bob),
                nil
            ),
            // The one who is told leads the owner's answers to the router to itself.
            (
                tells(200, asRouter, .bob).repeated(4, every: 200)
                    + exchange(1_500, asRouter, .bob)
                    + answers(bobAsks, of: .bob, to: asRouter), nil
            ),
        ] as [([Step], DetectorConfiguration?)])
    func `an owner whose questions a capture lacks is not told as a forger`(
        steps: [Step], configuration: DetectorConfiguration?
    ) {
        let sorted = steps.sorted { $0.at < $1.at }
        let told = alerts(sorted, configuration ?? DetectorConfiguration())
            .filter { [.repeatedUnsolicited, .repeatedUnsolicitedAlone].contains($0.rule) }
        #expect(told.map(\.severity) == [.medium])
        #expect(told.allSatisfy { $0.advice.hasPrefix("Look at the accused station before") })
    }

    @Test(arguments: [
        [], [asks(1_000, asBob, for: gateway), asks(2_000, .mallory, for: gateway)],
        [announces(500, .bob), asks(1_000, asBob, for: gateway)],
        [announces(500, .mallory), asks(1_000, asBob, for: gateway)],
        // What the one who is told says to one station is captured.
        [asks(900, .alice, for: gateway, to: Player.router.mac), asks(1_000, asBob, for: gateway)],
        exchange(800, .alice, .router) + [asks(1_000, asBob, for: gateway)],
        // Three answers in its name, or that were lost of many, do not tell of it.
        (3...6).flatMap { exchange($0 * 100, .alice, .router) }
            + [asks(1_000, asBob, for: gateway)]
            + tells(1_200, .alice, .router).repeated(3, every: 300),
    ])
    func `who asks in no name, in several, or in another owner's is a forger`(asked: [Step]) {
        let told = alerts(Self.answers(asked, of: Self.asBob)).filter { $0.severity >= .high }
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.accused == Self.asBob.known.mac })
    }

    @Test func `a question in the gateway's name, or before the watching machine, hides nobody`() {
        let asRouter = [asks(1_000, Self.asRouter, for: Player.bob.ip)]
        let whispers = tells(5_000, Self.asRouter, .alice).repeated(6, every: 20_000)
        let told = alerts(exchange(0, .bob, .alice) + asRouter + whispers, .withGateway)
        #expect(told.contains { $0.severity >= .high })

        var watching = DetectorConfiguration()
        watching.ownStations = [Player.alice.known.mac]
        let forged = Self.answers([asks(1_000, Self.asBob, for: Self.gateway)], of: Self.asBob)
        #expect(alerts(forged, watching).map(\.severity) == [.high])
        #expect(alerts(forged).map(\.severity) == [.medium])
        let toGroup = Self.answers([asks(1_000, Self.asBob, for: Self.gateway)], of: Self.asBob)
            .map { step in
                let isWhisper = Array(step.frame[20..<22]) == [0, 2] && step.at > 4_000
                return isWhisper ? step.to("01:00:5e:00:00:01") : step
            }
        #expect(alerts(toGroup, watching).map(\.severity) == [.high])
    }

    static let attacks = [
        Attack(
            Scene(
                "questions to everybody in the gateway's name, which the victim answers",
                [known, (0..<12).map { tells(start + 1 + $0 * 1_500, .alice, asRouter) }],
                forged: asks(start, asRouter, for: Player.alice.ip).repeated(12, every: 1_500)),
            6),
        Attack(
            Scene(
                "the same, where the answers are not seen", [known],
                forged: asks(start, asRouter, for: Player.alice.ip).repeated(12, every: 1_500)),
            8),
        Attack(
            Scene(
                "the same, before the owner was heard",
                [
                    (0..<12).map { tells(start + 1 + $0 * 1_500, .alice, asRouter) },
                    (0..<8).flatMap { exchange(start + 700 + $0 * 4_000, .router, .alice) },
                ],
                forged: asks(start, asRouter, for: Player.alice.ip).repeated(12, every: 1_500),
                withNetwork: false), 7, isGatewayKnown: true),
        Attack(
            Scene(
                "questions to everybody in both ends' names", [known],
                forged: (0..<12).flatMap { round -> [Step] in
                    let at = start + Int64(round) * 2_000
                    return [
                        asks(at, asRouter, for: Player.alice.ip),
                        asks(at + 10, asAlice, for: gateway),
                    ]
                }), 2),
        Attack(
            Scene(
                "a virtual router's hardware address in answers to one, no adverts seen", [],
                forged: tells(start, virtual, .alice).repeated(10, every: 2_000)), 2),
        Attack(
            Scene(
                "answers to one beside a virtual router whose adverts are not seen",
                [known, reigns(one, 1..<18)],
                forged: tells(start + 2_000, asRouter, .alice).repeated(20, every: 2_000),
                withNetwork: false), 2),
        Attack(
            Scene(
                "every address of the network is claimed, one announcement each", [known],
                forged: (0..<254).map {
                    announces(start + Int64($0) * 10, holding("10.0.0.\($0)", Player.mallory.mac))
                }), 200),
    ]

    @Test(arguments: attacks)
    func `what a capture lacks hides no attack`(_ attack: Attack) throws {
        let configurations = [DetectorConfiguration.withGateway, DetectorConfiguration()]
        for configuration in configurations.prefix(attack.isGatewayKnown ? 1 : 2) {
            let count = try #require(attack.scene.forgedUntilAlert(configuration))
            #expect(count <= attack.forgedMax)
        }
    }

    /// An attack, and after how many forged frames it is called one at the latest; or only where
    /// the gateway is known.
    struct Attack: CustomTestStringConvertible, Sendable {
        let scene: Scene
        let forgedMax: Int
        let isGatewayKnown: Bool
        var testDescription: String { scene.testDescription }

        init(_ scene: Scene, _ forgedMax: Int, isGatewayKnown: Bool = false) {
            self.scene = scene
            self.isGatewayKnown = isGatewayKnown
            self.forgedMax = forgedMax
        }
    }
}

extension Scene {
    /// Frames without the rest of a network.
    fileprivate init(_ name: String, all steps: [Step]) {
        self.init(name, [steps], withNetwork: false)
    }
}
