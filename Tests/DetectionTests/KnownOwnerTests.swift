// SPDX-License-Identifier: Apache-2.0

import Detection
import TestKit
import Testing

private let forged = Player.mallory.claiming(.router)

/// Who is known as an owner beyond a detector: by the state of a watch, by the next watch, and by
/// one that begins anew.
struct KnownOwnerTests {
    /// A detector that hears frames in turn.
    private final class Ear {
        var detector: Detector
        private var frames: UInt64 = 0
        private var last: Int64 = 0

        init(_ configuration: DetectorConfiguration = .withGateway) {
            detector = Detector(configuration)
        }

        func hear(_ steps: [Step]) -> [Verdict] {
            var verdicts: [Verdict] = []
            for step in steps {
                frames += 1
                last = step.at
                detector.process(
                    step.frame.span, format: .ethernet, time: nanoseconds(step.at), number: frames
                ) { verdicts.append(Verdict($0.rule, $0.severity)) }
            }
            return verdicts
        }

        func remember(_ player: Player) {
            detector.remember(KnownBinding(pair: player.known, lastSeen: nanoseconds(0)))
        }

        /// One that begins anew, as after SIGHUP; as the last frame was heard, or later.
        func heir(
            _ configuration: DetectorConfiguration = .withGateway, at time: Int64? = nil
        ) -> Ear {
            let heir = Ear(configuration)
            heir.detector.inheritOwners(of: detector, at: nanoseconds(time ?? last))
            return heir
        }

