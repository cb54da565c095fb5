// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Stations that make sure of another one again and again: bonds that watch their link by ARP, and
/// laptops that wake up.
struct MonitoringStationTests {
    private static let server = Player(mac: "52:54:00:5e:00:30", ip: "10.0.0.30")
    private static let otherCard = Player(mac: "a0:36:9f:44:00:31", ip: "10.0.0.30")
    private static let stranger = Player(mac: "30:cd:a7:00:00:07", ip: "10.0.0.30")
    private static let asServer = Player.mallory.claiming(server)
    private static let both = [DetectorConfiguration(), .withGateway]

    /// `who` asks everybody for the router, and is answered, every `pause` milliseconds.
    private static func monitors(
        _ who: Player, _ times: Range<Int64>, every pause: Int64 = 1_000
    ) -> [Step] {
        stride(from: times.lowerBound, to: times.upperBound, by: Int(pause)).flatMap {
            exchange($0 + 300, .router, who)
        }
    }

    /// A laptop asks the router alone whether it is where it was.
    private static func wakes(_ at: Int64, _ who: Player) -> [Step] {
        [0, 300, 1_200, 2_500].flatMap { (after: Int64) -> [Step] in
            [
                asks(at + after, who, for: Player.router.ip, to: Player.router.mac),
                tells(at + after + 1, .router, who),
            ]
        }
    }

    static let honest = [
        Scene(
            "another station announces its address once",
            [monitors(server, 0..<60_000), [announces(30_100, stranger)]]),
        Scene(
            "the same where it asks every other second",
            [monitors(server, 0..<60_000, every: 2_000), [announces(30_100, stranger)]]),
        Scene(
            "another station uses its address for a moment",
            [
                monitors(server, 0..<60_000), exchange(30_100, .bob, stranger),
                exchange(31_700, .router, stranger),
            ]),
        Scene(
            "its bond wears another card's address after a restart",
            [
                exchange(1_100, server, .bob), monitors(server, 0..<20_000),
                [announces(40_000, otherCard)], monitors(otherCard, 41_000..<90_000),
                exchange(45_100, otherCard, .bob), exchange(60_100, otherCard, .alice),
            ]),
        Scene(
            "a laptop wakes with a lease that another station has by now",
            [monitors(stranger, 0..<60_000, every: 20_000), wakes(30_500, server)]),
        Scene(
            "the same where that one talks at once",
            [monitors(stranger, 0..<60_000, every: 2_000), wakes(30_500, server)]),
    ]

    @Test(arguments: honest, both)
    func `it is not accused`(_ scene: Scene, _ configuration: DetectorConfiguration) {
        let grave = scene.alerts(configuration).filter { $0.severity >= .high }
        #expect(grave.isEmpty, "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
    }

    static let attacks = [
        Scene(
            "by one with an address of its own",
            [exchange(1_100, .mallory, .bob), monitors(server, 0..<60_000)],
            forged: tells(30_100, asServer, .router).repeated(14, every: 2_000)),
        Scene(
            "by one without", [monitors(server, 0..<60_000)],
            forged: tells(30_100, asServer, .router).repeated(14, every: 2_000)),
        Scene(
            "by announcements", [monitors(server, 0..<60_000)],
            forged: announces(30_100, asServer).repeated(14, every: 2_000)),
        Scene(
            "by questions to everybody", [monitors(server, 0..<60_000, every: 5_000)],
            forged: exchange(30_100, .alice, asServer).flatMap { $0.repeated(14, every: 2_000) }),
    ]

    @Test(arguments: attacks, both)
    func `who takes its address is accused, and not the victim`(
        _ scene: Scene, _ configuration: DetectorConfiguration
    ) {
        let grave = scene.alerts(configuration).filter { $0.severity >= .high }
        #expect(!grave.isEmpty)
        let forger = Player.mallory.mac
        #expect(
            grave.allSatisfy { $0.accused?.description == forger },
            "\(grave.map { "\($0.rule) \($0.frame) \($0.explanation)" })")
    }

    // MARK: - Announcements to everybody

    private static let announced = announces(15_000, asServer).repeated(20, every: 3_000)

    @Test(arguments: both)
    func `who announces what it took is high only once the owner is back`(
        configuration: DetectorConfiguration
    ) {
        let gone = Scene("gone", [exchange(1_100, Self.server, .bob)], forged: Self.announced)
        let told = gone.alerts(configuration).map { Verdict($0.rule, $0.severity) }
        #expect(
            told == [Verdict(.bindingChanged, .low), Verdict(.repeatedUnsolicitedAlone, .medium)])
        let back = Scene(
            "back", [exchange(1_100, Self.server, .bob), exchange(46_000, .bob, Self.server)],
            forged: Self.announced)
        let grave = back.alerts(configuration).filter { $0.severity >= .high }
        #expect(grave.first?.accused?.description == Player.mallory.mac)
    }
}
