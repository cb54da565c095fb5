// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What was told of others, or is said in anybody's name, hides no attack: and whoever invents
/// others makes no alert of each.
struct FoldedAttackTests {
    private static let asRouter = Player.mallory.claiming(.router)
    private static let minute: Int64 = 60_000
    private static let invented = "02:aa:00:00:00:01"

    private static let known =
        exchange(0, .router, .alice) + exchange(1_000, .alice, .bob)
        + exchange(2_000, .router, .bob)

    /// A group address claims an address.
    private static func groups(
        _ at: Int64, _ ip: String = Player.router.ip, source: String = invented
    ) -> Step {
        announces(at, Player(mac: "01:00:5e:00:00:77", ip: ip)).from(source)
    }

    /// Whose hardware address ends as the router's does.
    private static let alike = Player(mac: "02:cc:00:00:00:01", ip: Player.router.ip)

    /// Somebody and the router answer the same question, again and again.
    private static func contest(_ at: Int64, by who: Player = asRouter, times: Int = 20) -> [Step] {
        (0..<times).flatMap { round -> [Step] in
            let at = at + Int64(round) * 20_000
            return [
                asks(at, .alice, for: Player.router.ip, to: Player.router.mac),
                tells(at + 1, who, .alice), tells(at + 10, .router, .alice),
            ]
        }
    }

    private static func told(
        _ steps: [Step], _ configuration: DetectorConfiguration = .withGateway
    ) -> [Alert] {
        alerts(steps.sorted { $0.at < $1.at }, configuration).filter { $0.severity >= .high }
    }

    private static func names(_ alert: Alert, _ who: String) -> Bool {
        [alert.accused, alert.claim?.mac].contains { $0?.description == who }
    }

    private static func thief(_ number: Int64, at: Int64) -> Step {
        let thief = Player(mac: "02:00:00:00:07:\(10 + number)", ip: "0.0.0.0")
        return asks(at, thief, for: "0.0.0.0", to: thief.mac).from(Player.bob.mac)
    }

    // MARK: - Invalid senders

    @Test(arguments: [[50_000], [50_000, 1_800_000, 3_600_000]] as [[Int64]])
    func `no invalid sender hides a contest of the gateway`(times: [Int64]) {
        let told = Self.told(Self.known + times.map { Self.groups($0) } + Self.contest(2_000_000))
        #expect(told.map(\.rule) == [.invalidSender, .contestedGateway])
    }

    @Test func `no invalid sender hides the stations that somebody invents`() {
        let claims = (0..<60).flatMap { round -> [Step] in
            let at = 60_000 + Int64(round) * 3_000
            let who = Player(mac: "02:bb:00:00:00:\(10 + round)", ip: Player.bob.ip)
            return [announces(at, who)] + exchange(at + 1_000, .router, .bob)
        }
        let told = Self.told(Self.known + [Self.groups(50_000, Player.bob.ip)] + claims)
        #expect(told.map(\.rule) == [.invalidSender, .inventedClaimants])
    }

    @Test(arguments: [Player.mallory.mac, invented])
    func `no invalid sender hides who whispers from the same source`(source: String) {
        let whispers = tells(60_000, Self.asRouter, .alice).from(source).repeated(20, every: 2_000)
        let steps = Self.known + exchange(3_000, .mallory, .alice)
        let told = Self.told(steps + [Self.groups(50_000, source: source)] + whispers)
        #expect(told.first?.rule == .invalidSender)
        #expect(told.dropFirst().contains { Self.names($0, Player.mallory.mac) })
    }

