// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What comes from another source than the station it speaks for: forgers, ports, controllers and
/// bridges do so, and anybody can in anybody's name.
struct OthersNameTests {
    private static let invented = "02:de:ad:be:ef:01"
    private static let configurations = [DetectorConfiguration(), .withGateway]

    private static let known =
        exchange(0, .router, .alice) + exchange(1_000, .mallory, .bob)
        + exchange(2_000, .router, .bob) + exchange(3_000, .bob, .alice)

    /// Mallory tells everybody that it has an address, whose owner answers now and then.
    private static func takes(_ victim: Player, _ at: Int64) -> [Step] {
        (0..<8).flatMap { round -> [Step] in
            let at = at + Int64(round) * 5_000
            let answer = round % 3 == 2 ? exchange(at + 2_000, victim, .alice) : []
            return [announces(at, .mallory.claiming(victim))] + answer
        }
    }

    private static func told(_ steps: [Step], _ configuration: DetectorConfiguration) -> [Alert] {
        alerts(steps.sorted { $0.at < $1.at }, configuration)
    }

    // MARK: - In an owner's name

    @Test(arguments: [9_000, 18_000, 33_000] as [Int64], configurations)
    func `who tells the truth in an owner's name puts no blame on it`(
        at: Int64, configuration: DetectorConfiguration
    ) {
        let truth = tells(at, .router, .bob).from(Self.invented)
        let told = Self.told(Self.known + [truth] + Self.takes(.router, 10_000), configuration)
        let grave = told.filter { $0.severity >= .high }
        #expect(!grave.isEmpty)
        #expect(grave.allSatisfy { $0.accused?.description == Player.mallory.mac })
    }

    @Test(arguments: configurations)
    func `however often somebody whispers in an owner's name, it is not accused`(
        configuration: DetectorConfiguration
    ) {
        let truth = tells(10_000, .router, .alice).from(Self.invented).repeated(600, every: 200)
        let told = Self.told(Self.known + truth + Self.takes(.router, 140_000), configuration)
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }

    // MARK: - Answers

    @Test func `an answer that another station gives for who was asked is no forgery`() {
        let desk = Player(mac: "3c:52:82:00:00:09", ip: "10.0.0.77")
        let phone = Player(mac: "70:85:c2:00:00:55", ip: desk.ip)
        let steps = (0..<6).flatMap { round -> [Step] in
            let at = Int64(round) * 20_000
            return exchange(at, desk, .alice)
                + [tells(at + 2, phone, .alice).from("00:1a:1e:11:22:33")]
        }
        let told = alerts(steps)
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.severity < .high })
    }
}