        func owner(of player: Player) throws -> MACAddress? {
            detector.settledOwner(of: try #require(IPv4Address(player.ip)))
        }

        func isDisputed(_ player: Player) throws -> Bool {
            detector.isDisputed(try #require(IPv4Address(player.ip)))
        }

        var settled: Set<AddressPair> {
            var pairs: Set<AddressPair> = []
            detector.forEachSettledBinding { pairs.insert($0.pair) }
            return pairs
        }
    }

    private static func nanoseconds(_ milliseconds: Int64) -> Int64 {
        1_700_000_000_000_000_000 + milliseconds * 1_000_000
    }

    /// Answers that nobody asked for, one a second.
    private func whispers(_ at: Int64, _ who: Player, count: Int64 = 5) -> [Step] {
        (0..<count).map { tells(at + $0 * 1_000, who, .alice) }
    }

    @Test func `who only whispers is no known owner, now or after a reload`() throws {
        let ear = Ear()
        _ = ear.hear([asks(0, .alice, for: Player.bob.ip)])
        let verdicts = ear.hear(whispers(1_000, forged))
        #expect(verdicts == [Verdict(.repeatedUnsolicited, .high)])
        #expect(try ear.owner(of: forged) == nil && !ear.settled.contains(forged.known))
        let heir = ear.heir()
        #expect(try heir.owner(of: forged) == nil)
        _ = heir.hear(whispers(9_000, forged))
        #expect(try heir.owner(of: forged) == nil && !heir.settled.contains(forged.known))
    }

    @Test func `an address that two claim whom nobody knew is nobody's after a reload`() throws {
        let stories = [
            whispers(1_000, forged, count: 4) + exchange(8_000, .router, .alice),
            [announces(0, forged)] + exchange(1_000, .router, .alice),
            whispers(1_000, forged, count: 4) + exchange(8_000, .router, .alice)
                + [asks(9_000, forged, for: Player.alice.ip)],
            [asks(0, forged, for: Player.alice.ip)] + exchange(1_000, .router, .alice),
        ]
        for story in stories {
            let ear = Ear()
            _ = ear.hear([asks(0, .alice, for: Player.bob.ip)] + story)
            let heir = ear.heir()
            #expect(try heir.owner(of: forged) == nil)
            #expect(heir.hear(exchange(20_000, .router, .alice)).isEmpty)
            #expect(try heir.owner(of: .router) == Player.router.known.mac)
        }
    }

    @Test func `who is trusted from now on has what it took`() throws {
        let ear = Ear()
        ear.remember(.router)
        _ = ear.hear([announces(1_000, forged)])
        let trusting = DetectorConfiguration(trustedStations: [forged.known.mac])
        #expect(try ear.heir(trusting).owner(of: .router) == forged.known.mac)
        // It stays so where somebody else said the same since, but not where the owner did.
        _ = ear.hear([announces(2_000, .bob.claiming(.router))])
        #expect(try ear.heir(trusting).owner(of: .router) == forged.known.mac)
        _ = ear.hear(exchange(3_000, .router, .alice))
        #expect(try ear.heir(trusting).owner(of: .router) == Player.router.known.mac)
        #expect(try ear.heir().owner(of: .router) == Player.router.known.mac)
    }

    @Test func `a forged frame in a trusted name makes no later reload accuse the owner`() throws {
        var trusting = DetectorConfiguration.withGateway
        trusting.trustedStations = [forged.known.mac]
        var own = DetectorConfiguration.withGateway
        own.ownStations = [forged.known.mac]
        for configuration in [trusting, own] {
            var ear = Ear(configuration)
            _ = ear.hear(exchange(0, .router, .alice) + whispers(1_000, forged, count: 1))
            _ = ear.hear(exchange(5_000, .router, .alice))
            for day in 1...3 as ClosedRange<Int64> {
                ear = ear.heir(configuration, at: day * 86_400_000)
                #expect(ear.hear(exchange(day * 86_400_000 + 1, .router, .alice)).isEmpty)
                #expect(try ear.owner(of: .router) == Player.router.known.mac)
            }
        }
        // An own card has nothing by that alone, even where nobody spoke after the frame.
        let ear = Ear(own)
        _ = ear.hear(exchange(0, .router, .alice) + whispers(1_000, forged, count: 1))
        #expect(ear.heir(own).hear(exchange(2_000, .router, .alice)).isEmpty)
    }

    @Test func `a reload without a trusted station makes it no owner by the next one`() throws {
        var trusting = DetectorConfiguration.withGateway
        trusting.trustedStations = [forged.known.mac]
        let first = Ear(trusting)
        first.remember(.router)
        _ = first.hear(exchange(0, .router, .alice) + whispers(1_000, forged, count: 1))
        let without = first.heir()
        _ = without.hear(whispers(5_000, forged, count: 1))
        let again = without.heir(trusting)
        #expect(try again.owner(of: .router) == Player.router.known.mac)
        #expect(again.hear(exchange(9_000, .router, .alice)).isEmpty)
    }

    @Test func `who was trusted before takes nothing by a reload from an owner that was known`()
        throws
    {
        let trusting = DetectorConfiguration(trustedStations: [Player.alice.known.mac])
        let ear = Ear(trusting)
        ear.remember(.bob)
        _ = ear.hear([
            announces(0, .alice.claiming(.bob)), announces(1_000, .mallory.claiming(.bob)),
        ])
        #expect(try ear.heir(trusting).owner(of: .bob) == Player.bob.known.mac)
    }

    @Test func `a trusted station that was replaced is not told by later reloads`() throws {
        let heir = Player.mallory.claiming(.bob)
        let trusting = DetectorConfiguration(trustedStations: [Player.bob.known.mac])
        let ear = Ear(trusting)
        ear.remember(.bob)
        _ = ear.hear(exchange(0, .bob, .alice) + [announces(50_000, heir)])
        let next = ear.heir(trusting, at: 86_400_000)
        #expect(next.hear(exchange(86_401_000, heir, .alice)).isEmpty)
        #expect(try next.owner(of: .bob) == heir.known.mac)
    }

    @Test func `a dispute is as old as it is, however long its holder was silent`() throws {
        let heir = Player.mallory.claiming(.bob)
        let ear = Ear()
        ear.remember(.bob)
        _ = ear.hear([announces(0, heir)])
        #expect(try ear.heir(at: 3_599_000).owner(of: .bob) == Player.bob.known.mac)
        let next = ear.heir(at: 36_000_000)
        #expect(next.hear(exchange(36_001_000, heir, .alice)).isEmpty)
    }

    @Test func `an owner that was back is expected, however long ago it was disputed`() throws {
        let hours: Int64 = 4 * 3_600_000
        let taken = Player.mallory.claiming(.bob)
        let ear = Ear()
        ear.remember(.bob)
        _ = ear.hear(exchange(0, .bob, .alice) + whispers(1_000, taken, count: 1))
        _ = ear.hear(exchange(2_000, .bob, .alice) + exchange(hours, .bob, .alice))
        #expect(try ear.heir(at: hours).owner(of: .bob) == Player.bob.known.mac)
        // What begins then is a dispute of its own.
        _ = ear.hear(whispers(hours + 10_000, taken, count: 1))
        let next = ear.heir(at: hours + 300_000)
        #expect(try next.owner(of: .bob) == Player.bob.known.mac)
        #expect(next.hear(whispers(hours + 301_000, taken, count: 1)) != [])
        #expect(
            next.hear(exchange(hours + 302_000, .bob, .alice)).allSatisfy {
                $0.rule != .bindingChanged
            })
    }

