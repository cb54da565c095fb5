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

    @Test(arguments: rates)
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
