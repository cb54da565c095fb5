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

        init(_ configuration: DetectorConfiguration = .withGateway) {
            detector = Detector(configuration)
        }

        func hear(_ steps: [Step]) -> [Verdict] {
            var verdicts: [Verdict] = []
            for step in steps {
                frames += 1
                detector.process(
                    step.frame.span, format: .ethernet, time: nanoseconds(step.at), number: frames
                ) { verdicts.append(Verdict($0.rule, $0.severity)) }
            }
            return verdicts
        }

        func remember(_ player: Player) {
            detector.remember(KnownBinding(pair: player.known, lastSeen: nanoseconds(0)))
        }

        /// One that begins anew, as after SIGHUP.
        func heir(
            _ configuration: DetectorConfiguration = .withGateway, within seconds: Int64 = 86_400
        ) -> Ear {
            let heir = Ear(configuration)
            heir.detector.inheritOwners(of: detector, within: seconds * 1_000_000_000)
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

        var accused: [AddressPair] {
            var pairs: [AddressPair] = []
            detector.forEachAccusedBinding { pairs.append($0.pair) }
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

    @Test func `who only whispers is no known owner, before it is accused and after`() throws {
        let ear = Ear()
        _ = ear.hear([asks(0, .alice, for: Player.bob.ip)])
        #expect(ear.hear(whispers(1_000, forged, count: 2)).isEmpty)
        #expect(try ear.owner(of: forged) == nil && !ear.isDisputed(forged))
        let verdicts = ear.hear(whispers(3_000, forged, count: 3))
        #expect(verdicts == [Verdict(.repeatedUnsolicited, .high)])
        #expect(try ear.owner(of: forged) == nil && ear.isDisputed(forged))
        #expect(!ear.settled.contains(forged.known))
        #expect(ear.accused == [forged.known])
        let heir = ear.heir()
        #expect(try heir.owner(of: forged) == nil && heir.isDisputed(forged))
    }

    @Test func `who told everybody is a known owner until it is accused, and never again`() throws {
        let ear = Ear()
        _ = ear.hear([asks(0, .alice, for: Player.bob.ip), announces(500, forged)])
        #expect(try ear.owner(of: forged) == forged.known.mac)
        #expect(ear.hear(whispers(1_000, forged)) == [Verdict(.repeatedUnsolicited, .high)])
        #expect(try ear.owner(of: forged) == nil)
        _ = ear.hear([announces(400_000, forged)])
        #expect(try ear.owner(of: forged) == nil)
        let heir = ear.heir()
        _ = heir.hear([announces(401_000, forged)])
        #expect(try heir.owner(of: forged) == nil)
        #expect(heir.accused == [forged.known])
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

    @Test func `a contest long ago is that of its owner as well, whoever held it in between`()
        throws
    {
        let ear = Ear()
        ear.remember(.router)
        _ = ear.hear([announces(1_000, forged), announces(3_600_000, .router)])
        _ = ear.hear([announces(3_601_000, forged), announces(9_000_000, .bob.claiming(.router))])
        #expect(try ear.heir().owner(of: .router) == Player.router.known.mac)
    }

    @Test func `a host that was replaced is learnt once the one before was silent for long`()
        throws
    {
        let heir = Player.mallory.claiming(.bob)
        let ear = Ear()
        _ = ear.hear(exchange(0, .bob, .alice) + exchange(0, .router, .alice))
        _ = ear.hear([announces(50_000, heir), announces(50_100, forged)])
        #expect(try ear.heir(within: 60).owner(of: .bob) == Player.bob.known.mac)
        _ = ear.hear([announces(70_000, heir), announces(70_100, forged)])
        let next = ear.heir(within: 60)
        #expect(try next.owner(of: .bob) == nil && !next.isDisputed(.bob))
        #expect(next.hear([announces(71_000, heir)]).isEmpty)
        #expect(try next.owner(of: .bob) == heir.known.mac)
        // The gateway is doubted until a person says otherwise.
        #expect(try next.owner(of: .router) == Player.router.known.mac)
        #expect(next.hear([announces(72_000, forged)]) == [Verdict(.bindingChanged, .medium)])
    }

    @Test func `who was accused is expected no sooner than its victim`() throws {
        let ear = Ear(DetectorConfiguration())
        ear.remember(.bob)
        let taken = Player.mallory.claiming(.bob)
        _ = ear.hear([asks(0, .alice, for: Player.router.ip)] + whispers(1_000, taken))
        _ = ear.hear(whispers(90_000, taken))
        #expect(try ear.heir(within: 60).owner(of: .bob) == Player.bob.known.mac)
    }

    @Test func `an explained move of a contested address is known to who begins anew`() throws {
        let shared = Player(mac: "00:00:00:00:00:00", ip: "10.0.0.9")
        let first = Player(mac: "00:1b:21:00:00:02", ip: "10.0.0.2")
        let second = Player(mac: "00:90:0b:00:00:03", ip: "10.0.0.3")
        let ear = Ear()
        _ = ear.hear([
            advertises(0, first, shared.ip), announces(10, first.claiming(shared)),
            announces(2_000, .mallory.claiming(shared)), announces(3_000, first.claiming(shared)),
            advertises(20_000, second, shared.ip), announces(20_010, second.claiming(shared)),
        ])
        #expect(try ear.owner(of: shared) == nil)
        #expect(try ear.heir().owner(of: shared) == second.known.mac)
    }

    @Test func `who is trusted or declared from now on is accused no more`() throws {
        let ear = Ear()
        _ = ear.hear([announces(0, .router), asks(1, .alice, for: Player.bob.ip)])
        _ = ear.hear(whispers(1_000, .router))
        #expect(ear.accused == [Player.router.known])
        #expect(try ear.heir().owner(of: .router) == nil)
        let trusting = DetectorConfiguration(trustedStations: [Player.router.known.mac])
        #expect(try ear.heir(trusting).owner(of: .router) == Player.router.known.mac)
        let declaring = DetectorConfiguration(
            staticBindings: [Player.router.known.ip: Player.router.known.mac])
        #expect(try ear.heir(declaring).owner(of: .router) == Player.router.known.mac)
    }

    @Test func `what is forgotten is learnt anew, and all else stays as it is`() throws {
        let ear = Ear()
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

extension Player {
    /// The two addresses as detection knows them.
    fileprivate var known: AddressPair {
        AddressPair(mac: MACAddress(mac) ?? .zero, ip: IPv4Address(ip) ?? .unspecified)
    }
}
