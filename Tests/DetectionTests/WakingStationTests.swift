// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Stations that wake up and ask the routers of former networks, one by one (RFC 4436).
struct WakingStationTests {
    private static let phone = Player(mac: "3e:01:12:34:56:01", ip: "10.0.0.150")
    private static let tablet = Player(mac: "3e:02:12:34:56:01", ip: "10.0.0.151")
    private static let elsewhere = Player(mac: "74:83:c2:01:02:03", ip: "10.0.0.1")

    /// Every forty seconds each asks twice under an address of a former network, and then under
    /// its own.
    private static func wakes(_ who: Player, as former: String, from start: Int64) -> [Step] {
        (0..<8).flatMap { round -> [Step] in
            let at = start + Int64(round) * 40_000
            let before = Player(mac: who.mac, ip: former)
            let look = asks(at, before, for: elsewhere.ip, to: elsewhere.mac)
            return [look, look.later(300), announces(at + 1_400, who)]
                + exchange(at + 2_600, .router, who)
        }
    }

    static let scenes = [
        Scene(
            "two had the same address before, each in a network of its own",
            [
                wakes(phone, as: "172.20.10.2", from: 2_000),
                wakes(tablet, as: "172.20.10.2", from: 9_000),
            ]),
        Scene("it is another station's here", [wakes(phone, as: Player.alice.ip, from: 2_000)]),
        Scene(
            "it is another station's here, which speaks later",
            [
                wakes(phone, as: "10.0.0.77", from: 12_000),
                exchange(50_000, Player(mac: "d4:3d:7e:aa:01:01", ip: "10.0.0.77"), .alice),
            ]),
    ]

    @Test(arguments: scenes, [DetectorConfiguration(), .withGateway])
    func `who asks a station that is not here claims nothing`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        #expect(scene.alerts(configuration).map(\.rule) == [])
    }

    /// Questions in the name of Alice's address, and in that of the router.
    private static func forges(_ victim: Player, _ claimed: Player) -> [Step] {
        asks(20_400, Player.mallory.claiming(claimed), for: victim.ip, to: victim.mac)
            .repeated(15, every: 2_000)
    }

    private static let silent = Player(mac: "00:17:c8:00:00:99", ip: "10.0.0.99")

    /// Questions to a card of the router, which answers by another one.
    private static let toCard = (0..<3).flatMap { (round: Int64) -> [Step] in
        let (at, forged) = (20_400 + round * 5_000, Player.mallory.claiming(.alice))
        let question = asks(at, forged, for: Player.router.ip, to: "00:3a:9c:11:00:01")
        return [question, tells(at + 1, .router, forged)]
    }

    static let attacks = [
        Scene("to a card of one that answers by another", [], forged: toCard),
        Scene("on and on, to one that is silent", [], forged: forges(silent, .alice)),
        Scene("once to a station that speaks", [], forged: [forges(.bob, .alice)[0]]),
        Scene("once as the router, to a silent one", [], forged: [forges(silent, .router)[0]]),
        Scene(
            "to one that speaks late", [exchange(30_000, .router, silent)],
            forged: forges(silent, .alice)),
    ]

    @Test(arguments: attacks)
    func `who asks one station in another's name is told as soon as that one was heard`(
        scene: Scene
    ) {
        #expect(!scene.alerts(.withGateway).isEmpty)
    }

    /// The router here is asked three times at once under a former lease, of which only the answers
    /// are seen.
    private static func answered(_ times: [Int64]) -> [Step] {
        times.flatMap { at in
            tells(at, .router, phone.claiming(.alice)).repeated(3, every: 110)
        }
    }

    @Test func `who wakes twice is no poisoned station where only the answers are seen`() {
        let twice = Scene("twice", [Self.answered([15_000, 45_000])]).alerts()
        #expect(twice.allSatisfy { $0.severity < .high }, "\(twice.map(\.rule))")
        let often = Scene("often", [Self.answered([12_000, 24_000, 36_000])]).alerts()
        #expect(often.contains { $0.rule == .poisonedPeer && $0.severity >= .high })
    }

    @Test func `the watching machine is there, though it never speaks`() {
        var watching = DetectorConfiguration()
        watching.ownStations = [Self.silent.known.mac]
        let scene = Scene("one question", [Array(Self.forges(Self.silent, .alice).prefix(1))])
        #expect(!scene.alerts(watching).isEmpty)
        #expect(scene.alerts().isEmpty)
    }
}
