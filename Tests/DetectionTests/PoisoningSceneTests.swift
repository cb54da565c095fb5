// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// More of what attackers do, in every form that a packet can take.
struct PoisoningSceneTests {
    private static let start: Int64 = 15_000
    private static let gateway = Player.router.ip
    private static let known = exchange(900, .mallory, .alice) + exchange(1_100, .alice, .mallory)
    private static let asRouter = Player.mallory.claiming(.router)
    private static let asAlice = Player.mallory.claiming(.alice)
    /// Each end is asked in the other's name, and answers.
    private static let questionsToBothEnds = (0..<10).flatMap { round -> [Step] in
        let at = start + Int64(round) * 2_000
        return [
            asks(at, asRouter, for: Player.alice.ip, to: Player.alice.mac),
            tells(at + 1, .alice, asRouter),
            asks(at + 10, asAlice, for: gateway, to: Player.router.mac),
            tells(at + 11, .router, asAlice),
        ]
    }
    private static let everybody = Player(mac: Frame.broadcast, ip: "10.0.0.255")

    /// The true owners are asked for and answer, as caches grow old.
    private static func ageing(_ count: Int, every pause: Int64) -> [Step] {
        (0..<count).flatMap { round -> [Step] in
            let at = start + 7_000 + Int64(round) * pause
            return exchange(at, .router, .bob) + exchange(at + 900, .alice, .bob)
        }
    }

    private static let forms = [
        Scene(
            "one answer a minute",
            [known, ageing(8, every: 50_000)],
            forged: tells(start, asRouter, .alice).repeated(8, every: 60_000)),
        Scene(
            "an answer to everybody, twice a second",
            [known, ageing(8, every: 5_000)],
            forged: tells(start, asRouter, everybody).repeated(60, every: 500)),
        Scene(
            "an answer to everybody that leaves its target open",
            [known, ageing(8, every: 5_000)],
            forged: tells(start, asRouter, Player(mac: Frame.unknown, ip: "0.0.0.0"))
                .to(Frame.broadcast).repeated(30, every: 1_000)),
        Scene(
            "an answer to one that leaves its target open",
            [known, ageing(4, every: 5_000)],
            forged: tells(start, asRouter, Player(mac: Frame.unknown, ip: "0.0.0.0"))
                .to(Player.alice.mac).repeated(20, every: 1_000)),
        Scene(
            "an announcement that goes to one alone",
            [known, ageing(4, every: 5_000)],
            forged: announces(start, asRouter).to(Player.alice.mac).repeated(20, every: 1_000)),
        Scene(
            "an announcement by answer that goes to one alone",
            [known, ageing(4, every: 5_000)],
            forged: tells(start, asRouter, Player(mac: Player.alice.mac, ip: gateway))
                .repeated(20, every: 1_000)),
        Scene(
            "questions to both ends, which they answer",
            [known],
            forged: questionsToBothEnds),
        Scene(
            "one third station is told to both, whose frames come from elsewhere",
            [known],
            forged: (0..<8).flatMap { round -> [Step] in
                let at = start + Int64(round) * 1_500
                return [
                    tells(at, Player(mac: Player.bob.mac, ip: gateway), .alice)
                        .from(Player.mallory.mac),
                    tells(at + 5, Player(mac: Player.bob.mac, ip: Player.alice.ip), .router)
                        .from(Player.mallory.mac),
                ]
            }),
        Scene(
            "a hole: the gateway is at no station's address",
            [known],
            forged: tells(start, Player(mac: "02:00:de:ad:00:01", ip: gateway), .alice)
                .repeated(10, every: 1_000)),
        Scene(
            "a hole: the gateway is at everybody's address",
            [known],
            forged: tells(start, Player(mac: Frame.broadcast, ip: gateway), .alice)
                .from(Player.mallory.mac).repeated(10, every: 1_000)),
        Scene(
            "a hole: the gateway is at no address at all",
            [known],
            forged: tells(start, Player(mac: Frame.unknown, ip: gateway), .alice)
                .from(Player.mallory.mac).repeated(10, every: 1_000)),
        Scene(
            "everybody is told, one after the other",
            [known],
            forged: (2..<60).map { number in
                tells(
                    start + Int64(number) * 100, asRouter,
                    Player(mac: "3c:97:0e:00:03:\(10 + number)", ip: "10.0.0.\(number)"))
            }),
        Scene(
            "everybody is told, by an attacker that was never heard",
            [],
            forged: (0..<6).flatMap { round in
                [Player.alice, .bob].map { victim in
                    tells(start + Int64(round) * 1_000, asRouter, victim)
                }
            }),
        Scene(
            "the attacker answers each question faster than the owner",
            [known],
            forged: (0..<10).flatMap { round -> [Step] in
                let at = start + 100 + Int64(round) * 5_000
                return [
                    asks(at, .alice, for: gateway), tells(at + 1, asRouter, .alice),
                    tells(at + 3, .router, .alice), tells(at + 500, asRouter, .alice),
                ]
            }),
        Scene(
            "the attacker also cleans up",
            [known],
            forged: tells(start, asRouter, .alice).repeated(5, every: 2_000)
                + tells(start + 11_000, .router, .alice).from(Player.mallory.mac)
                .repeated(3, every: 1_000)),
    ]

