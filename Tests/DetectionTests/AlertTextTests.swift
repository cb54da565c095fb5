// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import Detection

/// What an alert tells a person, for every rule.
struct AlertTextTests {
    private static let broken = [
        RuleCase(
            "a packet that ends early",
            [[Step(at: 0, frame: Array(announces(0, .alice).frame.prefix(20)))]], [])
    ]

    private static let cases: [RuleCase] = [
        OwnershipRuleTests.staticBinding, OwnershipRuleTests.moves, OwnershipRuleTests.contests,
        OwnershipRuleTests.gateway, EarlyRuleTests.told, EarlyRuleTests.confessions,
        EarlyRuleTests.poisoned, ForgeryRuleTests.unsolicited, ForgeryRuleTests.between,
        ForgeryRuleTests.sources, ForgeryRuleTests.senders, ForgeryRuleTests.poisoned,
        RateRuleTests.rates, ExplanationTests.dhcp, ExplanationTests.routers, broken,
        LookalikeSceneTests.disguises.map { RuleCase("disguised", [$0.0.steps], []) },
    ].flatMap { $0 }

    /// The alerts of all tables of cases, by rule.
    private static let told: [RuleID: [Alert]] = {
        let found = cases.flatMap { each in
            var configuration = each.configuration
            configuration.reportsNotices = true
            return alerts(each.steps, configuration)
        }
        return Dictionary(grouping: found, by: \.rule)
    }()

    /// One sentence of each rule.
    private static let sentences: [RuleID: String] = [
        .staticBinding:
            "M claims 10.0.0.1, although 10.0.0.1 was declared to be at R.",
        .bindingChanged: "10.0.0.1 moved from R to M, and nothing heard so far explains it.",
        .contestedByForger: "10.0.0.1 is claimed by both M and R, and M behaves as a forger does.",
        .inventedClaimants:
            "10.0.0.1 was taken by 5 or more stations that nobody had heard before, while its "
            + "owner is there: somebody invents them.",
        .contestedGateway:
            "The gateway's address 10.0.0.1 goes back and forth between R, which was heard first, "
            + "and M.",
        .addressConflict: "Both R and M use 10.0.0.1.",
        .gatewayWithOthers:
            "M claims the gateway's address 10.0.0.1, unasked, and uses 10.0.0.66 as well.",
        .repeatedUnsolicited: "M keeps telling A, unasked, that 10.0.0.1 is at M.",
        .repeatedUnsolicitedAlone: "M keeps telling A, unasked, that 10.0.0.1 is at M.",
        .toldAgainstOwner:
            "M tells one station, unasked, that 10.0.0.1 is at M, although it is at R: honest "
            + "stations tell everybody when one moves.",
        .asksForItsClaim:
            "M claimed 10.0.0.1, and now asks others for it from its own address 10.0.0.66.",
        .betweenTwo:
            "M tells 10.0.0.1 that it is 10.0.0.10, and 10.0.0.10 that it is 10.0.0.1: it puts "
            + "itself between them.",
        .poisonedPeer:
            "10.0.0.20 believes that 10.0.0.10 is at M, but it is at A: its cache seems poisoned.",
        .sourceMismatch:
            "A frame from 02:01:00:00:00:01 speaks for B, which claims 10.0.0.20.",
        .speaksForMany: "M sends ARP in the name of 10 or more stations.",
        .portStealing:
            "M sends frames as if they came from B, so that switches bring it that station's "
            + "traffic.",
        .restore:
            "M, which claimed 10.0.0.1 itself, now tells others that it is at R: so poisoners "
            + "clean up behind themselves.",
        .claimFlood: "M made 200 or more claims within seconds that nobody had asked for.",
        .newcomerFlood:
            "200 or more stations appeared within seconds: somebody invents them.",
        .requestStorm: "M sent 500 or more questions within seconds.",
        .scan: "M asked for 30 or more addresses within seconds.",
        .invalidSender:
            "M claims that 10.0.0.20 is at 00:00:00:00:00:00, which is no station's address.",
        .malformed: "A packet breaks the rules of ARP: the frame ends inside its ARP packet.",
        .explainedMove:
            "10.0.0.20 moved from B to M, as a lease or a group of routers had said.",
    ]

    /// A sentence with letters in place of the players' hardware addresses.
    private static func short(_ text: String) -> String {
        let players = [
            ("M", Player.mallory), ("R", Player.router), ("A", Player.alice), ("B", Player.bob),
        ]
        return players.reduce(text) { $0.replacing($1.1.mac, with: $1.0) }
    }

    @Test func `a frame whose source no station can have is told as from another one`() {
        let told = alerts([
            asks(0, .alice, for: Player.bob.ip),
            tells(1, .bob, .alice, source: "37:01:00:00:00:01"),
        ]).filter { $0.rule == .sourceMismatch }
        let (bob, source) = (Player.bob.known.mac, "A frame from another source")
        #expect(told.map(\.explanation).allSatisfy { $0.hasPrefix("\(source) speaks for \(bob)") })
        #expect(told.count == 1)
    }

    @Test func `no advice sends anybody after an accused station where none is`() {
        for alert in Self.told.values.joined() where alert.accused == nil {
            #expect(!alert.advice.contains("accused"), "\(alert.rule)")
        }
    }

