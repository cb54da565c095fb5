// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What receivers take in though no honest station would send it so.
struct ReceiverTests {
    private static let asRouter = Player.mallory.claiming(.router)
    private static let asAlice = Player.mallory.claiming(.alice)
    private static let group = "01:00:5e:00:00:01"

    /// A word of the router and of Alice, and then nothing more of either.
    private static let heard =
        exchange(0, .router, .alice) + exchange(1_000, .alice, .router)
        + exchange(2_000, .bob, .alice)

    private func grave(
        _ steps: [Step], _ configuration: DetectorConfiguration = DetectorConfiguration()
    ) -> [Alert] {
        alerts(steps, configuration).filter {
            $0.severity >= .high && $0.accused?.description == Player.mallory.mac
        }
    }

    /// Both sides are told of the other, in answers that go to `destination` or to each of them.
    private func between(_ at: Int64, to destination: String?) -> [Step] {
        func answer(_ at: Int64, _ who: Player, _ listener: Player) -> Step {
            Step(
                at: at,
                frame: Frame.arp(
                    .reply, sender: who.pair, target: listener.pair, destination: destination))
        }
        return [
            answer(at, Self.asRouter, .alice), answer(at + 100, Self.asAlice, .router),
        ].flatMap { $0.repeated(20, every: 2_000) }.sorted { $0.at < $1.at }
    }

    /// Source: RFC 826, packet reception: the sender is taken in before the operation is looked at.
    @Test(arguments: [(20, 0, 3), (20, 0, 0), (20, 1, 2), (14, 0, 24), (14, 0, 7)])
    func `forged packets are found whatever their operation or hardware type`(
        place: Int, upper: UInt8, lower: UInt8
    ) {
        let steps = between(10_000, to: nil).map { step in
            var step = step
            step.frame.replaceSubrange(place..<place + 2, with: [upper, lower])
            return step
        }
        #expect(!grave(Self.heard + steps).isEmpty)
    }

    @Test(arguments: [group, Frame.broadcast])
    func `who answers both sides unasked is between them, whoever hears it`(destination: String) {
        let told = grave(Self.heard + between(60_000, to: destination))
        #expect(told.contains { $0.rule == .betweenTwo })
    }

    @Test func `what goes to a group may be meant for one station`() {
        let frame = Frame.arp(
            .reply, sender: Self.asRouter.pair, target: Player.alice.pair,
            destination: Self.group)
        let steps = Self.heard + exchange(5_000, .mallory, .alice) + exchange(8_000, .router, .bob)
        let told = grave(steps + Step(at: 10_000, frame: frame).repeated(3, every: 10_000))
        #expect(told.contains { $0.rule == .toldAgainstOwner })
    }

    /// Answers, of which some name the router's own address for the listener's, and questions.
    static let whispers = [
        tells(0, asRouter, .alice), tells(0, asRouter, .alice.claiming(.router)),
        asks(0, asRouter, for: Player.alice.ip, to: Player.alice.mac),
    ]

    @Test(arguments: whispers, ["02:00:00:00:00:", "01:00:5e:00:00:"])
    func `what one is told is no copy of what goes elsewhere`(whisper: Step, decoys: String) {
        var steps = Self.heard + exchange(5_000, .mallory, .bob)
        for round in 0..<60 {
            let told = whisper.later(60_000 + Int64(round) * 2_000)
            steps += [told.to(decoys + String(10 + round)), told.later(5)]
        }
        #expect(!grave(steps, .withGateway).isEmpty)
    }

    @Test func `what everybody is told may come to each station alone as well`() {
        let clients = (10..<18).map { Player(mac: "3c:97:0e:00:05:\($0)", ip: "10.0.0.1\($0)") }
        let start = clients.enumerated().map { announces(Int64($0) * 100, $1) }
        let told = (0..<6).flatMap { round -> [Step] in
            let answer = tells(20_000 + Int64(round) * 20_000, Self.asRouter, Self.asRouter)
            let toEach = clients.enumerated().map { answer.later(1 + Int64($0)).to($1.mac) }
            return [answer.to(Frame.broadcast)] + toEach
        }
        #expect(grave(start + told, .withGateway).isEmpty)
    }

    @Test func `an owner's answer to everybody may come to each station alone as well`() {
        let clients = (10..<18).map { Player(mac: "3c:97:0e:00:05:\($0)", ip: "10.0.0.1\($0)") }
        let start = clients.enumerated().map { announces(3_000 + Int64($0) * 100, $1) }
        let told = (0..<6).flatMap { round -> [Step] in
            let answer = tells(20_000 + Int64(round) * 20_000, .router, .alice)
            let toEach = clients.enumerated().map { answer.later(1 + Int64($0)).to($1.mac) }
            return [answer.to(Frame.broadcast)] + toEach
        }
        #expect(alerts(Self.heard + start + told, .withGateway).isEmpty)
    }

