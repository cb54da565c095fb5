// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

@testable import Detection

/// A station in a test: its hardware address and its Internet address.
struct Player: Sendable {
    let mac: String
    let ip: String

    var pair: (String, String) { (mac, ip) }

    /// The station under another address.
    func claiming(_ other: Player) -> Player { Player(mac: mac, ip: other.ip) }

    static let router = Player(mac: "00:0d:b9:00:00:01", ip: "10.0.0.1")
    static let alice = Player(mac: "3c:97:0e:00:00:10", ip: "10.0.0.10")
    static let bob = Player(mac: "b8:27:eb:00:00:20", ip: "10.0.0.20")
    static let mallory = Player(mac: "08:00:27:00:00:66", ip: "10.0.0.66")
    /// Two ports of one machine.
    static let port1 = Player(mac: "a0:36:9f:00:00:01", ip: "10.0.0.30")
    static let port2 = Player(mac: "a0:36:9f:00:00:02", ip: "10.0.0.30")
    /// Another machine whose hardware address is next to theirs, as that of containers is.
    static let neighbour = Player(mac: "a0:36:9f:00:00:03", ip: "10.0.0.33")
}

/// A frame and when it comes, in milliseconds.
struct Step: Sendable {
    var at: Int64
    var frame: [UInt8]

    /// The same a while later.
    func later(_ milliseconds: Int64) -> Step {
        Step(at: at + milliseconds, frame: frame)
    }
}

/// `who` asks everybody for an address.
func asks(_ at: Int64, _ who: Player, for ip: String, to destination: String? = nil) -> Step {
    let frame = Frame.arp(
        .request, sender: who.pair, target: (Frame.unknown, ip), destination: destination)
    return Step(at: at, frame: frame)
}

/// `who` answers `listener`; `source` is the frame's, where it differs.
func tells(_ at: Int64, _ who: Player, _ listener: Player, source: String? = nil) -> Step {
    Step(
        at: at,
        frame: Frame.arp(.reply, sender: who.pair, target: listener.pair, source: source))
}

/// `listener` asks for `who`, who answers at once.
func exchange(_ at: Int64, _ who: Player, _ listener: Player) -> [Step] {
    [asks(at, listener, for: who.ip), tells(at + 1, who, listener)]
}

/// `who` tells everybody that it has its address.
func announces(_ at: Int64, _ who: Player) -> Step {
    let frame = Frame.arp(.request, sender: who.pair, target: (Frame.broadcast, who.ip))
    return Step(at: at, frame: frame)
}

/// An alert, as far as a table of cases names it.
struct Verdict: Equatable, CustomStringConvertible {
    var rule: RuleID
    var severity: Severity

    init(_ rule: RuleID, _ severity: Severity) {
        self.rule = rule
        self.severity = severity
    }

    var description: String { "\(rule.rawValue) \(severity)" }
}

/// What a detector says about frames in turn; `known` were heard just before the first one.
func alerts(
    _ steps: [Step], _ configuration: DetectorConfiguration = DetectorConfiguration(),
    format: FrameFormat = .ethernet, knowing known: [Player] = [], hasShortWay: Bool = true
) -> [Alert] {
    let start: Int64 = 1_700_000_000_000_000_000
    var detector = Detector(configuration, hasShortWay: hasShortWay)
    for player in known {
        detector.remember(KnownBinding(pair: player.known, lastSeen: start))
    }
    var alerts: [Alert] = []
    for (index, step) in steps.enumerated() {
        detector.process(
            step.frame.span, format: format, time: start + step.at * 1_000_000,
            number: UInt64(index) + 1
        ) { alerts.append($0) }
    }
    return alerts
}

/// A row of a rule's table.
struct RuleCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let steps: [Step]
    let verdicts: [Verdict]
    var configuration = DetectorConfiguration()

    init(
        _ name: String, _ steps: [[Step]], _ verdicts: [Verdict],
        configuration: DetectorConfiguration = DetectorConfiguration()
    ) {
        testDescription = name
        self.steps = steps.flatMap { $0 }
        self.verdicts = verdicts
        self.configuration = configuration
    }

    var outcome: [Verdict] {
        alerts(steps, configuration).map { Verdict($0.rule, $0.severity) }
    }
}

extension DetectorConfiguration {
    static let withGateway = DetectorConfiguration(gateway: IPv4Address(Player.router.ip))
    static let withNotices = DetectorConfiguration(reportsNotices: true)
}

extension Player {
    /// The two addresses as detection knows them.
    var known: AddressPair {
        AddressPair(mac: MACAddress(mac) ?? .zero, ip: IPv4Address(ip) ?? .unspecified)
    }
}