    @Test(arguments: RuleID.allCases)
    func `every rule explains what it saw, with the stations and addresses that it means`(
        rule: RuleID
    ) throws {
        let told = try #require(Self.told[rule]).map { Self.short($0.explanation) }
        let expected = try #require(Self.sentences[rule])
        #expect(told.contains(expected), "\(told)")
        // The words that stand where a rule does not name what it means.
        for word in ["an address", "a station", "A station", "another station"] {
            #expect(!told.contains { $0.contains("\(word) ") }, "\(told)")
        }
    }

    @Test(arguments: [false, true])
    func `who of two is the router is told by no move, whoever was first`(isForgerFirst: Bool) {
        let sides = [Player.router, Player.mallory.claiming(.router)]
        let (first, second) = isForgerFirst ? (sides[1], sides[0]) : (sides[0], sides[1])
        let moved = exchange(0, first, .alice) + [announces(60_000, second)]
        let told = alerts(moved, .withGateway)
        #expect(told.map(\.rule) == [.bindingChanged])
        #expect(told.map(\.accused) == [nil])
        #expect(told.first?.claim == second.known && told.first?.rival == first.known.mac)

        let back = moved + [announces(61_000, first), announces(62_000, second)]
        let conflict = alerts(back, .withGateway).filter { $0.rule != .bindingChanged }
        #expect(!conflict.isEmpty)
        for alert in told + conflict where alert.accused == nil {
            #expect(alert.advice.hasPrefix("Find out which of the two is the router"))
        }
        #expect(told.allSatisfy { $0.advice.contains("taken the other's place") })
    }

    @Test func `another address's move names who has it now`() {
        let moved = exchange(0, .bob, .alice) + [announces(60_000, .mallory.claiming(.bob))]
        #expect(alerts(moved, .withGateway).map(\.accused) == [Player.mallory.known.mac])
    }

    @Test func `what an owner of before the first frame lost begins with a frame that there is`() {
        let forged = Player.mallory.claiming(.router)
        let steps =
            exchange(0, .alice, .bob) + exchange(1_000, forged, .alice)
            + (2..<6).flatMap { turn -> [Step] in
                exchange(turn * 2_000, turn % 2 == 0 ? .router : forged, .alice)
            }
        let told = alerts(steps, .withGateway, knowing: [.router])
        #expect(told.first?.rule == .bindingChanged && told.first?.evidence.firstFrame == 4)
        let contest = told.filter { $0.rule != .bindingChanged }
        #expect(!contest.isEmpty)
        #expect(contest.allSatisfy { $0.evidence.firstFrame == 4 }, "\(contest.map(\.evidence))")
    }

    @Test(arguments: ["0.0.0.0", Player.alice.ip])
    func `who leaves the target open is said to tell the one that the frame goes to`(
        ip: String
    ) throws {
        let open = Frame.arp(
            .reply, sender: Player.mallory.claiming(.router).pair, target: (Frame.unknown, ip),
            destination: Player.alice.mac)
        let steps =
            exchange(0, .router, .alice) + exchange(1_000, .router, .bob)
            + Step(at: 20_000, frame: open).repeated(6, every: 10_000)
        let told = alerts(steps, .withGateway)
        let repeated = try #require(told.first { $0.rule == .repeatedUnsolicited })
        #expect(
            Self.short(repeated.explanation)
                == "M keeps telling A, unasked, that 10.0.0.1 is at M.")
        #expect(told.allSatisfy { $0.accused != .zero && $0.rival != .zero })
    }

    /// Receivers believe a packet whatever stands there.
    @Test(
        arguments: [
            { _ in Player.bob.mac }, { _ in Player.mallory.mac }, { "0a:00:00:00:00:\(10 + $0)" },
        ] as [@Sendable (Int) -> String])
    func `who names another target is said to tell the one that the frame goes to`(
        target: @Sendable (Int) -> String
    ) throws {
        let steps =
            exchange(0, .router, .alice) + exchange(1_000, .router, .bob)
            + (0..<6).map { round in
                let frame = Frame.arp(
                    .reply, sender: Player.mallory.claiming(.router).pair,
                    target: (target(round), Player.alice.ip), destination: Player.alice.mac)
                return Step(at: 20_000 + Int64(round) * 10_000, frame: frame)
            }
        let told = alerts(steps, .withGateway)
        let repeated = try #require(told.first { $0.rule == .repeatedUnsolicited })
        #expect(
            Self.short(repeated.explanation)
                == "M keeps telling A, unasked, that 10.0.0.1 is at M.")
        let accused = told.filter { $0.rule != .bindingChanged }.map { $0.accused?.description }
        #expect(Set(accused) == [Player.mallory.mac])
        #expect(!told.contains { $0.rule == .poisonedPeer })
    }

    @Test func `it is told how often a forger answered unasked, not how often the owner changed`() {
        let forger = Player(mac: "06:de:ad:be:ef:01", ip: Player.router.ip)
        let steps = (0..<4).flatMap { round -> [Step] in
            let at = Int64(round) * 50_000
            return exchange(at, .router, .alice) + exchange(at + 5_000, .router, .bob)
                + [tells(at + 10_000, forger, .alice)]
        }
        let told = alerts(steps + exchange(200_000, .router, .alice), .withGateway)
        for alert in told where alert.rule == .contestedByForger {
            let frames = steps.prefix(Int(alert.frame)).filter {
                $0.frame[6..<12].elementsEqual(Frame.mac(forger.mac))
            }
            #expect(
                alert.evidence.sentences.contains(
                    "\(forger.mac) answered \(frames.count) times although nobody had asked"))
        }
        #expect(told.contains { $0.rule == .contestedByForger && $0.severity == .critical })
    }
}
