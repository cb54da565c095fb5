// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Devices that all start under the address of their factory: a conflict, not a flood and not
/// somebody who invents them.
struct FactoryAddressTests {
    private static let recorder = Player(mac: "ac:cc:8e:00:00:05", ip: "192.168.1.5")
    private static let gateway = Player(mac: "00:0d:b9:00:00:01", ip: "192.168.1.1")
    private static let factory = "192.168.1.64"

    private static func camera(_ number: Int) -> Player {
        Player(mac: "44:19:b6:31:\(10 + 31 * number % 89):\(10 + 53 * number % 89)", ip: factory)
    }

    /// The recorder looks for a camera, and all that are up answer.
    private static func looks(_ at: Int64, _ cameras: some Sequence<Int>) -> [Step] {
        [asks(at, recorder, for: factory)]
            + cameras.map { tells(at + 1 + Int64($0), camera($0), recorder) }
    }

    /// `count` cameras start `gap` milliseconds apart; the recorder looks for one every `pause`.
    private static func start(_ count: Int, gap: Int, pause: Int) -> Scene {
        Scene(
            "\(count) cameras start \(gap) ms apart, and are asked for every \(pause) ms",
            [exchange(0, gateway, recorder)]
                + (0..<count).map { number in
                    let at = Int64(5_000 + number * gap)
                    return announces(at, camera(number)).repeated(2, every: 1_000)
                        + exchange(at + 2_500, gateway, camera(number))
                }
                + stride(from: 6_000, to: 60_000, by: pause).map { at in
                    looks(Int64(at), (0..<count).filter { 5_000 + $0 * gap < at })
                }, withNetwork: false)
    }

    static let starts = [
        start(8, gap: 400, pause: 2_000), start(24, gap: 250, pause: 2_000),
        start(8, gap: 3_000, pause: 2_000), start(8, gap: 1_500, pause: 30_000),
    ]

    @Test(arguments: starts)
    func `they are a conflict`(_ scene: Scene) {
        let told = scene.alerts()
        #expect(told.filter { $0.severity >= .medium }.map(\.rule) == [.addressConflict])
    }

    /// Six cameras start `gap` ms apart while the first goes on to use the gateway: each announces
    /// itself, or does not, and asks for the gateway and the recorder.
    private static func useGateway(gap: Int, isAnnounced: Bool) -> Scene {
        let first = (0..<11).flatMap { exchange(2_500 + Int64($0) * 15_000, gateway, camera(0)) }
        return Scene(
            "cameras use the gateway as they start \(gap) ms apart, announced: \(isAnnounced)",
            [exchange(0, gateway, recorder), exchange(2_000, camera(0), recorder), first]
                + (1..<7).map { number in
                    let at = Int64(12_000 + number * gap)
                    let announced = announces(at, camera(number)).repeated(2, every: 1_000)
                    return (isAnnounced ? announced : [])
                        + exchange(at + 1_500, gateway, camera(number))
                        + [asks(at + 2_100, camera(number), for: recorder.ip)]
                }, withNetwork: false)
    }

    static let users = [8_000, 20_000, 25_000].flatMap { gap in
        [true, false].map { useGateway(gap: gap, isAnnounced: $0) }
    }

    @Test(arguments: users)
    func `those that go on to use the network are not invented`(_ scene: Scene) {
        let told = scene.alerts()
        #expect(told.allSatisfy { $0.severity < .high })
        #expect(told.contains { $0.rule == .addressConflict })
    }

    static let inventions = [400, 1_500].map { pause in
        Scene(
            "an invented station every \(pause) ms takes a camera's address",
            [
                exchange(0, gateway, recorder), exchange(5_000, gateway, camera(0)),
                (0..<12).flatMap { looks(6_000 + Int64($0) * 2_000, 0..<1) },
            ],
            forged: (1..<20).map { announces(8_500 + Int64($0 * pause), camera($0)) },
            withNetwork: false)
    }

    @Test(arguments: inventions)
    func `stations that are heard once are invented`(_ scene: Scene) throws {
        let alert = try #require(scene.alerts().first { $0.severity >= .high })
        #expect(alert.rule == .inventedClaimants)
        #expect(alert.claim?.mac.description != Self.camera(0).mac)
        #expect(try #require(scene.forgedUntilAlert()) <= 12)
    }

    @Test func `two dozen cameras do not stand for stations that rob others`() {
        let told = Self.start(24, gap: 250, pause: 2_000).alerts()
        #expect(told.filter { $0.rule == .newcomerFlood }.allSatisfy { $0.severity == .low })
    }
}
