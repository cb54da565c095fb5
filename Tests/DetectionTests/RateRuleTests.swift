// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private func hex(_ number: Int) -> String {
    let text = String(number % 256, radix: 16)
    return number % 256 < 16 ? "0" + text : text
}

/// A station of its own for each number.
private func station(_ number: Int, ip: String) -> Player {
    Player(mac: "02:00:00:01:\(hex(number / 256)):\(hex(number))", ip: ip)
}

/// Cases of F1, F2, F3 and N1: how much is too much.
struct RateRuleTests {
    static let rates = [
        RuleCase(
            "a flood of claims",
            [
                (0..<250).map {
                    tells($0 * 10, Player(mac: Player.mallory.mac, ip: "10.1.0.\($0)"), .alice)
                }
            ],
            [Verdict(.claimFlood, .high)]),
        RuleCase(
            "a router that answers for a whole network when asked is no flood",
            [
                (0..<250).flatMap { number in
                    exchange(
                        number * 10, Player(mac: Player.router.mac, ip: "10.1.0.\(number)"), .alice)
                }
            ], [Verdict(.scan, .low)]),
        RuleCase(
            "a node of a cluster that announces many addresses thrice is no attack",
            [
                [announces(0, Player(mac: Player.bob.mac, ip: "10.1.1.1"))],
                (0..<420).map {
                    announces(
                        3_300 + $0 * 10, Player(mac: Player.bob.mac, ip: "10.1.0.\($0 % 140)"))
                },
            ], [Verdict(.claimFlood, .medium)]),
        RuleCase(
            "a storm of questions",
            [(0..<600).map { asks($0 * 5, .mallory, for: "10.1.\($0 / 250).\($0 % 250)") }],
            [Verdict(.scan, .low), Verdict(.requestStorm, .medium)]),
        RuleCase(
            "many different questions in ten seconds are a scan",
            [(0..<30).map { asks($0 * 300, .mallory, for: "10.1.0.\($0)") }],
            [Verdict(.scan, .low)]),
        RuleCase(
            "the same questions again are none",
            [(0..<60).map { asks($0 * 150, .mallory, for: "10.1.0.\($0 % 20)") }], []),
        RuleCase(
            "stations with invented addresses are a flood",
            [
                (0..<300).map { number in
                    asks(
                        Int64(number) * 10,
                        station(number, ip: "\(number % 150 + 1).7.\(number / 150).9"),
                        for: Player.router.ip)
                }
            ], [Verdict(.newcomerFlood, .high)]),
        RuleCase(
            "stations that are new and take each other's addresses are a flood",
            [
                (0..<300).map { number in
                    announces(
                        Int64(number) * 20, station(number, ip: "10.2.0.\(number * 7 % 120)"))
                }
            ],
            [Verdict](repeating: Verdict(.bindingChanged, .low), count: 19)
                + [Verdict(.newcomerFlood, .high)]),
        RuleCase(
            "a building that wakes up is none",
            [
                (0..<300).map { number in
                    asks(
                        Int64(number) * 10,
                        station(number, ip: "10.2.\(number / 200).\(number % 200)"),
                        for: Player.router.ip)
                }
            ], []),
    ]

    /// A station that starts tries its address out, announces it and asks for its router; a loop of
    /// cables repeats the three.
    private static func loops(_ claim: Player) -> [Step] {
        (0..<220).flatMap { round -> [Step] in
            let at = 10_000 + Int64(round) * 2
            return [
                asks(at, Player(mac: claim.mac, ip: "0.0.0.0"), for: claim.ip),
                announces(at, claim), asks(at, claim, for: "10.0.0.99"),
            ]
        }
    }

    static let loops = [
        RuleCase(
            "what a station says of its own address goes round in a loop",
            [exchange(0, .router, .alice), loops(.bob)], [Verdict(.claimFlood, .medium)]),
        RuleCase(
            "what goes round is a claim to another's address",
            [exchange(0, .router, .alice), loops(.mallory.claiming(.router))],
            [Verdict(.bindingChanged, .low), Verdict(.claimFlood, .high)]),
    ]

