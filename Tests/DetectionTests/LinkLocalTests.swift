// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Stations that gave themselves addresses for want of others: they tell everybody all that they
/// say, answers as well (RFC 3927, section 2.5).
struct LinkLocalTests {
    private static let extender = "f0:9f:c2:00:00:51"
    private static let phone = Player(mac: "a4:83:e7:00:00:01", ip: "169.254.11.1")
    private static let tablet = Player(mac: "a4:83:e7:00:00:02", ip: "169.254.22.2")
    private static let desktop = Player(mac: "a4:83:e7:00:00:03", ip: "169.254.33.3")

    /// An answer to everybody.
    private static func answers(_ at: Int64, _ who: Player, _ asker: Player) -> Step {
        tells(at, who, asker).to(Frame.broadcast)
    }

    @Test(arguments: [phone.mac, extender])
    func `two of them behind an extender may answer each other`(target: String) {
        func behind(_ player: Player) -> Player { Player(mac: Self.extender, ip: player.ip) }
        let (phone, tablet) = (behind(Self.phone), behind(Self.tablet))
        let starts = [phone, tablet].enumerated().flatMap { number, who -> [Step] in
            let at = Int64(number) * 10_000
            return asks(at, Player(mac: who.mac, ip: "0.0.0.0"), for: who.ip)
                .repeated(3, every: 1_000) + announces(at + 5_000, who).repeated(2, every: 2_000)
        }
        let talk = [
            asks(20_000, Self.desktop, for: phone.ip),
            Self.answers(20_010, phone, Self.desktop), asks(30_000, phone, for: tablet.ip),
            Self.answers(30_010, tablet, Player(mac: target, ip: phone.ip)),
        ]
        #expect(alerts(starts + talk).allSatisfy { $0.severity < .high })
    }

    /// An access point sends each answer to each of its stations; the asker is one of them.
    @Test(arguments: 0..<12)
    func `answers that come to each station alone are one answer to all`(place: Int64) {
        let others = (10..<21).map { Player(mac: "a4:83:e7:00:01:\($0)", ip: "169.254.44.\($0)") }
        var steps = ([Self.tablet, Self.phone] + others).enumerated().map { number, who in
            announces(Int64(number) * 1_000, who)
        }
        for round in 0..<12 {
            let at = 20_000 + Int64(round) * 30_000
            steps.append(asks(at, Self.tablet, for: Self.phone.ip))
            var stations = others
            stations.insert(Self.tablet, at: Int(place))
            for (number, station) in stations.enumerated() {
                let answer = tells(at + 2 + Int64(number), Self.phone, Self.tablet)
                steps.append(answer.to(station.mac))
            }
        }
        #expect(alerts(steps).isEmpty)
    }

    @Test(arguments: [[], [announces(1_000, phone)]])
    func `decoys beside what one of them is told hide nothing`(owner: [Step]) {
        let forged = Player(mac: Player.mallory.mac, ip: Self.phone.ip)
        let whispers = (0..<30).flatMap { round -> [Step] in
            let told = tells(60_000 + Int64(round) * 10_000, forged, Self.tablet)
            return [told.to("02:ee:00:00:00:\(10 + round)"), told.later(20)]
        }
        let told = alerts([announces(0, Self.tablet)] + owner + whispers)
        #expect(told.contains { $0.severity >= .high })
    }

    @Test func `what one of them is told unasked is told as it is of other addresses`() {
        let forged = Player(mac: Player.mallory.mac, ip: Self.phone.ip)
        let steps =
            [announces(0, Self.tablet), announces(1_000, Self.phone)]
            + tells(20_000, forged, Self.tablet).repeated(6, every: 5_000)
        let told = alerts(steps).filter { $0.severity >= .high }
        #expect(told.map { $0.accused?.description } == [Player.mallory.mac])
    }

    /// Whom answers to the tablet name: another station each time, or another address too.
    static let named: [@Sendable (Int) -> Player] = [
        { Player(mac: "02:ee:00:00:00:\(10 + $0)", ip: tablet.ip) },
        { Player(mac: "02:ee:00:00:00:\(10 + $0)", ip: "169.254.55.\(10 + $0)") },
    ]

    @Test(arguments: named)
    func `whomever the answers name, who is told of a taken address is told`(
        name: @Sendable (Int) -> Player
    ) {
        let forged = Player(mac: Player.mallory.mac, ip: Self.phone.ip)
        let whispers = (0..<20).map { round in
            tells(20_000 + Int64(round) * 2_000, forged, name(round)).to(Self.tablet.mac)
        }
        let told = alerts([announces(0, Self.tablet), announces(1_000, Self.phone)] + whispers)
        #expect(told.map(\.rule) == [.bindingChanged, .repeatedUnsolicitedAlone])
    }
}
