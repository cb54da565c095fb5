// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Wireless stations that sleep, and tell their router every half a minute, unasked, that they are
/// there.
struct KeepAliveTests {
    private static let phone = Player(mac: "ac:5f:3e:00:01:30", ip: "10.0.0.130")
    private static let asPhone = Player.mallory.claiming(phone)

    /// Asks for the router as all do that join, and is asked by it once.
    private static func joins(_ who: Player) -> [Step] {
        exchange(2_000, .router, who)
            + [
                asks(9_000, .router, for: who.ip, to: who.mac),
                tells(9_001, who, .router),
            ]
    }

    private static func keepsAlive(_ who: Player) -> [Step] {
        tells(60_000, who, .router).repeated(20, every: 30_000)
    }

    @Test(arguments: [DetectorConfiguration(), .withGateway])
    func `who keeps its router's memory fresh is not told`(configuration: DetectorConfiguration) {
        let steps = Self.joins(Self.phone) + Self.keepsAlive(Self.phone)
        let scene = Scene("a phone sleeps", [steps])
        #expect(scene.alerts(configuration).map(\.rule) == [])
    }

    static let attacks = [
        Scene(
            "it never asked everybody", [Array(joins(asPhone).dropFirst()), keepsAlive(asPhone)]),
        Scene("it never answered", [exchange(2_000, .router, asPhone), keepsAlive(asPhone)]),
        Scene(
            "it has another address",
            [exchange(3_000, .router, .mallory), joins(asPhone), keepsAlive(asPhone)]),
        Scene(
            "the owner is there",
            [exchange(1_000, .router, phone), joins(asPhone), keepsAlive(asPhone)]),
        Scene("it is the gateway", [joinsAsRouter, whispersAsRouter], withNetwork: false),
    ]

    private static let asRouter = Player.mallory.claiming(.router)
    private static let joinsAsRouter =
        exchange(2_000, .bob, asRouter) + exchange(5_000, asRouter, .bob)
        + exchange(9_000, .alice, .bob)
    private static let whispersAsRouter = tells(60_000, asRouter, .alice)
        .repeated(20, every: 30_000)

    @Test(arguments: attacks)
    func `whoever else tells the same on and on, unasked, is told`(scene: Scene) {
        #expect(scene.alerts(.withGateway).contains { $0.severity >= .high })
    }
}
