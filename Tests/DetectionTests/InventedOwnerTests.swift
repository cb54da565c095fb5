// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

/// What somebody says in an owner's name under a source that anybody can wear: it leads to nobody,
/// and anybody can invent the owner as well.
struct InventedOwnerTests {
    private static let watcher = Player(mac: "02:00:00:00:00:09", ip: "10.0.0.9")
    private static let trusting: DetectorConfiguration = {
        var configuration = DetectorConfiguration.withGateway
        configuration.trustedStations = [MACAddress(watcher.mac) ?? .zero]
        return configuration
    }()
    private static let configurations = [DetectorConfiguration(), .withGateway]

    private static let known =
        exchange(0, .router, .alice) + exchange(1_000, .mallory, .bob)
        + exchange(2_000, .router, .bob) + exchange(3_000, .bob, .alice)
        + exchange(4_000, watcher, .alice) + exchange(5_000, .alice, .bob)

    private static func told(_ steps: [Step], _ configuration: DetectorConfiguration) -> [Alert] {
        alerts(steps.sorted { $0.at < $1.at }, configuration).filter { $0.severity >= .high }
    }

    // MARK: - Without end

    private static let invented = (0..<140).map { player($0, "0a:11:22:33", in: 1) }

    private static func player(_ number: Int, _ prefix: String, in network: Int) -> Player {
        let (turn, octet) = (number / 90, 10 + number % 90)
        return Player(mac: "\(prefix):0\(turn):\(octet)", ip: "10.0.\(network + turn).\(octet)")
    }

    /// Each invention asks or `answers` as owners do, and then somebody whispers in its name.
    private static func inventions(answers: Bool, source: (Int) -> Player) -> [Step] {
        invented.enumerated().flatMap { number, who -> [Step] in
            let at = 20_000 + Int64(number) * 12_000
            let speaker = source(number)
            let own =
                answers
                ? exchange(at + 1, who, .mallory) : [asks(at + 1, who, for: Player.bob.ip)]
            return [asks(at, speaker, for: Player.alice.ip)] + own
                + tells(at + 3_000, who, .alice).from(speaker.mac).repeated(3, every: 2_000)
        }
    }

    private static func own(_ number: Int) -> Player { player(number, "0a:44:55:66", in: 7) }

    @Test(arguments: [true, false])
    func `owners that somebody invents under a trusted source are told twice`(answers: Bool) {
        let steps = Self.inventions(answers: answers) { _ in Self.watcher }
        let told = Self.told(Self.known + steps, Self.trusting)
        #expect(told.count { $0.rule == .repeatedUnsolicited } == 2)
        #expect(told.count == 2)
        #expect(told.allSatisfy { $0.accused == nil || !answers })
    }

    @Test func `owners that somebody invents under sources that were heard are told twice`() {
        for source in [{ _ in Player.bob }, Self.own] {
            let steps = Self.inventions(answers: true, source: source)
            let told = Self.told(Self.known + steps, DetectorConfiguration())
            #expect(told.count { $0.rule == .repeatedUnsolicited } == 2)
        }
    }

