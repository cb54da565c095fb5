// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What comes from another source than the station it speaks for: forgers, ports, controllers and
/// bridges do so, and anybody can in anybody's name.
struct OthersNameTests {
    private static let invented = "02:de:ad:be:ef:01"
    private static let asRouter = Player.mallory.claiming(.router)
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

    @Test(arguments: [Player.router, .bob], configurations)
    func `what is said in an owner's name hides nobody who takes the address`(
        victim: Player, configuration: DetectorConfiguration
    ) {
        let truth = tells(10_000, victim, .alice).from(Self.invented).repeated(4, every: 2_000)
        let told = Self.told(Self.known + truth + Self.takes(victim, 30_000), configuration)
        #expect(told.contains { $0.rule == .repeatedUnsolicited })
        let moved = told.filter { $0.rule == .bindingChanged }
        #expect(moved.contains { $0.claim?.mac.description == Player.mallory.mac })
        let ofMallory = told.filter { $0.accused?.description == Player.mallory.mac }
        #expect(ofMallory.contains { $0.severity >= .high })
        #expect(told.allSatisfy { $0.accused?.description != victim.mac })
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

    @Test func `whispers in an owner's name wear none of its answers away`() {
        let truth = tells(10_000, .router, .alice).from(Self.invented).repeated(600, every: 200)
        let taken = (0..<8).flatMap { round -> [Step] in
            let at = 140_000 + Int64(round) * 5_000
            let back = round % 3 == 2 ? [asks(at + 2_000, .router, for: Player.bob.ip)] : []
            return [announces(at, Self.asRouter)] + back
        }
        let told = Self.told(Self.known + truth + taken, DetectorConfiguration())
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
        #expect(told.allSatisfy { $0.rule != .contestedByForger || $0.accused != nil })
    }

    @Test func `an owner that only announces is not accused of what somebody truly says`() {
        let printer = Player(mac: "3c:52:82:00:00:77", ip: "10.0.0.77")
        let truth = tells(12_000, printer, .bob).from(Self.invented)
        let taken = (0..<9).flatMap { round -> [Step] in
            let at = 20_000 + Int64(round) * 4_000
            let back = round % 3 == 2 ? [announces(at + 500, printer)] : []
            return [announces(at, .mallory.claiming(printer))] + back
        }
        let own = announces(8_000, printer).repeated(2, every: 1_000)
        let told = Self.told(Self.known + own + [truth] + taken, DetectorConfiguration())
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.allSatisfy { $0.accused?.description != printer.mac })
    }

