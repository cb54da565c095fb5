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

    static let attacks = [
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