    @Test(arguments: [true, false])
    func `what everybody was answered may come to each station alone, whoever had the address`(
        isOwnerThere: Bool
    ) {
        let clients = (10..<18).map { Player(mac: "3c:97:0e:00:05:\($0)", ip: "10.0.0.1\($0)") }
        let start = clients.enumerated().map { announces(6_000 + Int64($0) * 100, $1) }
        let other = Player(mac: "70:85:c2:00:00:55", ip: Player.bob.ip)
        let told = (0..<6).flatMap { round -> [Step] in
            let at = 20_000 + Int64(round) * 40_000
            let asked = asks(at, .alice, for: other.ip)
            let owners = isOwnerThere ? [tells(at + 1, .bob, .alice)] : []
            let answer = tells(at + 2, other, .alice)
            let toEach = clients.enumerated().map { answer.later(1 + Int64($0)).to($1.mac) }
            return [asked] + owners + [answer.to(Frame.broadcast)] + toEach
        }
        let steps = Self.heard + exchange(5_000, .bob, .alice) + start + told
        #expect(alerts(steps).allSatisfy { $0.severity < .high })
    }

    /// What is told just before what one station is told, to everybody: the same, which owners
    /// hear, or what hardly any receiver believes.
    static let decoys: [@Sendable (Step) -> Step] = [
        { $0 }, { $0.ofType(7) }, { $0.behindSNAP }, { $0.oddlyTagged },
    ]

    private static func whispers(
        _ whispers: [Step], behind decoy: (Step) -> Step
    ) -> [Step] {
        (0..<20).flatMap { round in
            whispers.enumerated().flatMap { number, whisper in
                let told = whisper.later(60_000 + Int64(round) * 4_000 + Int64(number) * 200)
                return [decoy(told.to(Frame.broadcast)), told.later(5)]
            }
        }
    }

    @Test(arguments: decoys)
    func `what everybody is told hides no answer of who took the address`(
        decoy: @Sendable (Step) -> Step
    ) {
        let start = Self.heard + exchange(5_000, .mallory, .bob)
        let steps = start + Self.whispers([tells(0, Self.asRouter, .alice)], behind: decoy)
        for configuration in [DetectorConfiguration(), .withGateway] {
            #expect(grave(steps, configuration).contains { $0.rule == .repeatedUnsolicited })
        }
    }

    /// What access points send on to each station alone: questions, and what somebody tells of its
    /// own address.
    static let sentOn = [
        [tells(0, asRouter, Player.alice.claiming(.router))],
        [
            asks(0, asRouter, for: Player.alice.ip, to: Player.alice.mac),
            asks(0, asAlice, for: Player.router.ip, to: Player.router.mac),
        ],
    ]

    @Test(arguments: sentOn, decoys.dropFirst())
    func `what hardly anybody believes hides nothing that one is told`(
        whispers: [Step], decoy: @Sendable (Step) -> Step
    ) {
        let start = Self.heard + exchange(5_000, .mallory, .bob)
        #expect(!grave(start + Self.whispers(whispers, behind: decoy), .withGateway).isEmpty)
    }

    // MARK: - Groups

    /// How frames for groups go: what they name as their target, and where they go.
    static let toGroups: [@Sendable (Int) -> (target: String, destination: String)] = [
        { _ in (Frame.unknown, group) },
        { ("02:aa:00:00:00:\(10 + $0)", group) },
        { _ in ("33:33:ff:00:00:10", "33:33:ff:00:00:10") },
        { (Frame.unknown, "01:00:5e:00:00:0\($0 % 4)") },
    ]

    private static func toGroups(
        _ operation: Frame.Operation, by forger: Player, count: Int, every pause: Int64,
        _ way: (Int) -> (target: String, destination: String)
    ) -> [Step] {
        (0..<count).map { number in
            let frame = Frame.arp(
                operation, sender: forger.pair, target: (way(number).target, forger.ip),
                destination: way(number).destination)
            return Step(at: 60_000 + Int64(number) * pause, frame: frame)
        }
    }

