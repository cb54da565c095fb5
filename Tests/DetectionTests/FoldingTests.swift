// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let attack =
    exchange(0, .mallory, .alice) + exchange(5_000, .router, .alice)
    + tells(10_000, .mallory.claiming(.router), .alice).repeated(20, every: 1_000)

/// One matter, one alert; and what a person does not want to hear of.
struct FoldingTests {
    private static func verdicts(
        _ steps: [Step], _ configuration: DetectorConfiguration = DetectorConfiguration()
    ) -> [Verdict] {
        alerts(steps, configuration).map { Verdict($0.rule, $0.severity) }
    }

    @Test func `further rules on the same address and station add nothing`() {
        #expect(Self.verdicts(attack) == [Verdict(.toldAgainstOwner, .high)])
    }

    @Test func `the end of an attack that was told is worth a word`() {
        let restored = attack + [tells(40_000, .router, .alice, source: Player.mallory.mac)]
        #expect(
            Self.verdicts(restored) == [Verdict(.toldAgainstOwner, .high), Verdict(.restore, .low)])
    }

    @Test func `the end of an attack is no move of the gateway, a new one is`() {
        let forged = Player.mallory.claiming(.router)
        let contest =
            exchange(0, .mallory, .alice) + exchange(5_000, .router, .alice)
            + [tells(10_000, forged, .alice)] + exchange(12_000, .router, .alice)
            + [tells(14_000, forged, .alice)]
        let told = Self.verdicts(contest, .withGateway)
        #expect(told.allSatisfy { $0.severity < .critical })
        let end =
            contest + [tells(20_000, .router, .alice, source: Player.mallory.mac)]
            + exchange(22_000, .router, .alice)
        #expect(Self.verdicts(end, .withGateway) == told + [Verdict(.restore, .low)])
        let again = Self.verdicts(end + [tells(30_000, forged, .alice)], .withGateway)
        #expect(again.last == Verdict(.contestedByForger, .critical))
    }

    @Test func `an address that comes back has moved no further`() {
        let back = attack + exchange(40_000, .router, .alice)
        #expect(Self.verdicts(back) == [Verdict(.toldAgainstOwner, .high)])
    }

    @Test func `a matter is told again when an hour has passed without it`() {
        let later = attack.map { $0.later(3_700_000) }
        #expect(Self.verdicts(attack + later).filter { $0.severity == .high }.count == 2)
    }

    @Test func `an attacker who takes a whole network is told with five addresses of it`() {
        let victims = (0..<40).map { number in
            Player(mac: "3c:97:0e:00:04:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
        let network =
            exchange(0, .mallory, .alice)
            + victims.enumerated().flatMap { exchange(Int64($0 * 10), $1, .alice) }
        let forged = victims.enumerated().map { number, victim in
            tells(20_000 + Int64(number) * 300, .mallory.claiming(victim), .alice)
        }
        let verdicts = Self.verdicts(network + forged)
        #expect(verdicts.filter { $0.severity >= .high }.count == 5)
    }

    @Test func `the gateway is told, however many addresses were taken before`() {
        let victims = (0..<6).map { number in
            Player(mac: "3c:97:0e:00:04:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
        let steps =
            exchange(0, .mallory, .alice)
            + victims.enumerated().flatMap { exchange(Int64($0 * 10), $1, .alice) }
            + exchange(15_000, .router, .alice)
            + (victims + [.router]).enumerated().map { number, victim in
                tells(20_000 + Int64(number) * 300, .mallory.claiming(victim), .alice)
            }
        let told = alerts(steps, .withGateway).filter { $0.severity >= .high }
        #expect(told.count == 6)
        #expect(told.last?.kind == .gatewayImpersonation)
    }

    @Test func `who answers for a whole network is told with five addresses of it`() {
        let hosts = (0..<12).map { number in
            Player(mac: "3c:97:0e:00:04:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
        let steps = (0..<4).flatMap { round in
            hosts.enumerated().flatMap { number, host -> [Step] in
                let at = Int64(round * 20_000 + number * 1_000)
                return exchange(at, host, .router)
                    + exchange(at + 500, Player.router.claiming(host), .alice)
            }
        }
        let told = Self.verdicts(steps)
        #expect(told.filter { $0 == Verdict(.bindingChanged, .low) }.count == 5)
        #expect(told.filter { $0 == Verdict(.addressConflict, .medium) }.count == 5)
        #expect(told.count == 10)
    }

    @Test func `a second attacker is another matter`() {
        let other = Player(mac: "74:d4:35:00:00:77", ip: "10.0.0.77")
        let second =
            exchange(31_000, other, .alice) + exchange(32_000, .router, .alice)
            + [tells(40_000, other.claiming(.router), .alice)]
        #expect(Self.verdicts(attack + second).filter { $0.severity == .high }.count == 2)
    }

    @Test func `invented thieves and group addresses make no alert each`() {
        let known = exchange(0, .router, .alice) + exchange(5_000, .bob, .alice)
        let thieves = (10..<60).map { number in
            let thief = Player(mac: "02:00:00:00:07:\(number)", ip: "0.0.0.0")
            return asks(20_000 + Int64(number) * 200, thief, for: "0.0.0.0", to: thief.mac)
                .from(Player.bob.mac)
        }
        let told = Self.verdicts(known + thieves)
        let theft = Array(repeating: Verdict(.portStealing, .high), count: 5)
        #expect(told == theft + [Verdict(.speaksForMany, .high)])
        let groups = (10..<60).map { number in
            announces(
                20_000 + Int64(number) * 200,
                Player(mac: "01:00:5e:00:07:\(number)", ip: Player.bob.ip)
            ).from("02:00:00:00:08:\(number)")
        }
        let grave = Self.verdicts(known + groups).filter { $0.severity >= .high }
        #expect(grave == [Verdict(.invalidSender, .high)])
    }

    /// A frame with many tags, the first of them of a VLAN, that ends before they do.
    private static func hidden(_ at: Int64, vlan: UInt16 = 5) -> Step {
        var step = announces(at, .mallory)
        let tags = [vlan] + [UInt16](repeating: 0, count: 70)
        step.frame.replaceSubrange(12..., with: tags.flatMap { [0x81, 0] + Frame.big16($0) })
        return step
    }

    @Test func `what is less grave keeps nothing graver from being told again`() {
        let day: Int64 = 86_400_000
        let cut = (1...28).map { number in
            let step = announces(Int64(number) * 3_000_000, .bob)
            return Step(at: step.at, frame: Array(step.frame.prefix(22)))
        }
        let told = Self.verdicts([Self.hidden(0)] + cut + [Self.hidden(day)])
        #expect(told == [Verdict(.malformed, .high), Verdict(.malformed, .high)])
    }

    @Test func `between a host and the gateway is told, whatever was told of other hosts`() {
        func between(_ at: Int64, _ one: Player, _ other: Player) -> [Step] {
            let first = Frame.arp(
                .request, sender: Player.mallory.claiming(one).pair,
                target: (Frame.unknown, other.ip), destination: other.mac)
            let second = Frame.arp(
                .request, sender: Player.mallory.claiming(other).pair,
                target: (Frame.unknown, one.ip), destination: one.mac)
            return [Step(at: at, frame: first), Step(at: at + 100, frame: second)]
        }
        let known =
            exchange(0, .router, .alice) + exchange(1_000, .bob, .alice)
            + exchange(2_000, .alice, .bob)
        for (one, other) in [(Player.alice, Player.router), (.router, .alice)] {
            let steps =
                known + between(60_000, .alice, .bob) + between(90_000, one, other)
                + between(110_000, one, other)
            let told = alerts(steps, .withGateway).filter { $0.rule == .betweenTwo }
            #expect(told.map(\.isGateway) == [false, true])
        }
    }

    @Test(arguments: [(5, false), (6, true)] as [(UInt16, Bool)])
    func `what hides behind tags is suppressed by its VLAN`(vlan: UInt16, isTold: Bool) {
        let configuration = DetectorConfiguration(
            suppressions: [Suppression(rule: .malformed, vlan: 5)])
        #expect(Self.verdicts([Self.hidden(0, vlan: vlan)], configuration).isEmpty != isTold)
    }

    @Test(
        arguments: [
            (Suppression(rule: .toldAgainstOwner), false),
            (Suppression(rule: .scan), true),
            (Suppression(ip: IPv4Address(Player.router.ip)), false),
            (Suppression(ip: IPv4Address(Player.bob.ip)), true),
            (Suppression(mac: MACAddress(Player.mallory.mac)), false),
            (Suppression(mac: MACAddress(Player.alice.mac)), true),
            (Suppression(mac: MACAddress(Player.router.mac)), true),
            (Suppression(vlan: 7), true),
            (Suppression(rule: .toldAgainstOwner, ip: IPv4Address(Player.bob.ip)), true),
        ])
    func `what fits a suppression is counted and not told`(suppression: Suppression, isTold: Bool) {
        let configuration = DetectorConfiguration(suppressions: [suppression])
        let verdicts = Self.verdicts(attack, configuration)
        #expect(verdicts.contains(Verdict(.toldAgainstOwner, .high)) == isTold)
        #expect((Self.suppressed(configuration) > 0) != isTold)
    }

    @Test(arguments: [(Player.mallory, false), (.bob, false), (.alice, true)])
    func `a conflict without a culprit is suppressed by either side`(side: Player, isTold: Bool) {
        let conflict =
            exchange(0, .bob, .alice) + [announces(5_000, .mallory.claiming(.bob))]
            + [announces(5_500, .bob)]
        let suppression = Suppression(rule: .addressConflict, mac: MACAddress(side.mac))
        let told = Self.verdicts(conflict, DetectorConfiguration(suppressions: [suppression]))
        #expect(told.contains(Verdict(.addressConflict, .medium)) == isTold)
    }

    @Test(arguments: [(Player.mallory, false), (.router, true)])
    func `who suppresses what the gateway does misses no contest for its address`(
        side: Player, isTold: Bool
    ) {
        let contest =
            exchange(0, .router, .alice) + [announces(1_000, .mallory.claiming(.router))]
            + exchange(2_000, .router, .alice) + [announces(3_000, .mallory.claiming(.router))]
        var configuration = DetectorConfiguration.withGateway
        configuration.suppressions = [Suppression(mac: MACAddress(side.mac))]
        let told = Self.verdicts(contest, configuration)
        #expect(told.contains(Verdict(.contestedGateway, .high)) == isTold)
    }

    @Test func `a trusted station is never accused, but claims against it are heard`() {
        let mallory = MACAddress(Player.mallory.mac) ?? .zero
        let router = MACAddress(Player.router.mac) ?? .zero
        let trusting = DetectorConfiguration(trustedStations: [mallory])
        #expect(Self.verdicts(attack, trusting).allSatisfy { $0.severity < .high })
        let owner = DetectorConfiguration(trustedStations: [router])
        #expect(Self.verdicts(attack, owner) == [Verdict(.toldAgainstOwner, .high)])
    }

    private static func suppressed(_ configuration: DetectorConfiguration) -> UInt64 {
        var detector = Detector(configuration)
        for (index, step) in attack.enumerated() {
            detector.process(
                step.frame.span, format: .ethernet, time: step.at * 1_000_000,
                number: UInt64(index) + 1
            ) { _ in }
        }
        return detector.statistics.suppressed
    }
}
