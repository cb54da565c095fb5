// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What somebody says in an owner's name under a source that anybody can wear: it leads to nobody,
/// and anybody can invent the owner as well.
struct InventedOwnerTests {
    private static let watcher = Player(mac: "02:00:00:00:00:09", ip: "10.0.0.9")
    private static let trusting: DetectorConfiguration = {
        var configuration = DetectorConfiguration.withGateway
        configuration.trustedStations = [MACAddress(watcher.mac) ?? .zero]
        return configuration
    }()

    private static let known =
        exchange(0, .router, .alice) + exchange(1_000, .mallory, .bob)
        + exchange(2_000, .router, .bob) + exchange(3_000, .bob, .alice)
        + exchange(4_000, watcher, .alice) + exchange(5_000, .alice, .bob)

    private static func told(_ steps: [Step], _ configuration: DetectorConfiguration) -> [Alert] {
        alerts(steps.sorted { $0.at < $1.at }, configuration).filter { $0.severity >= .high }
    }

    // MARK: - Without end

    private static let invented = (0..<140).map { player($0, "0a:11:22:33", in: 1) }

    private static func player(_ number: Int, _ prefix: String, in network: Int) -> Player {
        let (turn, octet) = (number / 90, 10 + number % 90)
        return Player(mac: "\(prefix):0\(turn):\(octet)", ip: "10.0.\(network + turn).\(octet)")
    }

    /// Each invention asks or `answers` as owners do, and then somebody whispers in its name.
    private static func inventions(answers: Bool, source: (Int) -> Player) -> [Step] {
        invented.enumerated().flatMap { number, who -> [Step] in
            let at = 20_000 + Int64(number) * 12_000
            let speaker = source(number)
            let own =
                answers
                ? exchange(at + 1, who, .mallory) : [asks(at + 1, who, for: Player.bob.ip)]
            return [asks(at, speaker, for: Player.alice.ip)] + own
                + tells(at + 3_000, who, .alice).from(speaker.mac).repeated(3, every: 2_000)
        }
    }

    @Test(arguments: [true, false])
    func `owners that somebody invents under a trusted source are told twice`(answers: Bool) {
        let steps = Self.inventions(answers: answers) { _ in Self.watcher }
        let told = Self.told(Self.known + steps, Self.trusting)
        #expect(told.count { $0.rule == .repeatedUnsolicited } == 2)
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.accused == nil || !answers })
    }

    @Test func `inventions hide neither who takes an address nor what is said of the gateway`() {
        let attack = tells(1_800_000, .mallory.claiming(.bob), .alice).repeated(8, every: 2_000)
        let truth = tells(1_830_000, .router, .alice).from(Self.watcher.mac)
            .repeated(3, every: 2_000)
        let steps = Self.inventions(answers: true) { _ in Self.watcher } + attack + truth
        let told = Self.told(Self.known + steps, Self.trusting)
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.contains { $0.accused == nil && $0.isGateway })
    }
}