    @Test(arguments: ["03:bf:0a:00:00:64", "01:00:5e:7f:00:64"])
    func `who answers a cluster of network load balancing tells it nothing unasked`(
        group: String
    ) {
        let server = Player(mac: "00:25:90:00:00:50", ip: "10.0.0.50")
        let second = Player(mac: server.mac, ip: "10.0.0.51")
        let answer = Frame.arp(
            .reply, sender: server.pair, target: (group, "10.0.0.100"), destination: group)
        let start = [asks(0, server, for: "10.0.0.9"), asks(1_000, second, for: "10.0.0.8")]
        func told(_ frame: [UInt8], every pause: Int64) -> [Alert] {
            alerts(start + Step(at: 60_000, frame: frame).repeated(20, every: pause))
                .filter { $0.severity >= .high }
        }
        #expect(told(answer, every: 45_000).isEmpty)
        let other = Frame.arp(
            .reply, sender: server.pair, target: (group, "10.0.0.101"), destination: group)
        #expect(!told(other, every: 15_000).isEmpty)
    }

    @Test(arguments: toGroups)
    func `who whispers to groups whispers to one`(
        way: @Sendable (Int) -> (target: String, destination: String)
    ) throws {
        let unheard = exchange(0, .mallory, .bob) + exchange(1_000, .alice, .bob)
        for answers in [1_000, 14_000].map({
            Self.toGroups(.reply, by: Self.asRouter, count: 5, every: $0, way)
        }) {
            for configuration in [DetectorConfiguration(), .withGateway] {
                let alert = try #require(grave(unheard + answers, configuration).first)
                #expect(alert.rule == .repeatedUnsolicited)
                #expect(alert.explanation.contains("telling the group "))
            }
        }
        let nobody = Player(mac: "0a:de:ad:be:ef:02", ip: Player.router.ip)
        let answers = Self.toGroups(.reply, by: nobody, count: 5, every: 2_000, way)
        let told = alerts(Self.heard + answers).filter { $0.severity >= .high }
        #expect(told.map(\.rule) == [.repeatedUnsolicitedAlone])
    }

    @Test(arguments: toGroups)
    func `who asks groups on and on in the name of what it took is told`(
        way: @Sendable (Int) -> (target: String, destination: String)
    ) {
        let nobody = Player(mac: Player.mallory.mac, ip: Player.router.ip)
        let questions = Self.toGroups(.request, by: nobody, count: 60, every: 1_000, way)
        #expect(grave(Self.heard + questions).map(\.rule) == [.repeatedUnsolicitedAlone])
    }

    @Test func `who asks a group for many addresses scans`() {
        let questions = (1..<60).map { number in
            asks(20_000 + Int64(number) * 20, .mallory, for: "10.0.0.\(number)", to: Self.group)
        }
        let told = alerts(Self.heard + questions).map { Verdict($0.rule, $0.severity) }
        #expect(told == [Verdict(.scan, .low)])
    }

    /// A switch hands what goes to the group that a cluster speaks for to all; not what the cluster
    /// asked its router alone.
    @Test func `a router that answers a cluster under its group address is not accused`() {
        let cluster = Player(mac: "03:bf:0a:00:00:08", ip: "10.0.0.8")
        let steps = (0..<20).flatMap { round -> [Step] in
            let at = Int64(round) * 30_000
            let asked = round % 5 == 0 ? [asks(at, .router, for: Player.alice.ip)] : []
            return asked + [tells(at + 10_000, .router, cluster)]
        }
        #expect(alerts(steps, .withGateway).isEmpty)
    }

    @Test func `who was asked alone has nothing to answer to everybody`() {
        let asker = Player(mac: "0a:cc:11:22:33:45", ip: "10.0.0.77")
        func story(isAsked: Bool) -> [Alert] {
            var steps = Self.heard + exchange(5_000, .mallory, .alice)
            for round in 0..<20 {
                let at = 20_000 + Int64(round) * 10_000
                let question = asks(at, asker, for: Player.bob.ip, to: Player.mallory.mac)
                steps += isAsked ? [question] : []
                let answer = Frame.arp(
                    .reply, sender: Player.mallory.claiming(.bob).pair, target: asker.pair,
                    destination: Frame.broadcast)
                steps.append(Step(at: at + 1, frame: answer))
                steps += exchange(at + 5_000, .bob, .alice)
            }
            return grave(steps)
        }
        #expect(!story(isAsked: false).isEmpty)
        #expect(!story(isAsked: true).isEmpty)
    }

    @Test func `a station that a bridge speaks for may ask whether an address is free`() {
        let client = Player(mac: "f0:de:f1:00:00:51", ip: "0.0.0.0")
        let probe = asks(10_000, client, for: "10.0.0.51").from(Player.bob.mac)
        let told = alerts(Self.heard + probe.repeated(3, every: 1_000))
        #expect(told.map { Verdict($0.rule, $0.severity) } == [Verdict(.portStealing, .medium)])
        let stolen = asks(20_000, client, for: "10.0.0.51", to: client.mac).from(Player.bob.mac)
        #expect(alerts(Self.heard + [stolen]).contains { $0.severity == .high })
    }
}
