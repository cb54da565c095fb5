// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let port = Player(mac: "c4:ad:34:10:20:30", ip: Player.router.ip)
private let shared = Player(mac: "00:00:5e:00:01:01", ip: Player.router.ip)

/// A virtual router whose adverts are not captured: its port asks in the address's name under its
/// own hardware address, and answers there in the router's name (RFC 5798, section 8.1.2).
struct VirtualRouterTests {
    private static let configurations = [DetectorConfiguration(), .withGateway]

    private static let start = exchange(0, .alice, .bob) + exchange(1_000, .mallory, .bob)

    private static func answers(_ at: Int64, _ listener: Player = .alice) -> Step {
        tells(at, shared, listener).from(port.mac)
    }

    /// The port asks, and the router is asked and answers, round after round; the capture lacks the
    /// questions of those that are `lost`.
    private static func rounds(_ count: Int, lost: Set<Int> = []) -> [Step] {
        (0..<count).flatMap { round -> [Step] in
            let at = 20_000 + Int64(round) * 30_000
            let question = lost.contains(round) ? [] : [asks(at, .alice, for: shared.ip)]
            return [asks(at - 15_000, port, for: Player.bob.ip)] + question + [answers(at + 1)]
        }
    }

    private static func scene(_ name: String, _ first: [Step], _ rounds: [Step]) -> Scene {
        Scene(name, [start, first, rounds], withNetwork: false)
    }

    static let honest = [
        scene("announced by the router itself", [announces(3_000, shared)], rounds(12)),
        scene("announced by the port", [announces(3_000, shared).from(port.mac)], rounds(12)),
        scene("an answer whose question came before", [answers(3_000, .bob)], rounds(12)),
        scene("a port that is heard first", [], rounds(12)),
        scene("a question lost in the middle", [], rounds(12, lost: [6])),
        scene("a question lost now and then", [], rounds(24, lost: [4, 9, 14, 19])),
    ]

    @Test(arguments: honest, configurations)
    func `a virtual router that answers through its port is a conflict at most`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        let told = scene.alerts(configuration)
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.severity < .high })
    }

    @Test(arguments: configurations)
    func `who whispers as a virtual router more than it is asked is told`(
        configuration: DetectorConfiguration
    ) {
        let told = alerts(Self.start + Self.rounds(12, lost: [2, 4, 6, 8, 10]), configuration)
        #expect(told.contains { $0.rule == .toldAgainstOwner && $0.severity == .high })
    }
}