    @Test(arguments: forms)
    func `an attack is called one, whatever its form`(_ scene: Scene) throws {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let count = scene.forgedUntilAlert(configuration)
            #expect(count ?? .max <= 6)
            let grave = scene.alerts(configuration).filter { $0.severity >= .high }
            #expect(grave.count <= 4, "\(grave.map { "\($0.rule) \($0.frame)" })")
            let honest: [Player] = [.router, .alice, .bob]
            for alert in grave {
                let accused = alert.accused?.description
                #expect(
                    !honest.contains { $0.mac == accused }, "\(alert.rule) \(alert.explanation)")
            }
        }
    }

    private static let early = [
        Scene(
            "poisoned before the owner spoke, who then speaks",
            [known, ageing(4, every: 4_000)],
            forged: tells(start, asRouter, .alice).repeated(10, every: 2_000), withNetwork: false),
        Scene(
            "poisoned by announcements before the owner spoke, who then speaks",
            [known, ageing(6, every: 4_000)],
            forged: announces(start, asRouter).repeated(20, every: 1_000), withNetwork: false),
        Scene(
            "poisoned by questions to both ends before anybody else spoke",
            [],
            forged: questionsToBothEnds, withNetwork: false),
        Scene(
            "both ends told before anybody else spoke",
            [],
            forged: (0..<10).flatMap { round -> [Step] in
                let at = start + Int64(round) * 2_000
                return [tells(at, asRouter, .alice), tells(at + 10, asAlice, .router)]
            }, withNetwork: false),
    ]

    /// Nobody knows the forger, and the gateway that it claims is not heard again.
    private static let insistent = [
        Scene(
            "announced once a second",
            [exchange(100, .router, .bob)],
            forged: announces(start, asRouter).repeated(20, every: 1_000), withNetwork: false),
        Scene(
            "answered to everybody every other second",
            [exchange(100, .router, .bob)],
            forged: tells(start, asRouter, everybody).repeated(20, every: 2_000),
            withNetwork: false),
        Scene(
            "asked of one station every three seconds",
            [exchange(100, .router, .bob)],
            forged: asks(start, asRouter, for: Player.alice.ip, to: Player.alice.mac)
                .repeated(20, every: 3_000), withNetwork: false),
    ]

    @Test(arguments: insistent)
    func `who takes an address and claims it on and on is called an attacker`(
        _ scene: Scene
    ) throws {
        #expect(scene.forgedUntilAlert(.withGateway) == 8)
    }

    @Test(arguments: early)
    func `an attack that began before anything was known is called one`(_ scene: Scene) throws {
        for configuration in [DetectorConfiguration(), .withGateway] {
            let count = scene.forgedUntilAlert(configuration)
            #expect(count ?? .max <= 15)
        }
    }

    /// The ways in which frames carry ARP.
    enum Wrapping: CaseIterable {
        case tagged, doublyTagged, snap, taggedSNAP, cooked, cooked2

        var format: FrameFormat {
            switch self {
            case .cooked: .linuxCooked
            case .cooked2: .linuxCooked2
            default: .ethernet
            }
        }

        func wrap(_ frame: [UInt8]) -> [UInt8] {
            let payload = Array(frame.dropFirst(14))
            func text(_ bytes: ArraySlice<UInt8>) -> String {
                bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
            }
            let (source, destination) = (text(frame[6..<12]), text(frame[0..<6]))
            func wrapped(
                _ tags: [(UInt16, UInt16)] = [], _ framing: Frame.Framing = .ethernet
            ) -> [UInt8] {
                Frame.wrap(
                    payload, type: 0x0806, source: source, destination: destination, tags: tags,
                    framing: framing)
            }
            return switch self {
            case .tagged: wrapped([(0x8100, 100)])
            case .doublyTagged: wrapped([(0x88A8, 5), (0x8100, 100)])
            case .snap: wrapped([], .snap)
            case .taggedSNAP: wrapped([(0x8100, 100)], .snap)
            case .cooked: wrapped([], .cooked)
            case .cooked2: wrapped([], .cooked2(interface: 3))
            }
        }
    }

    @Test(arguments: Wrapping.allCases)
    func `an attack is found in every wrapping`(_ wrapping: Wrapping) {
        for scene in Self.forms + Self.early {
            let wrapped = scene.steps.map { Step(at: $0.at, frame: wrapping.wrap($0.frame)) }
            let plain = scene.alerts().first { $0.severity >= .high }
            let found = alerts(wrapped, format: wrapping.format).first { $0.severity >= .high }
            // Cooked captures do not tell whom a frame goes to: some alerts come later.
            if wrapping.format == .ethernet {
                #expect(found?.frame == plain?.frame, "\(scene.testDescription)")
                #expect(found?.rule == plain?.rule, "\(scene.testDescription)")
            } else {
                #expect(found != nil, "\(scene.testDescription)")
            }
        }
    }
}
