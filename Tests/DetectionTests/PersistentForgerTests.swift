// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What honest stations do once or for one owner, a forger does again or to several: it is told.
struct PersistentForgerTests {
    private static let forger = Player(mac: "00:25:90:00:00:44", ip: "10.0.0.44")
    private static let phone = Player(mac: "9c:b6:d0:01:02:03", ip: "10.0.0.50")
    private static let asPhone = forger.claiming(phone)
    private static let asRouter = forger.claiming(.router)
    private static let known =
        exchange(500, forger, .alice) + exchange(600, .alice, forger)
        + exchange(1_000, phone, .router) + exchange(1_200, .router, phone)
    private static let defends = [announces(62_000, phone)]
    private static let questions = asks(
        60_000, asPhone, for: Player.alice.ip, to: Player.alice.mac
    ).repeated(40, every: 10_000)

    /// Hosts that talk to the router once a minute.
    private static func hosts(_ count: Int) -> [Player] {
        (0..<count).map { number in
            Player(mac: "9c:b6:d0:10:00:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
    }

    private static func talk(_ hosts: [Player]) -> [Step] {
        let minute = hosts.enumerated().flatMap { number, host in
            exchange(2_000 + Int64(number) * 1_000, .router, host)
        }
        return (0..<4).flatMap { number in minute.map { $0.later(Int64(number) * 60_000) } }
    }

    /// Claims every host's address once, 10 ms apart.
    private static func claims(
        _ hosts: [Player], by claimant: (Int, Player) -> Player
    ) -> [Step] {
        hosts.enumerated().map { number, host in
            announces(Int64(62_500 + number * 10), claimant(number, host))
        }
    }

    static let attacks = [
        Scene("an owner defends itself once", [known, defends], forged: questions),
        Scene(
            "an owner answers once", [known, exchange(62_000, phone, .alice)],
            forged: announces(60_000, asPhone).repeated(40, every: 10_000)),
        Scene(
            "every host of a network is robbed once", [known, talk(hosts(40))],
            forged: claims(hosts(40)) { _, host in forger.claiming(host) }),
        Scene(
            "invented stations rob every host of a network once", [talk(hosts(40))],
            forged: claims(hosts(40)) { number, host in
                Player(mac: "5e:1b:\(10 + number):33:44:\(10 + number)", ip: host.ip)
            }),
        Scene(
            "a forger cleans up after announcements", [known],
            forged: announces(60_000, asRouter).repeated(20, every: 10_000)
                + tells(300_000, .router, .alice).from(forger.mac).repeated(5, every: 1_000)),
        Scene(
            "an address that nobody has is told after its owner was asked for", [known],
            forged: [
                asks(400_000, forger, for: Player.router.ip),
                tells(
                    402_000, Player(mac: "02:de:ad:be:ef:01", ip: Player.router.ip), .alice
                ).from(forger.mac),
            ]),
    ]

    @Test(arguments: attacks, [DetectorConfiguration(), .withGateway])
    func `it is told as an attack`(_ scene: Scene, _ configuration: DetectorConfiguration) {
        #expect(scene.alerts(configuration).contains { $0.severity >= .high }, "\(scene)")
    }

    /// The clock goes back by an hour in the midst of an attack, or does not.
    @Test(arguments: [0, 3_600_000], [announces(0, asRouter), asks(0, asRouter, for: phone.ip)])
    func `a clock that is set back hides no attack`(back: Int64, forged: Step) {
        let begun = Self.known + Scene.talk.map { $0.later(2_000) } + [forged.later(64_000)]
        let rest = (0..<12).flatMap { round -> [Step] in
            let at = 66_000 - back + Int64(round) * 2_000
            return [forged.later(at)] + exchange(at + 1_000, .router, .alice)
        }
        for configuration in [DetectorConfiguration(), .withGateway] {
            let grave = alerts(begun + rest, configuration).filter { $0.severity >= .high }
            #expect(grave.contains { $0.accused?.description == Self.forger.mac })
        }
    }

    /// The owner is heard in between, and nothing else tells against the forger.
    @Test(arguments: [160_000, 310_000])
    func `who whispers for the gateway every few minutes is told`(pause: Int64) {
        let unnamed = Player(mac: "06:de:ad:be:ef:01", ip: Player.router.ip)
        let steps = (0..<5).flatMap { round -> [Step] in
            let at = 60_000 + Int64(round) * pause
            return exchange(at - 30_000, .bob, .alice) + [tells(at, unnamed, .alice)]
                + exchange(at + 5_000, .router, .bob) + exchange(at + 9_000, .bob, .router)
        }
        let known = exchange(0, .router, .alice)
        let grave = alerts(known + steps, .withGateway).filter { $0.severity >= .high }
        #expect(grave.map(\.rule) == [.repeatedUnsolicited])
        #expect(grave.first?.accused?.description == unnamed.mac)
    }

    @Test func `who leads traffic to a station that is trusted and quiet is accused`() throws {
        let trusted = Player(mac: "02:00:00:00:00:09", ip: Player.router.ip)
        var configuration = DetectorConfiguration()
        configuration.trustedStations = [MACAddress(trusted.mac) ?? .zero]
        let frames = tells(700_000, trusted, .alice).from(Self.forger.mac)
            .repeated(20, every: 2_000)
        let grave = Scene("a trusted name", [Self.known], forged: frames).alerts(configuration)
            .filter { $0.severity >= .high }
        try #require(!grave.isEmpty)
        #expect(grave.allSatisfy { $0.accused?.description == Self.forger.mac })
    }

    @Test func `partners that give each other many addresses twice are not told as an attack`() {
        let (one, other) = (Self.forger, Player(mac: "00:25:90:00:00:77", ip: "10.0.0.77"))
        let shared = Self.hosts(40)
        func all(_ at: Int64, _ who: Player) -> [Step] {
            shared.enumerated().map { number, host in
                announces(at + Int64(number * 10), who.claiming(host))
            }
        }
        let scene = Scene(
            "partners",
            [exchange(500, one, .alice), exchange(600, other, .alice)]
                + [all(2_000, one), all(30_000, other), all(60_000, one)])
        #expect(scene.alerts().allSatisfy { $0.severity < .high })
    }
}
