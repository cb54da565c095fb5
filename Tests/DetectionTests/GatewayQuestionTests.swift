// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Who asks everybody in the gateway's name, and what staged answers and adverts are worth.
struct GatewayQuestionTests {
    private static let forger = Player(mac: "06:de:ad:00:00:01", ip: "10.0.0.1")
    private static let accomplice = Player(mac: "06:de:ad:00:00:77", ip: "10.0.0.77")

    /// A victim is asked in the gateway's name every other second, and answers.
    private static func questions(from start: Int64) -> [Step] {
        (0..<60).flatMap { exchange(start + $0 * 2_000, .alice, forger) }
    }

    /// A station that is off is asked for in the gateway's name, each second.
    private static func looks(from start: Int64) -> [Step] {
        asks(start, forger, for: Player.bob.ip).repeated(12, every: 1_000)
    }

    private static let before = exchange(400, .bob, .alice) + exchange(500, .router, .alice)

    /// The router goes, and another one comes and looks for a host that is off.
    private static let swap =
        before + [announces(100_000, forger)] + looks(from: 110_000)

    static let attacks = [
        Scene(
            "the router that seemed to be gone is heard again",
            [swap, exchange(121_500, .router, .alice)], forged: looks(from: 122_000),
            withNetwork: false),
        Scene(
            "the router was back, and the forger waits for a while",
            [swap, exchange(460_000, .router, .alice)],
            forged: [announces(600_000, forger)] + looks(from: 603_000), withNetwork: false),
        Scene(
            "it had another address long ago",
            [
                [announces(-7_200_000, Player(mac: forger.mac, ip: "10.0.0.67"))], before,
                [announces(14_000, forger)],
            ], forged: looks(from: 15_000), withNetwork: false),
        Scene(
            "it announced itself, and is answered",
            [exchange(500, .router, .bob), [announces(14_000, forger)]],
            forged: questions(from: 15_000), withNetwork: false),
        Scene(
            "it told nobody but by questions", [before],
            forged: looks(from: 15_000), withNetwork: false),
        Scene(
            "it told one station besides",
            [before, [announces(14_000, forger)]],
            forged: [tells(14_500, forger, .alice)] + looks(from: 15_000), withNetwork: false),
        Scene(
            "it has another address",
            [
                before,
                [announces(5_000, Player(mac: forger.mac, ip: "10.0.0.67"))],
                [announces(14_000, forger)],
            ], forged: looks(from: 15_000), withNetwork: false),
        Scene(
            "it answered an accomplice once",
            [
                exchange(500, .router, .bob),
                [
                    asks(14_000, accomplice, for: forger.ip, to: forger.mac),
                    tells(14_001, forger, accomplice),
                ],
            ], forged: questions(from: 15_000), withNetwork: false),
        Scene(
            "it was heard first, with one announcement",
            [[announces(500, forger)], exchange(20_000, .router, .bob)],
            forged: questions(from: 1_000), withNetwork: false),
    ]

    @Test(arguments: attacks)
    func `who asks on and on in the gateway's name is told as high`(scene: Scene) {
        let alerts = scene.alerts(.withGateway)
        let grave = alerts.filter { $0.severity >= .high }
        #expect(grave.contains { "\($0.accused, default: "")" == Self.forger.mac }, "\(alerts)")
    }

    @Test func `a router that was swapped quickly may look for a host that is off`() {
        let told = alerts(Self.swap, .withGateway).map { Verdict($0.rule, $0.severity) }
        #expect(
            told == [
                Verdict(.bindingChanged, .medium), Verdict(.repeatedUnsolicitedAlone, .medium),
            ])
    }

    /// A router took the place of another one; of many questions for it a capture lacks a few.
    @Test func `who answers for the gateway's address is not accused for lost questions`() {
        let heir = Player(mac: "00:0d:b9:00:00:02", ip: Player.router.ip)
        let asked = (0..<60).flatMap { round -> [Step] in
            let at = 30_000 + Int64(round) * 45_000
            let pair = [asks(at, .alice, for: heir.ip, to: heir.mac), tells(at + 1, heir, .alice)]
            return round % 12 == 7 ? [pair[1]] : pair
        }
        let scene = Scene(
            "heir",
            [
                exchange(500, .router, .bob), [announces(20_000, heir)],
                exchange(21_000, heir, .bob), asked,
            ], withNetwork: false)
        #expect(scene.alerts(.withGateway).allSatisfy { $0.severity < .high })
    }

    @Test func `a router that took another's place long ago may ask as owners do`() {
        let heir = Player(mac: "00:0d:b9:00:00:02", ip: Player.router.ip)
        let scene = Scene(
            "heir",
            [
                exchange(500, .router, .bob), [announces(20_000, heir)],
                exchange(21_000, heir, .bob),
                (0..<60).flatMap { exchange(7_200_000 + $0 * 2_000, .alice, heir) },
            ], withNetwork: false)
        #expect(scene.alerts(.withGateway).allSatisfy { $0.severity < .high })
    }
}