    @Test func `group addresses take a whole network and are told with five addresses of it`() {
        let hosts = (0..<30).map { number in
            Player(mac: "3c:97:0e:00:04:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
        let steps =
            hosts.enumerated().flatMap { exchange(Int64($0 * 100), $1, .alice) }
            + hosts.enumerated().map { number, host in
                Self.groups(20_000 + Int64(number) * 500, host.ip, source: Player.mallory.mac)
            }
        #expect(Self.told(steps).map(\.rule) == Array(repeating: .invalidSender, count: 5))
    }

    // MARK: - Sources

    @Test func `who was told under a source hides nobody who uses it next`() {
        let steps = [Self.alike, Self.asRouter].enumerated().flatMap { number, who in
            tells(60_000 + Int64(number) * 60_000, who, .alice).from(Self.invented)
                .repeated(20, every: 2_000)
        }
        let told = Self.told(Self.known + steps)
        for who in [Self.alike, .mallory] { #expect(told.contains { Self.names($0, who.mac) }) }
    }

    @Test(arguments: [Player.router, .bob])
    func `whoever was told under a source, others are told within an hour`(victim: Player) {
        let first = (0..<2).flatMap { number in
            let who = Player(mac: "02:cc:00:00:00:\(10 + number)", ip: victim.ip)
            return tells(60_000 + Int64(number) * 60_000, who, .alice).from(Self.invented)
                .repeated(20, every: 2_000)
        }
        let last = tells(180_000, .mallory.claiming(victim), .alice).from(Self.invented)
            .repeated(130, every: 30_000)
        let told = Self.told(Self.known + first + last)
        #expect(told.contains { Self.names($0, Player.mallory.mac) })
    }

    @Test(arguments: [Player.router, .bob])
    func `of whom one source makes up two are told`(victim: Player) {
        let steps = (0..<30).flatMap { number in
            let who = Player(mac: "02:cc:00:00:00:\(10 + number)", ip: victim.ip)
            return tells(60_000 + Int64(number) * 4_000, who, .alice).from(Self.invented)
                .repeated(3, every: 1_000)
        }
        let told = Self.told(Self.known + steps).filter { $0.rule != .speaksForMany }
        #expect(told.count == 2)
    }

    @Test func `who puts an owner back is no matter of its own`() {
        let attack =
            exchange(3_000, .mallory, .alice)
            + tells(60_000, Self.asRouter, .alice).repeated(10, every: 2_000)
        let end = tells(100_000, .router, .alice).from(Player.mallory.mac).repeated(5, every: 1_000)
        #expect(Self.told(Self.known + attack + end) == Self.told(Self.known + attack))
    }

    @Test func `who takes a whole network in one other name is told with five addresses of it`() {
        let hosts = (0..<20).map { number in
            Player(mac: "3c:97:0e:00:04:\(10 + number)", ip: "10.0.0.\(100 + number)")
        }
        let steps = hosts.enumerated().flatMap { number, host -> [Step] in
            let at = Int64(number) * 1_000
            let forged = tells(60_000 + at, .mallory.claiming(host), .alice).from(Self.invented)
            return exchange(at, host, .alice) + forged.repeated(3, every: 30_000)
        }
        let told = Self.told(steps)
        #expect(told.count == 5)
        #expect(told.allSatisfy { Self.names($0, Player.mallory.mac) })
    }

    @Test func `who uses the name of one that was told is told in its own`() {
        let own = Player(mac: "3c:97:0e:00:00:77", ip: "10.0.0.77")
        let decoy = own.claiming(.router)
        let open = tells(60_000, decoy, .alice).repeated(5, every: 2_000)
        let worn = tells(80_000, decoy, .alice).from(Player.mallory.mac)
            .repeated(6, every: 2_000)
        let attack = tells(200_000, Self.asRouter, .alice).repeated(60, every: 5_000)
        let start = exchange(3_000, .mallory, .alice) + exchange(4_000, own, .alice)
        let steps = Self.known + start + open + worn + attack
        #expect(Self.told(Self.known + start + open).contains { Self.names($0, own.mac) })
        #expect(Self.told(steps).contains { Self.names($0, Player.mallory.mac) })
    }

    @Test func `who was told under a source keeps nothing graver waiting`() {
        func asksOn(_ at: Int64) -> [Step] {
            [asks(at, .router, for: Player.alice.ip), tells(at + 1, .alice, .router)]
        }
        let decoys = (0..<2).flatMap { number -> [Step] in
            let at = 60_000 + Int64(number) * 10_000
            let who = Player(mac: "02:dd:00:00:01:\(10 + number)", ip: Player.router.ip)
            return [tells(at, who, .alice).from(Self.invented)] + asksOn(at + 5_000)
        }
        let attack = (0..<40).flatMap { round -> [Step] in
            let at = 150_000 + Int64(round) * 20_000
            return [tells(at, Self.asRouter, .alice).from(Self.invented)] + asksOn(at + 7_000)
        }
        let told = Self.told(Self.known + decoys + attack)
        #expect(told.contains { $0.severity == .critical && Self.names($0, Player.mallory.mac) })
    }

    @Test func `lesser thieves keep no graver one waiting`() {
        let probes = (0..<5).map { number in
            let thief = Player(mac: "02:00:00:00:08:\(10 + number)", ip: "0.0.0.0")
            return asks(60_000 + Int64(number) * 1_000, thief, for: "10.0.0.77")
                .from(Player.bob.mac)
        }
        let steps = Self.known + probes
        #expect(alerts(steps).count { $0.rule == .portStealing } == 5)
        #expect(Self.told(steps + [Self.thief(1, at: 80_000)]).map(\.rule) == [.portStealing])
    }

    // MARK: - Conflicts

    @Test func `a contest that goes on hides no other one for longer than an hour`() {
        let steps =
            Self.contest(Self.minute, by: Self.alike, times: 210)
            + Self.contest(71 * Self.minute)
        let told = Self.told(Self.known + steps)
        #expect(told.map(\.rule) == [.contestedGateway, .contestedGateway])
        #expect(told.last.map { Self.names($0, Player.mallory.mac) } == true)
    }

    @Test func `a contest that goes on is told once`() {
        let told = Self.told(Self.known + Self.contest(Self.minute, times: 400))
        #expect(told.map(\.rule) == [.contestedGateway])
    }

    // MARK: - Thieves of traffic

    @Test func `who accuses others of its theft is told as well`() {
        let wrong = [Self.thief(1, at: 20_000), Self.thief(2, at: 20_100)]
        let right = asks(20_200, Self.unnamed, for: "0.0.0.0", to: Player.mallory.mac)
            .from(Player.bob.mac)
        let told = Self.told(Self.known + wrong + right.repeated(50, every: 100))
        #expect(told.map(\.rule) == [.portStealing, .portStealing, .portStealing])
        #expect(told.last?.accused?.description == Player.mallory.mac)
        #expect(told.allSatisfy { $0.signature.hasSuffix("drawn off by \($0.accused ?? .zero)") })
        #expect(told.allSatisfy { $0.advice.hasPrefix("Look at both stations") })
    }

    private static let unnamed = Player(mac: Player.mallory.mac, ip: "0.0.0.0")

    @Test func `invented thieves keep others from being told for an hour at most`() {
        let steps = (0..<20).map { Self.thief($0, at: 20_000 + $0 * 10 * Self.minute) }
        let told = Self.told(Self.known + steps).filter { $0.rule == .portStealing }
        let minutes = told.map { ($0.time / 1_000_000 - 1_700_000_020_000) / Self.minute }
        #expect(minutes == [0, 10, 20, 30, 40, 70, 80, 90, 100, 110, 140, 150, 160, 170, 180])
    }

    // MARK: - Between two

    @Test(arguments: [DetectorConfiguration(), .withGateway])
    func `invented stations between two others are told five times`(
        configuration: DetectorConfiguration
    ) {
        let steps = (0..<40).flatMap { number -> [Step] in
            let who = Player(mac: "02:cc:00:00:00:\(10 + number)", ip: Player.router.ip)
            let at = 20_000 + Int64(number) * 200
            return [tells(at, who, .alice), tells(at + 50, who.claiming(.alice), .router)]
        }
        let told = Self.told(Self.known + steps, configuration).filter { $0.rule == .betweenTwo }
        #expect(told.count == 5)
    }
}
