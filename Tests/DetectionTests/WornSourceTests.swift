// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Anybody can write any station's address into a frame's source: it must neither hide the forger
/// nor put the blame on who is innocent.
struct WornSourceTests {
    private static let start: Int64 = 15_000
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)
    private static let asRouter = Player.mallory.claiming(.router)
    private static let toAlice = tells(start, asRouter, .alice).repeated(20, every: 2_000)
    private static let toAll = announces(start, asRouter).repeated(30, every: 1_300)
    private static let configurations = [DetectorConfiguration(), .withGateway]

    private static func grave(_ scene: Scene, _ configuration: DetectorConfiguration) -> [Alert] {
        scene.alerts(configuration).filter { $0.severity >= .high }
    }

    static let worn = [
        Scene(
            "the owner's, in answers to one", [], forged: toAlice.map { $0.from(Player.router.mac) }
        ),
        Scene(
            "the owner's, in answers to one, by a station with an address of its own", [known],
            forged: toAlice.map { $0.from(Player.router.mac) }),
        Scene(
            "the owner's, in announcements", [known],
            forged: toAll.map { $0.from(Player.router.mac) }),
        Scene(
            "a bystander's, in answers to one", [],
            forged: toAlice.map { $0.from(Player.bob.mac) }),
        Scene(
            "a bystander's, in announcements", [],
            forged: toAll.map { $0.from(Player.bob.mac) }),
    ]

    @Test(arguments: worn)
    func `who gets the traffic is accused, not whose address the frame wears`(
        _ scene: Scene
    ) throws {
        for configuration in Self.configurations {
            let grave = Self.grave(scene, configuration)
            try #require(!grave.isEmpty)
            for alert in grave {
                let accused = alert.accused?.description ?? Player.mallory.mac
                #expect(accused == Player.mallory.mac)
                #expect(alert.rule != .restore)
            }
        }
    }

    @Test func `what the claimant does is not said of whose address the frame wears`() {
        let scene = Scene(
            "a bystander's", [Self.known], forged: Self.toAlice.map { $0.from(Player.bob.mac) })
        for alert in Self.configurations.flatMap({ Self.grave(scene, $0) }) {
            let texts = alert.evidence.sentences.filter { $0.contains("also uses 10.0.0.66") }
            #expect(texts.allSatisfy { $0.hasPrefix(Player.mallory.mac) })
        }
    }

    @Test(arguments: [
        Scene(
            "after an attack", [known],
            forged: toAlice + [tells(60_000, .router, .alice).from(Player.mallory.mac)]),
        Scene(
            "after an attack by announcements", [known],
            forged: toAll
                + tells(60_000, .router, .alice).from(Player.mallory.mac)
                .repeated(5, every: 1_000)),
        Scene(
            "after an attack that nobody saw", [known],
            forged: tells(start, .router, .alice).from(Player.mallory.mac)
                .repeated(5, every: 1_000)),
    ])
    func `who puts an owner back does not put the blame on it`(_ scene: Scene) throws {
        for configuration in Self.configurations {
            let told = scene.alerts(configuration)
            try #require(!told.isEmpty)
            #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
        }
    }

    @Test func `a source of its own for each frame is no matter of its own`() {
        let frames = Self.toAlice.enumerated().map { number, step in
            step.from("02:5e:11:\(10 + number):33:\(40 + number)")
        }
        for configuration in Self.configurations {
            let scene = Scene("invented sources", [], forged: frames)
            #expect((1...2).contains(Self.grave(scene, configuration).count))
        }
    }

    @Test(arguments: [Player.bob.mac, "02:aa:00:00:00:99"], [toAlice, toAll])
    func `a trusted station's address as the source hides no forger`(
        trusted: String, frames: [Step]
    ) throws {
        var configuration = DetectorConfiguration.withGateway
        configuration.trustedStations = [MACAddress(trusted) ?? .zero]
        let scene = Scene(
            "in a trusted name", [Self.known], forged: frames.map { $0.from(trusted) })
        let grave = Self.grave(scene, configuration)
        try #require(!grave.isEmpty)
        #expect(grave.allSatisfy { $0.accused?.description != trusted })
    }

    @Test func `a flood in a trusted station's name is told`() {
        let bob = MACAddress(Player.bob.mac) ?? .zero
        let flood = (0..<250).map { number in
            let who = Player(mac: Player.mallory.mac, ip: "10.1.0.\(number)")
            return tells(Self.start + Int64(number) * 10, who, .alice)
                .from(Player.bob.mac)
        }
        let told = alerts(flood, DetectorConfiguration(trustedStations: [bob]))
        #expect(told.contains { $0.rule == .claimFlood })
    }

    @Test func `whom a trusted station speaks for is its own affair`() {
        let frames = (0..<12).map { number in
            let guest = Player(mac: "9c:b6:d0:00:00:\(10 + number)", ip: "10.0.0.\(100 + number)")
            return asks(Self.start + Int64(number) * 900, guest, for: Player.router.ip)
                .from(Player.bob.mac)
        }
        let scene = Scene("a bridge", [frames])
        #expect(scene.alerts().contains { $0.rule == .speaksForMany })
        let bob = MACAddress(Player.bob.mac) ?? .zero
        #expect(scene.alerts(DetectorConfiguration(trustedStations: [bob])).isEmpty)
    }
}
