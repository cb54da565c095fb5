// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// An attack, and how many forged frames it may take until it is called one.
private struct Attack: CustomTestStringConvertible, Sendable {
    let scene: Scene
    let forgedMax: Int
    var testDescription: String { scene.testDescription }

    init(_ scene: Scene, within forgedMax: Int) {
        self.scene = scene
        self.forgedMax = forgedMax
    }
}

/// What attackers do: each is called an attack, soon, and the attacker is the one accused.
struct AttackSceneTests {
    private static let start: Int64 = 15_000
    /// The attacker's system asks for its victims, as it must before it can deceive them.
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)
    private static let resolved = exchange(14_000, .router, .mallory)

    private static let toVictim = tells(start, .mallory.claiming(.router), .alice)
    private static let toRouter = tells(start + 10, .mallory.claiming(.alice), .router)
    private static let inRequests = asks(
        start, .mallory.claiming(.router), for: Player.alice.ip, to: Player.alice.mac)
    private static let announced = announces(start, .mallory.claiming(.router))

    private static let whispers = [300, 1_000, 2_000, 10_000, 30_000].map { pause in
        Attack(
            Scene(
                "one victim is told every \(pause) ms", [known],
                forged: toVictim.repeated(12, every: Int64(pause))), within: 1)
    }

    private static let others = [
        Attack(
            Scene(
                "both ends are told", [known],
                forged: toVictim.repeated(8, every: 1_000) + toRouter.repeated(8, every: 1_000)),
            within: 1),
        Attack(
            Scene(
                "a station that was never heard tells one victim", [],
                forged: toVictim.repeated(8, every: 1_000)), within: 6),
        Attack(
            Scene(
                "the owner was never heard, but the attacker asked for it",
                [known, [asks(2_000, .mallory, for: Player.router.ip)]],
                forged: toVictim.repeated(8, every: 1_000), withNetwork: false), within: 1),
        Attack(
            Scene(
                "nothing was heard before", [], forged: toVictim.repeated(8, every: 2_000),
                withNetwork: false), within: 5),
        Attack(
            Scene(
                "frames come from another station than the forged sender", [known],
                forged: tells(start, Player(mac: "02:de:ad:be:ef:01", ip: Player.router.ip), .alice)
                    .from(Player.mallory.mac).repeated(8, every: 1_500)), within: 1),
        Attack(
            Scene(
                "traffic is led to a third station", [known],
                forged: tells(start, .bob.claiming(.router), .alice)
                    .from(Player.mallory.mac).repeated(8, every: 1_500)), within: 1),
        Attack(
            Scene(
                "in the form of questions to one", [known, resolved],
                forged: inRequests.repeated(8, every: 2_000)), within: 2),
        Attack(
            Scene(
                "in the form of announcements", [known, resolved],
                forged: announced.repeated(12, every: 1_000)), within: 5),
        Attack(
            Scene(
                "one announcement, after which the attacker's system asks for the owner",
                [known, [asks(start + 200, .mallory, for: Player.router.ip)]],
                forged: [announced]), within: 1),
        Attack(
            Scene(
                "a virtual router's address is worn", [],
                forged: tells(
                    start, Player(mac: "00:00:5e:00:01:07", ip: Player.router.ip), .alice
                ).repeated(8, every: 1_000)), within: 1),
    ]

    @Test(arguments: whispers + others)
    private func `an attack is called one, soon`(_ attack: Attack) throws {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let count = try #require(attack.scene.forgedUntilAlert(configuration))
            #expect(count <= attack.forgedMax)
            let grave = attack.scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.count <= 3, "\(grave.map { "\($0.rule) \($0.frame)" })")
            let honest: [Player] = [.router, .alice]
            for alert in grave {
                let accused = alert.accused?.description
                #expect(!honest.contains { $0.mac == accused }, "\(alert.explanation)")
            }
        }
    }
}
