// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Detection

/// Packets of a few stations that ask, answer, announce, forge and flood at random.
private func brawl(seed: UInt64) -> [Step] {
    let random = SeededRandom(seed: seed)
    func below(_ bound: Int) -> Int { Int(random.uint64() % UInt64(bound)) }
    let players = (0..<5).map { Player(mac: "02:00:00:0\($0):00:01", ip: "10.0.0.\($0 + 1)") }
    var at: Int64 = 0
    return (0..<400).map { _ in
        at += Int64(below(1_500))
        let one = players[below(5)]
        let two = players[below(5)]
        let asker = Player(mac: one.mac, ip: below(9) == 0 ? "0.0.0.0" : one.ip)
        switch below(12) {
        case 0: return announces(at, below(4) == 0 ? one.claiming(two) : one)
        case 1: return tells(at, one.claiming(players[below(5)]), two)
        case 2: return tells(at, one, two, source: players[below(5)].mac)
        case 3...7: return asks(at, asker, for: two.ip)
        default: return tells(at, one, two)
        }
    }
}

struct RoutineTests {
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `the short way says what the long one says`(seed: UInt64) {
        let steps = brawl(seed: seed)
        let configuration = seed % 2 == 0 ? DetectorConfiguration.withGateway : .withNotices
        let short = alerts(steps, configuration, hasShortWay: true)
        #expect(short == alerts(steps, configuration, hasShortWay: false))
        #expect(!short.isEmpty)
    }
}
