// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let port = Player(mac: "c4:ad:34:10:20:30", ip: Player.router.ip)
private let shared = Player(mac: "00:00:5e:00:01:01", ip: Player.router.ip)
private let forger = Player(mac: "02:11:22:33:44:55", ip: Player.router.ip)

/// An owner that was only heard to ask, in whose name others speak under their own source.
struct AskingOwnerTests {
    private static let configurations = [DetectorConfiguration(), .withGateway]

    private static let start =
        exchange(0, .alice, .bob) + exchange(1_000, .mallory, .bob) + exchange(2_000, .bob, .alice)

    private static func grave(
        _ steps: [Step], _ configuration: DetectorConfiguration
    ) -> [Alert] {
        alerts(steps.sorted { $0.at < $1.at }, configuration).filter { $0.severity >= .high }
    }

    /// The truth about `owner`, told to one station or everybody under a source that is known.
    private static func words(
        _ count: Int, for owner: Player, at: Int64, toAll: Bool
    ) -> [Step] {
        let word = toAll ? announces(at, owner) : tells(at, owner, .alice)
        return word.from(Player.bob.mac).repeated(count, every: 1_000)
    }

    private static func heard(_ owner: Player) -> [Step] {
        exchange(4_000, Player(mac: owner.mac, ip: "10.0.0.2"), .bob)
            + asks(5_000, owner, for: Player.bob.ip).repeated(4, every: 2_000)
    }

    /// The port asks, and the virtual router answers through it, or announces so in a `turn`.
    private static func virtual(announcedIn turn: Int?) -> [Step] {
        (0..<14).flatMap { round -> [Step] in
            let at = 20_000 + Int64(round) * 10_000
            let answer = tells(at + 1, shared, .alice).from(port.mac)
            let announced = announces(at + 3_000, shared).from(port.mac)
            return [asks(at, .alice, for: shared.ip), answer]
                + (round == turn ? [announced] : []) + [asks(at + 5_000, port, for: Player.bob.ip)]
        }
    }

    @Test(arguments: [12_500, 47_000] as [Int64], [false, true])
    func `a word in its port's name accuses neither a virtual router nor the port`(
        time: Int64, toAll: Bool
    ) {
        let word = Self.words(1, for: port, at: time, toAll: toAll)
        for configuration in Self.configurations {
            for turn in [nil, 5] {
                let steps = Self.start + Self.heard(port) + word + Self.virtual(announcedIn: turn)
                let told = Self.grave(steps, configuration)
                #expect(told.allSatisfy { $0.accused == nil }, "\(told.map(\.explanation))")
            }
        }
    }

    /// A forger answers for the owner, which asks on.
    private static let answered = (0..<12).flatMap { round -> [Step] in
        let at = 30_000 + Int64(round) * 9_000
        return exchange(at, forger, .alice) + [asks(at + 4_000, .router, for: Player.bob.ip)]
    }

    @Test(arguments: [1, 3], [15_000, 32_000] as [Int64])
    func `words for an owner with a second address do not accuse it, whoever answers`(
        count: Int, time: Int64
    ) {
        for toAll in [false, true] {
            let words = Self.words(count, for: .router, at: time, toAll: toAll)
            let steps = Self.start + Self.heard(.router) + words + Self.answered
            let told = Self.grave(steps, DetectorConfiguration())
            let atGateway = Self.grave(steps, .withGateway)
            #expect(!atGateway.isEmpty)
            #expect(
                (told + atGateway).allSatisfy { $0.accused?.description != Player.router.mac })
        }
    }

    @Test func `a forger that is heard first is named, though it asks once and others whisper`() {
        let asRouter = Player.mallory.claiming(.router)
        let rounds = (0..<8).flatMap { round -> [Step] in
            let at = 13_000 + Int64(round) * 9_000
            return [tells(at, asRouter, .alice).from(Player.bob.mac)]
                + exchange(at + 5_000, .router, .bob)
        }
        let first = asks(8_000, asRouter, for: Player.bob.ip)
        let told = Self.grave(Self.start + [first] + rounds, .withGateway)
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }

    // MARK: - Whispers of its own

    private static let secondAddress = exchange(
        4_000, Player(mac: Player.router.mac, ip: "10.0.0.2"), .bob)

    @Test(arguments: [Player.bob.mac, "02:de:ad:be:ef:01"], configurations)
    func `a forger that is heard first and once wears a source is named, and not the owner`(
        source: String, configuration: DetectorConfiguration
    ) {
        let first = [
            tells(7_000, forger, .alice).from(source), asks(8_000, forger, for: Player.bob.ip),
        ]
        let rounds = (0..<10).flatMap { round -> [Step] in
            let at = 13_000 + Int64(round) * 12_000
            return [asks(at, .router, for: Player.bob.ip)] + exchange(at + 2_000, .router, .bob)
                + [tells(at + 7_000, forger, .alice)]
        }
        let told = Self.grave(Self.start + Self.secondAddress + first + rounds, configuration)
        #expect(told.contains { $0.accused?.description == forger.mac })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }

    @Test(arguments: configurations)
    func `an owner that whispered once is not accused of what others whisper for it`(
        configuration: DetectorConfiguration
    ) {
        let own = asks(5_000, .router, for: Player.bob.ip).repeated(4, every: 2_000)
        let whispers =
            [tells(14_000, .router, .alice)]
            + tells(16_000, .router, .mallory).from(Player.bob.mac).repeated(2, every: 2_000)
        let taken = (0..<10).flatMap { round -> [Step] in
            let at = 30_000 + Int64(round) * 17_000
            return [announces(at, forger), asks(at + 3_000, .router, for: Player.bob.ip)]
        }
        let told = Self.grave(Self.start + own + whispers + taken, configuration)
        #expect(!told.isEmpty && told.allSatisfy { $0.accused == nil })
    }
}
