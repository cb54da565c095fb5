// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What accuses nobody is told a few times only, and anybody can bring it about: it must hide no
/// attack.
struct DecoyTests {
    private static let worn = Player(mac: "a4:5e:60:00:11:32", ip: "10.0.0.32")
    private static let second = Player(mac: "a4:5e:60:00:11:33", ip: "10.0.0.33")
    private static let stranger = Player(mac: "02:de:ad:be:ef:01", ip: Player.router.ip)
    private static let listeners = (0..<14).map {
        Player(mac: "a4:5e:60:00:12:\(30 + $0)", ip: "10.0.0.\(70 + $0)")
    }

    private static let known = ([.alice, .mallory, worn, second] + listeners).enumerated()
        .flatMap { exchange(Int64($0.offset) * 500, .bob, $0.element) }

    /// Two owners that somebody invents, answer, and are spoken for under a worn source.
    private static let decoys = [Int64(0), 1].flatMap { number -> [Step] in
        let (at, who) = (30_000 + number * 10_000, "0a:11:22:33:00:0\(number)")
        let owner = Player(mac: who, ip: "10.0.1.\(number + 1)")
        return exchange(at, owner, .bob)
            + tells(at + 2_000, owner, .alice).from(worn.mac).repeated(3, every: 2_000)
    }

    private static func alerts(
        _ steps: [Step], decoys: Bool,
        _ configuration: DetectorConfiguration = DetectorConfiguration()
    ) -> [Alert] {
        let all = known + (decoys ? Self.decoys : []) + steps
        return Scene("", [all], withNetwork: false).alerts(configuration)
    }

    @Test func `two invented owners are told`() {
        let told = Self.alerts([], decoys: true).filter { $0.severity >= .high }
        #expect(told.map(\.accused) == [nil, nil])
    }

    // MARK: - An owner that only asks

    /// An attack on the router's address, and what tells of it.
    struct Attack: CustomTestStringConvertible {
        let testDescription: String
        let rule: RuleID
        var accused: Player?
        var severity = Severity.high
        let claim: @Sendable (Int) -> Step
    }

    static let attacks = [
        Attack(
            testDescription: "announced by a station with an address of its own",
            rule: .contestedByForger, accused: .mallory
        ) { announces(60_000 + Int64($0) * 6_000, .mallory.claiming(.router)) },
        Attack(
            testDescription: "announced by one that was never heard", rule: .addressConflict,
            severity: .medium
        ) { announces(60_000 + Int64($0) * 6_000, stranger) },
        Attack(testDescription: "announced by invented stations in turn", rule: .inventedClaimants)
        { round in
            let mac = "06:\(10 + round):77:10:\(70 - round):9a"
            return announces(
                60_000 + Int64(round) * 6_000, Player(mac: mac, ip: Player.router.ip))
        },
        Attack(
            testDescription: "whispered to many", rule: .contestedByForger, accused: stranger
        ) { tells(60_000 + Int64($0) * 6_000, stranger, listeners[$0 % 14]) },
    ]

    /// The router only asks, and once the truth is told under a known source, or not.
    private static func alerts(_ attack: Attack, decoys: Bool, truth: Bool) -> [Alert] {
        let asked = asks(15_000, .router, for: Player.bob.ip).repeated(4, every: 3_000)
        let word = truth ? [tells(60_500, .router, .alice).from(second.mac)] : []
        let rounds = (0..<28).map(attack.claim)
        let back = asks(62_000, .router, for: Player.alice.ip).repeated(28, every: 6_000)
        return alerts(asked + word + rounds + back, decoys: decoys)
    }

    @Test(arguments: attacks, [false, true])
    func `a true word in the owner's name hides no attack, where others were told before`(
        attack: Attack, truth: Bool
    ) {
        for told in [false, true].map({ Self.alerts(attack, decoys: $0, truth: truth) }) {
            let isNobodys = told.contains { $0.rule == .contestedByForger && $0.accused == nil }
            // What accuses nobody stands for what is less grave.
            #expect(
                attack.severity < .high && isNobodys
                    || told.contains {
                        $0.rule == attack.rule && $0.severity >= attack.severity
                            && $0.accused?.description == attack.accused?.mac
                    })
        }
    }

    // MARK: - An owner that answers

    private static let alias = Player(mac: "06:55:44:33:22:11", ip: Player.router.ip)

    /// Before the router is heard, an invention of Mallory's answers once in its name.
    private static func answered(from source: Player, whispers: [Step]) -> [Step] {
        [asks(54_000, .bob, for: alias.ip), tells(54_001, alias, .bob).from(source.mac)] + whispers
    }

    private static let whispers = tells(60_000, alias, .alice).from(Player.mallory.mac)
        .repeated(15, every: 10_000)

    @Test(arguments: [DetectorConfiguration(), .withGateway], [false, true])
    func `who answers for an owner and whispers in its name is accused`(
        configuration: DetectorConfiguration, decoys: Bool
    ) {
        let steps = Self.answered(from: .mallory, whispers: Self.whispers)
        let told = Self.alerts(steps, decoys: decoys, configuration).filter { $0.severity >= .high }
        let accused = told.compactMap(\.accused?.description)
        #expect(!accused.isEmpty && accused.allSatisfy { $0 == Player.mallory.mac })
    }

    @Test func `what accuses nobody names the source of the frame`() {
        let steps = Self.answered(from: Self.alias, whispers: Self.whispers)
        let told = Self.alerts(steps, decoys: false).filter { $0.severity >= .high }
        #expect(!told.isEmpty)
        for alert in told {
            #expect(alert.accused == nil)
            #expect(alert.evidence.sentences.contains { $0.contains(Player.mallory.mac) })
        }
    }

    @Test(arguments: [false, true])
    func `who stands between two is told, whatever accuses nobody`(decoys: Bool) {
        let host = Player(mac: "a4:5e:60:aa:aa:01", ip: "10.0.0.150")
        let router = Player(mac: Player.router.mac, ip: Self.alias.ip)
        let asHost = Self.alias.claiming(host)
        let both = [tells(60_000, Self.alias, host), tells(60_010, asHost, router)]
        let whispers = both.flatMap { $0.from(Player.mallory.mac).repeated(10, every: 10_000) }
        let steps =
            Self.answered(from: Self.alias, whispers: whispers)
            + exchange(56_000, asHost, .bob)
        let told = Self.alerts(steps, decoys: decoys)
        #expect(told.contains { $0.rule == .betweenTwo && $0.severity >= .high })
    }

    @Test(arguments: ["00:00:00:00:00:00", Player.mallory.mac], [false, true])
    func `a source of zeros is not nobody's`(source: String, decoys: Bool) {
        let heard = exchange(15_000, .router, .alice) + exchange(58_000, .router, .alice)
        let lies = [Player.alice, Self.listeners[0]].flatMap {
            tells(60_000, Player.mallory.claiming(.router), $0).from(source).repeated(
                9, every: 4_000)
        }
        let told = Self.alerts(heard + lies, decoys: decoys)
        #expect(
            told.contains {
                $0.severity >= .high && $0.accused?.description == Player.mallory.mac
            })
    }
}