    @Test func `a dispute is no older than its owner's last word`() throws {
        let taken = Player.mallory.claiming(.bob)
        for pause in [1, 3] as [Int64] {
            let ear = Ear()
            ear.remember(.bob)
            _ = ear.hear(exchange(0, .bob, .alice))
            for minute in 1...(70 as Int64) {
                let at = minute * 60_000
                if minute % pause == 0 { _ = ear.hear(exchange(at - 30_000, .bob, .alice)) }
                _ = ear.hear(whispers(at, taken, count: 1))
            }
            let next = ear.heir()
            #expect(try next.owner(of: .bob) == Player.bob.known.mac)
            #expect(next.hear(exchange(4_201_000, .bob, .alice)).isEmpty)
        }
    }

    @Test func `who is known by another address had no former lease`() throws {
        for isKnown in [true, false] {
            let ear = Ear()
            if isKnown { ear.remember(.mallory) }
            let verdicts = ear.hear(
                exchange(0, .router, .alice) + exchange(10, .bob, .alice) + [
                    asks(
                        5_000, .mallory.claiming(.bob), for: Player.router.ip,
                        to: Player.router.mac),
                    announces(8_000, .mallory), asks(12_000, .mallory, for: Player.bob.ip),
                ])
            #expect(verdicts.last == Verdict(.asksForItsClaim, isKnown ? .high : .medium))
        }
    }

    @Test func `who was known by another address is no router that was swapped`() throws {
        let ear = Ear()
        ear.remember(.mallory)
        let questions = asks(20_000, forged, for: Player.bob.ip).repeated(12, every: 1_000)
        let next = ear.heir()
        let verdicts = next.hear(
            exchange(0, .router, .alice) + exchange(10, .bob, .alice)
                + [announces(10_000, forged)] + questions)
        #expect(verdicts.last == Verdict(.repeatedUnsolicitedAlone, .high))
    }

    @Test func `what is refused says nothing of the station, in whatever order it is known`() {
        let orders: [[Player]] = [[.router, .mallory, forged], [.router, forged, .mallory]]
        let asking = asks(20_000, forged, for: Player.bob.ip).repeated(12, every: 1_000)
        for order in orders {
            let ear = Ear()
            for player in order { ear.remember(player) }
            let heard = exchange(0, .router, .alice) + exchange(10, .bob, .alice)
            let told = ear.hear(heard + [announces(10_000, forged)] + asking)
            #expect(told.contains { $0.severity >= .high }, "\(order.map(\.ip)): \(told)")
        }
    }

    @Test func `no flood of newcomers drives out what was known before`() throws {
        var small = DetectorConfiguration.withGateway
        small.limits.bindingsMax = 64
        let ear = Ear(small)
        _ = ear.hear(exchange(0, .router, .alice) + exchange(1_000, .bob, .alice))
        let heir = ear.heir(small)
        heir.remember(.mallory)
        let flood = (0..<200).map { (number: Int) -> Step in
            let newcomer = Player(
                mac: "02:00:00:00:09:\(10 + number % 90)", ip: "172.16.0.\(number)")
            return announces(10_000 + Int64(number) * 100, newcomer)
        }
        _ = heir.hear(flood)
        for player in [Player.router, .bob, .mallory] {
            #expect(try heir.owner(of: player)?.description == player.mac)
        }
    }

    @Test func `slander of an owner, and what it is told of by mistake, leave it known`() throws {
        let ear = Ear()
        _ = ear.hear(exchange(0, .router, .alice))
        _ = ear.hear(whispers(1_000, .router))
        #expect(try ear.owner(of: .router) == Player.router.known.mac)
        #expect(ear.settled.contains(Player.router.known))
    }

    @Test func `a contested address is that of its true owner for who begins anew`() throws {
        let ear = Ear()
        ear.remember(.router)
        let verdicts = ear.hear([asks(0, .alice, for: Player.bob.ip)] + whispers(1_000, forged))
        #expect(verdicts.contains(Verdict(.repeatedUnsolicited, .high)))
        #expect(try ear.owner(of: .router) == nil && ear.isDisputed(.router))
        #expect(!ear.settled.contains(Player.router.known))
        let heir = ear.heir()
        #expect(try heir.owner(of: .router) == Player.router.known.mac)
        // An attack under way is told once more.
        let again = heir.hear([asks(9_000, .alice, for: Player.bob.ip)] + whispers(9_500, forged))
        #expect(again == verdicts)
        #expect(heir.settled.allSatisfy { $0 != forged.known })
        #expect(try heir.heir().owner(of: .router) == Player.router.known.mac)
    }