    /// A network of 1,200 stations in which each is heard once a minute.
    private static func crowd(_ seconds: Int) -> [Step] {
        (0..<seconds * 20).map { number in
            let who = number % 1_200
            return asks(
                Int64(number) * 50, station(who, ip: "10.2.\(who / 200).\(who % 200)"),
                for: Player.router.ip)
        }
    }

    /// `count` stations that nobody ever heard.
    private static func flood(_ at: Int64, count: Int = 600, every pause: Int64 = 5) -> [Step] {
        (0..<count).map { number in
            asks(
                at + Int64(number) * pause,
                station(5_000 + number, ip: "10.3.\(number / 200).\(number % 200)"),
                for: Player.router.ip)
        }
    }

    private static let fewNewcomers: DetectorConfiguration = {
        var configuration = DetectorConfiguration()
        configuration.thresholds.newcomersMax = 150
        return configuration
    }()

    static let crowds = [
        RuleCase(
            "a large network whose stations are heard once a minute",
            [crowd(100)], [], configuration: fewNewcomers),
        RuleCase(
            "a flood into it, after half a minute",
            [crowd(30), flood(30_000)], [Verdict(.newcomerFlood, .high)],
            configuration: fewNewcomers),
        RuleCase(
            "a flood that goes on since the beginning, after two minutes",
            [flood(0, count: 2_500, every: 50)], [Verdict(.newcomerFlood, .high)],
            configuration: fewNewcomers),
        RuleCase(
            "a flood into a quiet network",
            [exchange(0, .router, .alice), flood(15_000)], [Verdict(.newcomerFlood, .high)],
            configuration: fewNewcomers),
    ]

    /// `count` stations that nobody ever heard, spread over 500 VLANs.
    private static func taggedFlood(_ at: Int64, count: Int) -> [Step] {
        (0..<count).map { number in
            let who = station(5_000 + number, ip: "10.3.\(number / 200).\(number % 200)")
            return Step(
                at: at + Int64(number) * 5,
                frame: Frame.arp(
                    .request, sender: who.pair, target: (Frame.unknown, Player.router.ip),
                    tags: [(0x8100, UInt16(number % 500 + 1))]))
        }
    }

    static let trunks = [
        RuleCase(
            "a flood that is spread over VLANs is one",
            [exchange(0, .router, .alice), taggedFlood(15_000, count: 700)],
            [Verdict(.newcomerFlood, .high)], configuration: fewNewcomers),
        RuleCase(
            "VLANs that wake up together are none",
            [exchange(0, .router, .alice), taggedFlood(15_000, count: 500)], [],
            configuration: fewNewcomers),
        RuleCase(
            "VLANs that are heard for the first time are none",
            [taggedFlood(0, count: 700)], [], configuration: fewNewcomers),
    ]

    @Test func `a flood that is spread over VLANs is told as that of their interface`() {
        let steps = exchange(0, .router, .alice) + Self.taggedFlood(15_000, count: 700)
        let told = alerts(steps, Self.fewNewcomers)
        #expect(told.map(\.segment) == [Segment()])
        #expect(told.map(\.evidence.count) == [600])
        let sentence = "they were counted over all VLANs of the interface"
        #expect(told.first?.evidence.sentences == [sentence])
    }

    @Test(arguments: rates + loops + crowds + trunks)
    func `how much is too much`(_ row: RuleCase) {
        #expect(row.outcome == row.verdicts)
    }

    @Test func `a matter is told again after an hour of quiet`() {
        let burst = (0..<30).map { asks($0 * 100, .mallory, for: "10.1.0.\($0)") }
        let again = burst.map { $0.later(3_700_000) }
        #expect(alerts(burst + burst.map { $0.later(60_000) }).count == 1)
        #expect(alerts(burst + again).count == 2)
    }
}
