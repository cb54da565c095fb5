// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Attacks in which much speaks against the owner at first sight: only the forger is accused.
struct TrueOwnerTests {
    private static let configurations = [DetectorConfiguration(), .withGateway]
    private static let gateway = Player.router.ip
    private static let asGateway = Player.mallory.claiming(.router)
    private static let asAlice = Player.mallory.claiming(.alice)
    private static let own = exchange(5_850, .router, .mallory) + exchange(6_900, .mallory, .router)

    /// What arpspoof sends every two seconds: to one victim, or to both.
    private static func poison(_ times: Range<Int64>, twoWay: Bool) -> [Step] {
        times.flatMap { round -> [Step] in
            let at = round * 2_000 + 400
            let back = twoWay ? [tells(at + 1, asAlice, .router)] : []
            return [tells(at, asGateway, .alice)] + back
        }
    }

    /// How it puts the victims' memory right at its end, from its own hardware address.
    private static func restores(_ start: Int64, twoWay: Bool) -> [Step] {
        (0..<3).flatMap { round -> [Step] in
            let at = start + Int64(round) * 1_000
            let back = twoWay ? [tells(at + 1, .alice, .router).from(Player.mallory.mac)] : []
            return [tells(at, .router, .alice).from(Player.mallory.mac)] + back
        }
    }

    /// Others ask for the router, and the victim makes sure of it.
    private static let life = (1..<8).flatMap { round -> [Step] in
        let at = Int64(round) * 5_000
        let sure = asks(at + 2_000, .alice, for: gateway, to: Player.router.mac)
        return exchange(at, .router, .bob) + [sure, tells(at + 2_001, .router, .alice)]
    }

    /// What a port shows that sees nothing but what the victim sends and gets.
    private static let victimView = (1..<5).map { round in
        asks(Int64(round) * 9_000 + 300, .alice, for: gateway, to: asGateway.mac)
    }

    static let middles = [
        Scene(
            "both sides",
            [poison(0..<10, twoWay: true), own, life, restores(21_000, twoWay: true)],
            withNetwork: false),
        Scene(
            "one side", [poison(0..<10, twoWay: false), life, restores(21_000, twoWay: false)],
            withNetwork: false),
        Scene(
            "the victim's port",
            [poison(0..<18, twoWay: false), victimView, restores(37_000, twoWay: false)],
            withNetwork: false),
    ]

    @Test(arguments: middles, configurations)
    func `who cleans up after an attack in which a capture began is told, and no owner`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        let told = scene.alerts(configuration)
        #expect(told.contains { $0.rule == .restore })
        #expect(told.contains { $0.severity >= .high })
        expectMalloryAlone(told)
    }

    private static let shared = Player(mac: "00:00:5e:00:01:33", ip: gateway)
    private static let port = Player(mac: "c4:ad:34:10:20:30", ip: "10.0.0.2")
    private static let group = Player(mac: shared.mac, ip: port.ip)

    /// A virtual router that advertises, answers, and asks by its own hardware address, or by that
    /// of its port.
    private static func reigns(_ asking: Player) -> [Step] {
        let adverts = (0..<60).map { advertises(Int64($0) * 1_000, group, gateway) }
        let talk = (0..<12).flatMap { round -> [Step] in
            let at = 100 + Int64(round) * 5_000
            return exchange(at, shared, .alice) + exchange(at + 1_700, shared, .bob)
                + exchange(at + 3_100, .bob, Player(mac: asking.mac, ip: gateway))
        }
        return adverts + talk + exchange(50, port, .bob) + exchange(31_000, port, .alice)
    }

    private static func poisoned(
        _ name: String, _ asking: Player, from start: Int64,
        _ forges: (Int64) -> Step = { tells($0, asGateway, .alice) }
    ) -> Scene {
        let forged = (0..<15).map { forges(start + Int64($0) * 2_000) }
        return Scene(
            name, [reigns(asking).filter { $0.at >= 20_000 || start > 1_000 }], forged: forged,
            withNetwork: false)
    }

    static let virtual = [
        poisoned("a virtual router", shared, from: 22_400),
        poisoned("whose port asks", port, from: 22_400),
        poisoned("the attack was there first", shared, from: 0),
        poisoned("the attack was there first, for everybody", shared, from: 0) {
            announces($0, asGateway)
        },
    ]

    @Test(arguments: virtual, configurations)
    func `a virtual router whose address is taken is not accused`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        let told = scene.alerts(configuration)
        #expect(told.contains { $0.severity >= .high })
        expectMalloryAlone(told)
    }

    /// Everybody is told on and on, and the owner answers whoever asks.
    private static func announced(_ name: String, by who: Player, answering: [Step]) -> Scene {
        let told = (0..<30).map { announces(Int64($0) * 2_000, who) }
        return Scene(name, [told, answering, life], withNetwork: false)
    }

    private static let answers = (0..<5).flatMap { exchange(900 + $0 * 12_000, .router, .bob) }
    private static let ownAnswers = (0..<10).flatMap {
        exchange(1_500 + $0 * 6_000, asGateway, .alice)
    }

    @Test func `who goes on to announce and never answers is told, though heard first`() {
        let told = Self.announced("forged", by: Self.asGateway, answering: Self.answers).alerts()
        #expect(told.contains { $0.rule == .repeatedUnsolicitedAlone && $0.severity == .high })
        expectMalloryAlone(told)
        // One that answers may be the other side of an honest conflict.
        let both = Self.answers + Self.ownAnswers
        let conflict = Self.announced("a conflict", by: Self.asGateway, answering: both).alerts()
        #expect(conflict.allSatisfy { $0.rule != .repeatedUnsolicitedAlone })
    }

    private func expectMalloryAlone(_ told: [Alert]) {
        for alert in told where alert.severity >= .high || alert.rule == .restore {
            let accused = alert.accused?.description ?? Player.mallory.mac
            #expect(accused == Player.mallory.mac, "\(alert.rule)")
        }
    }
}
