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
    ]

    /// Who wears a virtual router's address answers `questions` of a station that it invents, and
    /// then whispers to one after the other, under `source`.
    private static func whispers(_ questions: Int64, source: Player) -> [Step] {
        let stooge = Player(mac: "0a:77:66:55:44:33", ip: "10.0.0.77")
        return (0..<12).flatMap { round -> [Step] in
            let at = 20_000 + Int64(round) * 60_000
            let victim = Player(mac: "a4:5e:60:00:11:\(30 + round)", ip: "10.0.0.\(30 + round)")
            let asked = (0..<questions).flatMap { exchange(at + $0 * 1_000, shared, stooge) }
            let told = asked.enumerated().map { index, step in
                index % 2 == 0 ? step : step.from(source.mac)
            }
            return [asks(at - 5_000, port, for: Player.bob.ip)] + told
                + [tells(at + 45_000, shared, victim).from(source.mac)]
        }
    }

    static let forged = [
        scene("under its port's source", [], whispers(4, source: port)),
        scene("under its port's source, seldom", [], whispers(40, source: port)),
        scene("two questions lost", [], rounds(12, lost: [4, 9])),
    ]

    @Test(arguments: honest, configurations)
    func `a virtual router that answers through its port is a conflict at most`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        let told = scene.alerts(configuration)
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.severity < .high })
    }

    @Test(arguments: forged, configurations)
    func `who whispers as a virtual router a second time is told`(
        scene: Scene, configuration: DetectorConfiguration
    ) {
        #expect(scene.alerts(configuration).contains { $0.severity >= .high })
    }

    @Test(arguments: [Int64(4), 40], [0, 1, 12])
    func `who whispers as a virtual router from its own source is told`(
        questions: Int64, times: Int
    ) {
        let steps = Self.whispers(questions, source: shared)
        let whispers = steps.filter { $0.at % 60_000 == 5_000 }.prefix(times)
        let silent = steps.filter { $0.at % 60_000 != 5_000 }
        let told = Self.scene("", silent, Array(whispers)).alerts(.withGateway)
        #expect(!told.isEmpty && told.contains { $0.severity >= .high } == (times > 0))
    }

    // MARK: - Whispers with pauses

    private static let stooge = Player(mac: "0a:77:66:55:44:33", ip: "10.0.0.77")

    /// Somebody answers an invented station in the router's name, now and then, and the port asks;
    /// with `isRouterLast` it is the router that was heard last when the next contest begins.
    private static func contested(_ at: Int64, whispers: Bool, isRouterLast: Bool) -> [Step] {
        let whisper = whispers ? [answers(at + 2_000, .bob)] : []
        let answered = (0..<7).flatMap { turn -> [Step] in
            let at = at + Int64(turn) * 10_000
            let back = turn == 0 ? [] : [asks(at + 6_000, port, for: Player.bob.ip)]
            return [asks(at, stooge, for: shared.ip), answers(at + 1, stooge)] + back
        }
        let last =
            isRouterLast
            ? [asks(at + 70_000, .alice, for: shared.ip), answers(at + 70_001)]
            : [asks(at + 90_000, port, for: Player.bob.ip)]
        let quiet = last.flatMap { $0.repeated(4, every: 25_000) }.sorted { $0.at < $1.at }
        return answered + whisper + quiet
    }

    /// Contests with pauses between, in some of which the router whispers.
    private static func contests(_ whispers: [Bool], isRouterLast: Bool = false) -> [Step] {
        [asks(5_000, port, for: Player.bob.ip)]
            + whispers.enumerated().flatMap {
                contested(
                    20_000 + Int64($0) * 210_000, whispers: $1, isRouterLast: isRouterLast)
            }
    }

    @Test(arguments: [[true, true], [true, false, false, true]], [false, true])
    func `who whispers as a virtual router again after a pause is told`(
        whispers: [Bool], isRouterLast: Bool
    ) {
        let once = whispers.enumerated().map { $0 == 0 && $1 }
        for (whispers, isTold) in [(once, false), (whispers, true)] {
            let steps = Self.contests(whispers, isRouterLast: isRouterLast)
            for configuration in Self.configurations {
                let told = Self.scene("", [], steps).alerts(configuration)
                #expect(!told.isEmpty && told.contains { $0.severity >= .high } == isTold)
            }
        }
    }

    @Test(arguments: [false, true], configurations)
    func `a virtual router's port may whisper again an hour later`(
        isRouterLast: Bool, configuration: DetectorConfiguration
    ) {
        let whispers = [true] + [Bool](repeating: false, count: 18) + [true]
        let steps = Self.contests(whispers + whispers.dropFirst(), isRouterLast: isRouterLast)
        let told = Self.scene("", [], steps).alerts(configuration)
        #expect(!told.isEmpty && told.allSatisfy { $0.severity < .high })
    }

    @Test(arguments: configurations)
    func `others that claim the address hide no virtual router that whispers again`(
        configuration: DetectorConfiguration
    ) {
        let crowd = (0..<3).flatMap { number -> [Step] in
            let other = Player(mac: "0a:77:66:55:44:4\(number)", ip: shared.ip)
            let at = 84_000 + Int64(number) * 4_000
            let back = asks(at + 2_000, port, for: Player.bob.ip)
            return [asks(at, other, for: Player.bob.ip), back]
        }
        let asked = asks(100_000, Self.stooge, for: shared.ip)
        let again = [asked, Self.answers(100_001, Self.stooge)]
        let first = Self.contests([true]).filter { $0.at < 84_000 }
        for isAgain in [false, true] {
            let whisper = isAgain ? [Self.answers(103_000, .bob)] : []
            let back = asks(106_000, port, for: Player.bob.ip)
            let more = again.map { $0.later(10_000) } + [back.later(10_000)]
            let steps = first + crowd + again + whisper + [back] + more
            let told = Self.scene("", [], steps).alerts(configuration)
            #expect(!told.isEmpty && told.contains { $0.rule == .contestedByForger } == isAgain)
        }
    }

    @Test(arguments: configurations)
    func `who whispers as a virtual router more than it is asked is told`(
        configuration: DetectorConfiguration
    ) {
        let told = alerts(Self.start + Self.rounds(12, lost: [2, 4, 6, 8, 10]), configuration)
        #expect(told.contains { $0.rule == .toldAgainstOwner && $0.severity == .high })
    }
}