    @Test func `a station that replaced another long ago is not told again`() throws {
        let heir = Player.mallory.claiming(.bob)
        let ear = Ear()
        ear.remember(.bob)
        _ = ear.hear(exchange(0, .bob, .alice) + [announces(50_000, heir)])
        #expect(try ear.heir().owner(of: .bob) == Player.bob.known.mac)
        _ = ear.hear([announces(3_700_000, heir)])
        let next = ear.heir()
        #expect(try next.owner(of: .bob) == nil && !next.isDisputed(.bob))
        #expect(next.hear([announces(3_701_000, heir)]).isEmpty)
        #expect(try next.owner(of: .bob) == heir.known.mac)
    }

    @Test func `reloads within the hour tell a replaced station until the hour is over`() throws {
        let heir = Player.mallory.claiming(.bob)
        var ear = Ear()
        ear.remember(.bob)
        _ = ear.hear([announces(0, heir)])
        for minutes in stride(from: Int64(10), through: 60, by: 10) {
            ear = ear.heir()
            #expect(ear.hear([announces(minutes * 60_000, heir)]) != [])
        }
        ear = ear.heir()
        #expect(ear.hear([announces(61 * 60_000, heir)]) != [])
        ear = ear.heir()
        #expect(ear.hear([announces(62 * 60_000, heir)]).isEmpty)
        #expect(try ear.owner(of: .bob) == heir.known.mac)
    }

    @Test func `who told everybody before a reload is not expected after it`() throws {
        let ear = Ear()
        _ = ear.hear([announces(0, forged)] + whispers(1_000, forged))
        let heir = ear.heir()
        _ = heir.hear(exchange(20_000, .router, .alice))
        let next = heir.heir()
        #expect(next.hear(exchange(30_000, .router, .alice)).isEmpty)
        #expect(try next.owner(of: .router) == Player.router.known.mac)
    }

    @Test func `an explained move of a contested address is known to who begins anew`() throws {
        let shared = Player(mac: "00:00:00:00:00:00", ip: "10.0.0.9")
        let first = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
        let second = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
        let ear = Ear()
        ear.remember(first.claiming(shared))
        _ = ear.hear([
            advertises(0, first, shared.ip), announces(10, first.claiming(shared)),
            announces(2_000, .mallory.claiming(shared)), announces(3_000, first.claiming(shared)),
            advertises(20_000, second, shared.ip), announces(20_010, second.claiming(shared)),
        ])
        #expect(try ear.owner(of: shared) == nil)
        #expect(try ear.heir().owner(of: shared) == second.known.mac)
    }

    @Test func `what is declared from now on stands above what was known`() throws {
        let ear = Ear()
        _ = ear.hear(exchange(0, .router, .alice))
        let declaring = DetectorConfiguration(
            staticBindings: [Player.router.known.ip: forged.known.mac])
        #expect(try ear.heir(declaring).owner(of: .router) == nil)
    }

    @Test func `what is forgotten is learnt anew, and all else stays as it is`() throws {
        let ear = Ear()
        ear.remember(.router)
        _ = ear.hear(exchange(0, .router, .alice) + exchange(10, .bob, .alice))
        let taken = Player.mallory.claiming(.bob)
        #expect(ear.hear(whispers(1_000, forged, count: 1)) != [])
        #expect(ear.hear(whispers(2_000, taken, count: 1)) != [])
        ear.detector.forget([Player.bob.known.ip])
        #expect(try ear.owner(of: .bob) == nil && !ear.isDisputed(.bob))
        #expect(try ear.isDisputed(.router))
        // The move of the other address is not told again, only what is graver.
        let graver = ear.hear(whispers(3_000, forged, count: 4))
        #expect(graver == [Verdict(.repeatedUnsolicited, .high)])
        #expect(ear.hear(exchange(8_000, taken, .alice)).isEmpty)
        #expect(try ear.owner(of: .bob) == taken.known.mac)
        #expect(try ear.heir().owner(of: .router) == Player.router.known.mac)
    }
}
