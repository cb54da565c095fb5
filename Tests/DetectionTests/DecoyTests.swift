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
}
