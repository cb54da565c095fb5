// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// Scenes in whose midst the clock is set back, or is not.
struct ClockTests {
    private static let hour: Int64 = 3_600_000
    private static let asRouter = Player.mallory.claiming(.router)

    /// Everybody talks, the forger under its own address.
    private static func life(_ at: Int64) -> [Step] {
        [asks(at, .mallory, for: Player.bob.ip)] + exchange(at + 1_000, .router, .alice)
            + [asks(at + 2_000, .router, for: Player.bob.ip)]
    }

    @Test(arguments: [0, 600_000, hour])
    func `a question from before excuses no whisper`(back: Int64) {
        let at = 60_000 - back
        var steps = Self.life(0) + Self.life(20_000) + Self.life(40_000)
        steps.append(asks(at, .router, for: Player.bob.ip))
        steps.append(asks(at + 10_000, .mallory, for: Player.bob.ip))
        steps.append(tells(at + 12_000, Self.asRouter, .alice))
        let told = alerts(steps).map { Verdict($0.rule, $0.severity) }
        #expect(told == [Verdict(.toldAgainstOwner, .high)])
    }

    private static func attack(_ at: Int64) -> [Step] {
        var steps = life(at)
        steps.append(asks(at + 10_000, .mallory, for: Player.router.ip))
        steps.append(tells(at + 10_001, .router, .mallory))
        steps.append(tells(at + 16_000, asRouter, .alice))
        return steps + life(at + 20_000)
    }

    @Test(arguments: [0, 24 * hour])
    func `an attack two hours later is told again`(back: Int64) {
        let again = 2 * Self.hour - back
        let told = alerts(Self.life(-20_000) + Self.attack(0) + Self.attack(again))
        #expect(told.filter { $0.severity >= .high }.count == 2)
    }

    @Test(arguments: [0, hour])
    func `many new stations are a flood in a network that was heard long`(back: Int64) {
        var steps = (0..<28).flatMap { exchange(Int64($0) * 5_000, .router, .alice) }
        for number in 0..<2_000 {
            let last = "\(10 + number / 90):\(10 + number % 90)"
            let new = Player(mac: "3c:5c:01:01:\(last)", ip: "10.1.\(number >> 8).\(number & 255)")
            steps.append(announces(200_000 - back + Int64(number) * 2, new))
        }
        #expect(alerts(steps).contains { $0.rule == .newcomerFlood && $0.severity == .high })
    }

    @Test(arguments: [0, hour])
    func `who took an address long before may ask for it`(back: Int64) {
        let node = Player(mac: "52:54:00:bb:00:02", ip: "10.0.0.42")
        let steps =
            exchange(0, .alice, .bob) + exchange(1_000, node, .bob)
            + announces(60_000, node.claiming(.alice)).repeated(3, every: 1_000)
            + [asks(1_900_000 - back, node, for: Player.bob.ip)]
            + exchange(1_910_000 - back, .alice, node)
        let told = alerts(steps)
        #expect(told.allSatisfy { $0.rule == .bindingChanged && $0.severity == .low })
    }

    @Test(arguments: [0, 400 * 24 * hour])
    func `what was asked under a clock far ahead is no recent matter`(ahead: Int64) {
        let heir = Player.mallory.claiming(.router)
        // By a request it would be known that it took the address openly.
        let announcement = Frame.arp(
            .reply, sender: heir.pair, target: (Frame.broadcast, heir.ip))
        let day = 24 * Self.hour
        let steps =
            [asks(ahead - 20_000, .mallory, for: Player.router.ip)]
            + [tells(ahead - 19_900, .router, .mallory)]
            + exchange(ahead - 10_000, .router, .alice) + exchange(20_000, .bob, .alice)
            + Step(at: day, frame: announcement).repeated(2, every: 2_000)
            + exchange(day + 5_000, heir, .alice) + exchange(day + 15_000, heir, .bob)
            + [tells(day + 100_000, heir, .alice)]
        #expect(alerts(steps).map(\.rule) == [.bindingChanged])
    }

    /// The owner was gone for hours when another station got its address, and asks for others or
    /// tells one that it was asked by, which the capture lacks.
    @Test(arguments: [0, 24 * hour])
    func `an owner of long ago stands against nobody`(ahead: Int64) {
        let heir = Player.mallory.claiming(.bob)
        let before =
            exchange(ahead, .bob, .alice) + exchange(ahead + 1_000, .mallory, .alice)
            + exchange(ahead + 1_500, .port1, .alice)
            + (0..<20).flatMap { exchange(ahead + 2_000 + $0 * 20_000, .router, .alice) }
        let at = 10 * Self.hour
        let looks = asks(at + 20_000, heir, for: Player.port1.ip).repeated(12, every: 1_100)
        let asked = before + [announces(at, heir)] + exchange(at + 5_000, .router, heir) + looks
        #expect(alerts(asked).map(\.rule) == [.bindingChanged])
        let told = before + [tells(at, heir, .alice)]
        #expect(alerts(told).map(\.rule) == [.bindingChanged])
    }

    @Test(arguments: [0, hour])
    func `who asks for another address each minute does not scan`(back: Int64) {
        var steps = [asks(0, .router, for: Player.bob.ip)]
        for minute in 0..<60 {
            let at = 60_000 - back + Int64(minute) * 55_000
            steps.append(asks(at, .router, for: "10.0.0.\(100 + minute)"))
        }
        #expect(alerts(steps).isEmpty)
    }
}