    @Test func `who wears a trusted source in an owner's name accuses and hides nobody`() {
        let watcher = Player(mac: "02:00:00:00:00:09", ip: "10.0.0.9")
        var configuration = DetectorConfiguration()
        configuration.trustedStations = [MACAddress(watcher.mac) ?? .zero]
        let truth = tells(10_000, .bob, .alice).from(watcher.mac).repeated(4, every: 2_000)
        let told = Self.told(Self.known + truth + Self.takes(.bob, 30_000), configuration)
        let nobodys = told.filter { $0.accused == nil && $0.severity >= .high }
        #expect(nobodys.map(\.rule) == [.repeatedUnsolicited])
        #expect(nobodys.allSatisfy { !$0.advice.contains("accused") })
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.accused?.description != Player.bob.mac })
        let ofMallory = told.filter { $0.accused?.description == Player.mallory.mac }
        #expect(ofMallory.contains { $0.rule == .bindingChanged })
        #expect(ofMallory.contains { $0.severity >= .high })
    }

    @Test(arguments: configurations)
    func `however many sources speak in an owner's name, that is one matter`(
        configuration: DetectorConfiguration
    ) {
        let truth = tells(10_000, .router, .alice).repeated(30, every: 2_000)
        let steps = truth.enumerated().map { $1.from("02:de:ad:be:ef:\(10 + $0)") }
        let told = Self.told(Self.known + steps, configuration)
        #expect(told.filter { $0.severity > .low }.count <= 1)
    }

    // MARK: - Heard first

    /// Mallory is heard first to have the router's address, once, and from then on another source
    /// whispers in its name; the router `answers` others now and then, or only asks.
    private static func isFirst(answers: Bool) -> [Step] {
        let others = (1..<4).map { Player(mac: "3c:97:0e:00:05:0\($0)", ip: "10.0.0.11\($0)") }
        let start = exchange(0, .mallory, .bob) + exchange(1_000, .bob, .alice)
        let first =
            answers ? exchange(5_000, asRouter, .bob) : [asks(5_000, asRouter, for: Player.bob.ip)]
        let rounds = (0..<10).flatMap { round -> [Step] in
            let at = 160_000 + Int64(round) * 175_000
            let whispers = [
                tells(at, asRouter, .alice), tells(at + 15_000, asRouter, others[round % 3]),
            ]
            let router =
                answers
                ? exchange(at + 5_000, .router, .bob)
                : [asks(at + 5_000, .router, for: Player.bob.ip)]
            let told = whispers.map { $0.from(invented) }
            return round < 2 ? [told[0]] : [told[0]] + router + [told[1]]
        }
        return start + first + rounds
    }

    @Test(arguments: [true, false])
    func `who is heard first is told where another one is the owner`(answers: Bool) {
        let told = Self.told(Self.isFirst(answers: answers), DetectorConfiguration())
        let grave = told.filter { $0.severity >= .high }
        #expect(!grave.isEmpty)
        #expect(grave.allSatisfy { $0.accused?.description == Self.invented })
    }

    // MARK: - Moves

    private static let accused = Player(mac: invented, ip: "10.0.0.99")

    @Test(arguments: configurations)
    func `who takes an address from an accused that took it is told`(
        configuration: DetectorConfiguration
    ) {
        let steps =
            [asks(10_000, Self.accused, for: Player.router.ip)]
            + [tells(20_000, Self.accused.claiming(.router), .alice)]
            + announces(30_000, Self.asRouter).repeated(12, every: 4_000)
        let told = Self.told(Self.known + steps, configuration)
        #expect(told.map(\.rule) == [.toldAgainstOwner, .bindingChanged])
        #expect(told.last?.claim?.mac.description == Player.mallory.mac)
    }

    /// An attack of which the true owner was not heard before.
    private static let heardFirst =
        exchange(0, accused, .alice) + exchange(1_000, .mallory, .bob)
        + tells(10_000, accused.claiming(.router), .alice).repeated(4, every: 2_000)

    @Test func `an address that comes from an accused that was heard first has not moved`() {
        let told = Self.told(Self.heardFirst + [announces(30_000, .router)], .withGateway)
        #expect(told.contains { $0.severity >= .high })
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }

    @Test func `who takes an address from an accused that was heard first is told by what follows`()
    {
        let attack = tells(35_000, Self.asRouter, .alice).repeated(6, every: 2_000)
        let steps = Self.heardFirst + [announces(30_000, Self.asRouter)] + attack
        let grave = Self.told(steps, .withGateway).filter { $0.severity >= .high }
        #expect(grave.contains { $0.accused?.description == Player.mallory.mac })
    }

    // MARK: - Answers and ports

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

    @Test func `a station that asks through a repeater forges nothing in a conflict`() {
        let own = Player(mac: "f0:18:98:44:55:66", ip: "10.0.0.50")
        let other = Player(mac: "3c:06:30:01:02:03", ip: own.ip)
        func asked(_ at: Int64, _ who: Player) -> [Step] {
            [asks(at, who, for: Player.router.ip), tells(at + 1, .router, who)]
        }
        func repeated(_ at: Int64) -> [Step] {
            asked(at, own).enumerated().map { $0 == 0 ? $1.from("e8:9f:80:11:22:33") : $1 }
        }
        let start = (1..<4).flatMap { repeated(Int64($0) * 10_000) }
        let moves = (0..<2).flatMap { round -> [Step] in
            let at = 50_000 + Int64(round) * 46_000
            return [announces(at, other)] + asked(at + 1_000, other)
                + exchange(at + 5_000, other, .router) + [announces(at + 25_000, own)]
                + repeated(at + 26_000)
        }
        let told = alerts(start + moves)
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.severity < .high })
    }

    private static let port = Player(mac: "00:1b:54:00:00:01", ip: Player.router.ip)
    private static let shared = Player(mac: "00:00:5e:00:01:0a", ip: Player.router.ip)

    /// The port asks in the address's name, and answers and announces in the router's.
    private static func virtual(_ at: Int64, isAnswerFirst: Bool) -> [Step] {
        (0..<8).flatMap { round -> [Step] in
            let at = at + Int64(round) * 9_000
            let asked = [asks(at, port, for: Player.bob.ip), tells(at + 1, .bob, port)]
            let answer = exchange(at + 4_000, shared, .alice).enumerated().map { place, step in
                place == 1 ? step.from(port.mac) : step
            }
            let more = round == 2 ? [announces(at + 6_000, shared).from(port.mac)] : []
            return isAnswerFirst && round == 0 ? answer : asked + answer + more
        }
    }

    /// Source: RFC 5798, section 8.1.2: the answer names the virtual address, whatever port it
    /// comes from.
    @Test(arguments: [true, false], configurations)
    func `a virtual router may answer from its port's own address`(
        isAnswerFirst: Bool, configuration: DetectorConfiguration
    ) {
        let told = alerts(Self.virtual(0, isAnswerFirst: isAnswerFirst), configuration)
        #expect(told.contains { $0.rule == .addressConflict })
        #expect(told.allSatisfy { $0.severity < .high })
    }

    @Test(arguments: [true, false])
    func `who speaks for a virtual router under an address of its own is no port`(
        isAskingFirst: Bool
    ) {
        let first = isAskingFirst ? [asks(9_000, Self.asRouter, for: Player.bob.ip)] : []
        let asked = (0..<4).map { asks(2_000 + Int64($0) * 2_000, .router, for: Player.bob.ip) }
        let announced = announces(12_000, Self.shared).from(Player.mallory.mac)
        let rounds = (0..<8).flatMap { round -> [Step] in
            let at = 18_000 + Int64(round) * 12_000
            let answer = exchange(at, Self.shared, .alice).enumerated().map { place, step in
                place == 1 ? step.from(Player.mallory.mac) : step
            }
            return answer + [asks(at + 6_000, .router, for: Player.bob.ip)]
        }
        let steps = exchange(0, .mallory, .bob) + asked + first + [announced] + rounds
        #expect(alerts(steps).contains { $0.rule == .contestedByForger })
    }

    @Test func `who cleans up behind itself is no port of a router that answers by itself`() {
        let start = exchange(0, .mallory, .bob) + exchange(1_000, Self.shared, .alice)
        let rounds = (0..<3).flatMap { round -> [Step] in
            let at = 10_000 + Int64(round) * 160_000
            let poison = asks(at, Self.asRouter, for: Player.alice.ip).repeated(3, every: 4_000)
            return poison + [tells(at + 16_000, Self.shared, .alice).from(Player.mallory.mac)]
        }
        let told = alerts(start + exchange(3_000, Self.shared, .bob) + rounds)
        #expect(told.contains { $0.rule == .restore && $0.severity == .high })
    }
}
