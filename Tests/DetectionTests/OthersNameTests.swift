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
        let ofMallory = told.filter { $0.accused?.description == Player.mallory.mac }
        #expect(ofMallory.contains { $0.rule == .bindingChanged })
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

    @Test(arguments: configurations)
    func `however many sources speak in an owner's name, that is one matter`(
        configuration: DetectorConfiguration
    ) {
        let truth = tells(10_000, .router, .alice).repeated(30, every: 2_000)
        let steps = truth.enumerated().map { $1.from("02:de:ad:be:ef:\(10 + $0)") }
        let told = Self.told(Self.known + steps, configuration)
        #expect(told.filter { $0.severity > .low }.count <= 1)
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
        #expect(told.last?.accused?.description == Player.mallory.mac)
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
}