    @Test func `inventions hide neither who takes an address nor what is said of the gateway`() {
        let attack = tells(1_800_000, .mallory.claiming(.bob), .alice).repeated(8, every: 2_000)
        let truth = tells(1_830_000, .router, .alice).from(Self.watcher.mac)
            .repeated(3, every: 2_000)
        let steps = Self.inventions(answers: true) { _ in Self.watcher } + attack + truth
        let told = Self.told(Self.known + steps, Self.trusting)
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.contains { $0.accused == nil && $0.isGateway })
    }

    // MARK: - In a real owner's name

    @Test(arguments: [Player.router, .alice], configurations)
    func `who wears a station's source in an owner's name does not accuse that one`(
        victim: Player, configuration: DetectorConfiguration
    ) {
        let truth = tells(10_000, victim, .mallory).from(Player.bob.mac).repeated(4, every: 2_000)
        let told = Self.told(Self.known + truth, configuration)
        #expect(told.count == 1)
        #expect(told.allSatisfy { $0.accused == nil && !$0.advice.contains("accused") })
    }

    private static let listener = Player(mac: "3c:97:0e:00:00:11", ip: "10.0.0.11")

    private static let stranger = Player(mac: "02:de:ad:be:ef:01", ip: "10.0.0.67")

    /// A forger takes the address of an owner that only asks, and once the truth is told under
    /// another source.
    private static func contest(of victim: Player, by forger: Player, source: Player) -> [Step] {
        (0..<12).flatMap { round -> [Step] in
            let at = 40_000 + Int64(round) * 14_000
            let truth = tells(at + 3_000, victim, listener).from(source.mac)
            return [announces(at, forger.claiming(victim))] + (round == 1 ? [truth] : [])
                + (round % 2 == 0 ? [asks(at + 6_000, victim, for: Player.bob.ip)] : [])
        }
    }

    @Test(arguments: [Player.router, .alice], [Player.bob, watcher])
    func `what is said of an owner that only asks, under a worn source, accuses nobody`(
        victim: Player, source: Player
    ) {
        let steps = Self.heardAsking(victim)
        let contest = Self.contest(of: victim, by: Self.stranger, source: source)
        let told = Self.told(steps + contest, Self.trusting)
        #expect(told.map(\.severity) == [victim.ip == Player.router.ip ? .critical : .high])
        for alert in told {
            #expect(alert.rule == .contestedByForger && alert.accused == nil)
            #expect(alert.explanation.contains(Self.stranger.mac))
            #expect(!alert.advice.contains("accused"))
        }
    }

    @Test(arguments: [Player.router, .alice], [Player.bob, watcher])
    func `what is said of an owner that only asks hides no station that has another address`(
        victim: Player, source: Player
    ) {
        let contest = Self.contest(of: victim, by: .mallory, source: source)
        let told = Self.told(Self.heardAsking(victim) + contest, Self.trusting)
        #expect(told.contains { $0.accused?.description == Player.mallory.mac })
        #expect(told.allSatisfy { [nil, Player.mallory.mac].contains($0.accused?.description) })
    }

    @Test(arguments: [Player.bob, watcher, player(1, "0a:44:55:66", in: 7)], configurations)
    func `one true word before an owner's first does not accuse the owner`(
        source: Player, configuration: DetectorConfiguration
    ) {
        var configuration = configuration
        configuration.trustedStations = Self.trusting.trustedStations
        let first = tells(6_000, .router, .alice).from(source.mac)
        let attack =
            announces(40_000, Self.stranger.claiming(.router)).repeated(10, every: 17_000)
            + asks(43_000, .router, for: Player.bob.ip).repeated(10, every: 17_000)
        let told = Self.told(Self.heardAsking(.router) + [first] + attack, configuration)
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.accused == nil })
    }

    /// A forger announces the router's address, which only asks in it.
    private static func attack(by forger: Player) -> [Step] {
        announces(40_000, forger.claiming(.router)).repeated(14, every: 17_000)
            + asks(43_000, .router, for: Player.bob.ip).repeated(14, every: 17_000)
    }

    /// The truth, told to one after the other.
    private static func words(_ at: [Int64], source: Player) -> [Step] {
        let listeners: [Player] = [.alice, listener, .mallory, .bob]
        return at.enumerated().map { tells($1, .router, listeners[$0]).from(source.mac) }
    }

    @Test(
        arguments: [Player.bob, watcher, player(1, "0a:44:55:66", in: 7)],
        [[20_000, 20_500, 21_000], [41_000, 58_000, 75_000]] as [[Int64]])
    func `however often the truth is told for an owner that only asks, it is not accused`(
        source: Player, times: [Int64]
    ) {
        // Who speaks under an invented source while another one has the address is accused.
        let isHeard = source.ip == Player.bob.ip || source.ip == Self.watcher.ip
        let others = isHeard || times[0] < 40_000 ? [] : [source.mac]
        for forger in [Player.mallory, Self.stranger] {
            let words = Self.words(times, source: source)
            let steps = Self.heardAsking(.router) + words + Self.attack(by: forger)
            for configuration in [DetectorConfiguration(), Self.trusting] {
                let told = Self.told(steps, configuration)
                let accused = Set(told.compactMap(\.accused?.description))
                #expect(!told.isEmpty && accused.isSubset(of: [forger.mac] + others), "\(accused)")
                let isNamed = forger.mac == Player.mallory.mac && others.isEmpty
                #expect(!isNamed || accused.contains(forger.mac))
            }
        }
    }

    private static let second = exchange(
        9_000, Player(mac: Player.router.mac, ip: "10.0.0.2"), .bob)

    @Test(arguments: [Player.bob, watcher], [20_000, 41_000] as [Int64])
    func `a word for an owner that has a second address accuses nobody`(
        source: Player, time: Int64
    ) {
        let steps = Self.heardAsking(.router) + Self.second + Self.attack(by: Self.stranger)
        for configuration in [DetectorConfiguration(), Self.trusting] {
            let told = Self.told(steps + Self.words([time], source: source), configuration)
            #expect(told.allSatisfy { $0.accused == nil })
        }
    }

    @Test func `a trusted source accuses no owner that only asks`() {
        let words = tells(30_000, .router, .alice).from(Self.watcher.mac).repeated(4, every: 2_000)
        let told = alerts(Self.heardAsking(.router) + Self.second + words, Self.trusting)
        #expect(told.contains { $0.severity >= .high })
        #expect(told.allSatisfy { $0.accused == nil && !$0.advice.contains("accused") })
    }

    @Test(arguments: [false, true], configurations)
    func `who wears a third source accuses nobody where another one answers for the owner`(
        hasAnswered: Bool, configuration: DetectorConfiguration
    ) {
        let shared = Player(mac: "00:00:5e:00:01:0a", ip: Player.router.ip)
        let asked = exchange(10_000, shared, .alice).flatMap { $0.repeated(6, every: 5_000) }
        let answered = asked.sorted { $0.at < $1.at }.enumerated().map { place, step in
            let source = hasAnswered && place == 11 ? Player.bob : .mallory
            return place % 2 == 0 ? step : step.from(source.mac)
        }
        let whispers = tells(50_000, shared, .alice).from(Player.bob.mac).repeated(8, every: 4_000)
        let start = exchange(0, .mallory, .bob) + exchange(1_000, .bob, .alice)
        let told = alerts(start + answered + whispers, configuration)
        #expect(told.contains { $0.severity >= .high })
        #expect(told.allSatisfy { $0.severity < .high || $0.accused == nil })
    }

    /// Everybody was heard but the victim, which then only asks.
    private static func heardAsking(_ victim: Player) -> [Step] {
        exchange(0, .mallory, .bob) + exchange(1_000, .bob, .mallory)
            + exchange(3_000, watcher, .bob)
            + asks(10_000, victim, for: Player.bob.ip).repeated(4, every: 3_000)
    }

    @Test func `contests that somebody invents under a trusted source are told twice`() {
        let steps = Self.invented.prefix(40).enumerated().flatMap { number, who -> [Step] in
            let at = 20_000 + Int64(number) * 12_000
            let rival = Player(mac: Self.own(number).mac, ip: who.ip)
            return [asks(at, who, for: Player.bob.ip), announces(at + 2_000, rival)]
                + [tells(at + 4_000, who, .alice).from(Self.watcher.mac)]
        }
        let told = Self.told(Self.known + steps, Self.trusting)
        #expect(told.count { $0.rule == .contestedByForger } == 2)
    }

    // MARK: - Whispers without end

    @Test(arguments: ["02:de:ad:be:ef:01", "02:11:22:33:44:55"])
    func `however often an address is whispered about, nobody is known to have it`(
        source: String
    ) throws {
        let forger = Player(mac: "02:11:22:33:44:55", ip: Player.router.ip)
        let whisper = tells(10_000, forger, .alice).from(source)
        let router = try #require(IPv4Address(Player.router.ip))
        var detector = Detector(.withGateway)
        for (index, step) in whisper.repeated(700, every: 150).enumerated() {
            detector.process(
                step.frame.span, format: .ethernet,
                time: 1_700_000_000_000_000_000 + step.at * 1_000_000, number: UInt64(index) + 1
            ) { _ in }
            #expect(detector.settledOwner(of: router) == nil)
        }
        detector.forEachSettledBinding { #expect($0.pair.ip != router) }
    }

    @Test(arguments: [254, 255, 600])
    func `however often a forger's claim is whispered, the owner is not accused of its own`(
        times: Int
    ) {
        let forger = Player(mac: "02:11:22:33:44:55", ip: Player.router.ip)
        let second = Player(mac: Player.router.mac, ip: "10.0.0.2")
        let start = exchange(0, .alice, .bob) + exchange(1_000, second, .alice)
        let whispers = tells(5_000, forger, .alice).from("02:de:ad:be:ef:01")
            .repeated(times, every: 150)
        let unasked = [Player.bob, .alice, .mallory].enumerated().map { number, listener in
            tells(104_000 + Int64(number) * 2_000, .router, listener)
        }
        let steps = start + whispers + [asks(102_000, second, for: Player.bob.ip)] + unasked
        let told = Self.told(steps, DetectorConfiguration())
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { $0.accused?.description != Player.router.mac })
    }
}
