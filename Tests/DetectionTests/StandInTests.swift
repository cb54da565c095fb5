// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Stations that stand in for several others: what they do for one tells nothing of another.
struct StandInTests {
    private static let extender = Player(mac: "50:c7:bf:e0:00:01", ip: "10.0.0.240")
    private static let known =
        exchange(900, extender, .alice) + exchange(1_100, .alice, .bob)
        + exchange(1_300, .bob, extender)

    /// Alice and Bob announce themselves behind an extender that wears one address for both.
    private static let moved =
        known + [
            announces(15_000, extender.claiming(.bob)),
            announces(16_000, extender.claiming(.alice)),
        ]

    @Test(arguments: [DetectorConfiguration(), .withGateway])
    func `what a station behind a bridge asks for is none of the bridge's questions`(
        configuration: DetectorConfiguration
    ) {
        let passed = asks(18_000, Self.extender.claiming(.bob), for: Player.alice.ip)
        let honest = Scene("passed on", [Self.moved, [passed]], withNetwork: false)
        #expect(!honest.alerts(configuration).contains { $0.rule == .asksForItsClaim })
        let own = asks(18_000, Self.extender, for: Player.alice.ip)
        let forger = Scene("for itself", [Self.moved, [own]], withNetwork: false)
        #expect(forger.alerts(configuration).contains { $0.rule == .asksForItsClaim })
    }

    private static let node = Player(mac: "0c:c4:7a:01:0a:51", ip: "10.0.0.41")
    private static let services = (1...3).map { "10.0.0.5\($0)" }

    /// A node takes one service address after the other from those who have them, and each is
    /// announced back a while later.
    private static func rollout(_ owners: [Player]) -> Scene {
        let steps = zip(services, owners).enumerated().flatMap { index, pair -> [Step] in
            let owner = Player(mac: pair.1.mac, ip: pair.0)
            let taker = Player(mac: node.mac, ip: pair.0)
            let at = 10_000 + Int64(index) * 25_000
            return [
                announces(Int64(index) * 500 + 3_000, owner), announces(at, taker),
                announces(at + 15_000, owner),
            ]
        }
        return Scene("\(owners.count)", [exchange(2_000, node, .router), steps])
    }

    @Test func `a node that takes many addresses over and says so thrice is no attack`() {
        func held(_ number: Int64, by mac: String) -> Player {
            Player(mac: mac, ip: "10.1.0.\(number % 140)")
        }
        let before = (0..<140).flatMap { (number: Int64) in
            exchange(1_000 + number * 20, held(number, by: "00:25:90:00:00:44"), .bob)
        }
        let taken = (0..<420).map { (number: Int64) in
            announces(33_300 + number * 10, held(number, by: Self.node.mac))
        }
        let first = announces(30_000, Player(mac: Self.node.mac, ip: "10.1.1.1"))
        let told = Scene("taken over", [before, [first], taken]).alerts()
        #expect(told.contains { $0.rule == .claimFlood })
        #expect(told.allSatisfy { $0.severity < .high }, "\(told.map(\.rule))")
    }

    @Test func `a partner that takes its addresses back one by one is one owner`() {
        let partners = Self.rollout([.alice, .bob, .alice]).alerts()
        #expect(partners.allSatisfy { $0.severity < .high }, "\(partners.map(\.rule))")
    }
}
