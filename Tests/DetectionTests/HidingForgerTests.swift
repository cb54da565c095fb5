// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What a forger does to pass for a station that honest causes excuse.
struct HidingForgerTests {
    private static let accomplice = Player(mac: "0a:cc:11:22:33:45", ip: "0.0.0.0")
    private static let unnamed = Player(mac: Player.mallory.mac, ip: "0.0.0.0")
    private static let asRouter = Player.mallory.claiming(.router)
    private static let asAlice = Player.mallory.claiming(.alice)

    /// Who asks the forger alone, so that it has answered: itself, or one that it invents.
    static let askers = [unnamed, accomplice]

    /// The forger answers what was asked of nobody else.
    private static func answers(_ at: Int64, _ asker: Player, as claimed: Player) -> [Step] {
        [asks(at, asker, for: claimed.ip, to: Player.mallory.mac), tells(at + 1, claimed, asker)]
    }

    private static let known = [0, 20_000].flatMap { at in
        exchange(at, .router, .alice) + [asks(at + 1_000, .mallory, for: Player.bob.ip)]
            + exchange(at + 2_000, .mallory, .alice)
    }

    private static func whispers(_ asker: Player, times: Int64) -> Scene {
        var forged = [tells(45_000, asRouter, .alice)]
        for time in 0..<times { forged += answers(40_000 + time * 100, asker, as: asRouter) }
        return Scene(
            "\(asker.mac) asked \(times) times before one is told the router's address",
            [known, [asks(43_000, .router, for: Player.bob.ip)]], forged: forged,
            withNetwork: false)
    }

    private static func betweens(_ asker: Player, times: Int64) -> Scene {
        var steps = known
        var forged: [Step] = []
        for at: Int64 in [60_000, 140_000] {
            for time in 0..<times {
                forged += answers(at + time * 10, asker, as: asRouter)
                forged += answers(at + time * 10 + 5, asker, as: asAlice)
            }
            forged.append(tells(at + 100, asRouter, .alice))
            forged.append(tells(at + 200, asAlice, .router))
            steps.append(asks(at + 30_000, .alice, for: Player.bob.ip))
            steps.append(asks(at + 31_000, .router, for: Player.bob.ip))
        }
        return Scene(
            "\(asker.mac) asked \(times) times before each side is told the other's address",
            [steps], forged: forged, withNetwork: false)
    }

    @Test(arguments: [DetectorConfiguration(), .withGateway])
    func `an answer that goes to another than it names was not asked for`(
        configuration: DetectorConfiguration
    ) {
        var steps = exchange(0, .router, .alice) + exchange(1_000, .bob, .alice)
        for at in stride(from: Int64(20_000), to: 200_000, by: 20_000) {
            steps.append(asks(at, Self.accomplice, for: Player.router.ip))
            let answer = Frame.arp(
                .reply, sender: Self.asRouter.pair, target: Self.accomplice.pair,
                destination: Player.alice.mac)
            steps.append(Step(at: at + 1, frame: answer))
        }
        let grave = alerts(steps, configuration).filter { $0.severity >= .high }
        #expect(grave.contains { $0.accused?.description == Player.mallory.mac })
    }

    @Test(arguments: askers, [1, 6])
    func `who answers itself may whisper no more than others`(_ asker: Player, times: Int64) {
        for configuration in [DetectorConfiguration(), .withGateway] {
            for scene in [Self.whispers(asker, times: times), Self.betweens(asker, times: times)] {
                let grave = scene.alerts(configuration).filter { $0.severity >= .high }
                #expect(
                    grave.contains { $0.accused?.description == Player.mallory.mac },
                    "\(scene.testDescription)")
            }
        }
    }

    @Test func `who answers itself leads no cluster`() throws {
        let printer = Player(mac: "00:1b:a9:00:00:09", ip: "10.0.0.90")
        let scene = Scene(
            "a printer's address",
            [exchange(0, printer, .alice), exchange(20_000, printer, .alice)],
            forged: Self.answers(39_000, Self.unnamed, as: Player.mallory.claiming(printer))
                + announces(40_000, Player.mallory.claiming(printer)).repeated(100, every: 1_000),
            withNetwork: false)
        let alert = try #require(scene.alerts().first { $0.severity >= .high })
        #expect(alert.accused?.description == Player.mallory.mac)
    }

    // MARK: - Invented stations

    private static func invented(_ number: Int) -> Player {
        let last = "\(10 + number / 90):\(10 + number % 90)"
        return Player(mac: "02:5c:0d:\(10 + 7 * number % 89):\(last)", ip: Player.router.ip)
    }

    private static let owner = (0..<4).flatMap { exchange(Int64($0) * 5_000, .router, .alice) }

    /// The owner speaks each second.
    private static let speaks = asks(20_500, .router, for: Player.bob.ip)
        .repeated(60, every: 1_000)

    /// Twenty answers a second to a question by `asker`.
    private static func crowd(_ asker: Player, isAnsweredFirst: Bool) -> Scene {
        var (asked, forged): ([Step], [Step]) = ([], [])
        for round in 0..<60 {
            let at = 20_000 + Int64(round) * 1_000
            asked.append(asks(at, asker, for: Player.router.ip))
            if isAnsweredFirst { asked.append(tells(at + 1, .router, asker)) }
            for number in 0..<20 {
                forged.append(tells(at + 2 + Int64(number), invented(round * 20 + number), asker))
            }
        }
        return Scene(
            "\(asker.mac) asks, and twenty stations answer", [owner, speaks, asked],
            forged: forged, withNetwork: false)
    }

    /// One station a second, of which the first five go on to speak.
    private static func sequence(_ name: String, _ next: (Int64, Player) -> [Step]) -> Scene {
        var forged: [Step] = []
        for number in 0..<60 {
            let at = 20_000 + Int64(number) * 1_000
            forged.append(announces(at, invented(number)))
            if number < 5 { forged += next(at + 600, invented(number)) }
        }
        return Scene(name, [owner, speaks], forged: forged, withNetwork: false)
    }

    static let inventions = [
        sequence("five of many invented stations speak twice") { [announces($0, $1)] },
        sequence("five of many invented stations answer") { exchange($0, $1, .alice) },
        crowd(.alice, isAnsweredFirst: true),
        crowd(Player(mac: "02:66:00:00:00:66", ip: "10.0.0.200"), isAnsweredFirst: false),
    ]

    @Test(arguments: inventions)
    func `invented stations are told, whoever asked and however often some speak`(
        _ scene: Scene
    ) throws {
        let told = scene.alerts()
        let alert = try #require(told.first { $0.severity >= .high })
        #expect(alert.rule == .inventedClaimants)
        #expect(try #require(scene.forgedUntilAlert()) <= 60)
        #expect(told.filter { $0.rule == .bindingChanged }.count <= 5)
    }
}
