// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Detection
import JSON
import Modules
import Program
import TestKit
import Testing

@testable import arpguard_watch

/// Who is accused in `takeover`.
private let accused = "08:00:27:00:00:66"

/// The alerts on a gateway that a station on VLAN 7, or on stacked ones, takes over, and that comes
/// back.
private func takeover(on vlans: [UInt16] = [7]) -> [Alert] {
    let router = ("00:0d:b9:00:00:01", "10.0.0.1")
    let forger = (accused, "10.0.0.66")
    let claims = [forger, router, (forger.0, router.1), router]
    var detector = Detector(DetectorConfiguration(gateway: IPv4Address(router.1)))
    var alerts: [Alert] = []
    for (index, claim) in claims.enumerated() {
        let isForged = claim.0 == forger.0 && claim.1 == router.1
        let frame = Frame.arp(
            .request, sender: claim, target: (Frame.unknown, "10.0.0.9"),
            destination: isForged ? "3c:97:0e:00:00:09" : nil, tags: vlans.map { (0x8100, $0) })
        let time = 1_795_472_160_123_456_789 + Int64(index) * 1_000_000_000
        detector.process(
            frame.span, format: .ethernet, time: time, number: UInt64(index) + 1
        ) { alerts.append($0) }
    }
    return alerts
}

struct AlertRenderingTests {
    private static func paths(_ value: JSONValue, _ place: String = "") -> [String] {
        guard let members = value.objectValue?.members else { return [place] }
        return members.flatMap { paths($0.value, place.isEmpty ? $0.name : "\(place).\($0.name)") }
    }

    @Test func `an alert of a watch has every member of the reference, and no other`() throws {
        let alert = try #require(takeover().last)
        let rest = AlertLimit.Rest(last: alert, interface: "eth0")
        let note = AlertNote(
            alert: alert, interface: "eth0", time: Timestamp(nanoseconds: 0), rest: rest)
        let declared = [Command.Member].watched.map(\.path).filter { !$0.hasPrefix("stats.") }
        let others = declared.filter { $0 != "arpguard.listener" }
        #expect(Self.paths(note.eve).sorted() == others.sorted())
    }

    @Test func `who is told of a claim is no owner of the address`() throws {
        let (forger, victim) = ("08:00:27:00:00:66", "3c:97:0e:00:00:09")
        var detector = Detector(DetectorConfiguration(gateway: IPv4Address("10.0.0.1")))
        var last: Alert?
        for number in 1...5 {
            let frame = Frame.arp(
                .reply, sender: (forger, "10.0.0.1"), target: (victim, "10.0.0.9"),
                destination: victim)
            let time = Int64(number) * 1_000_000_000
            detector.process(frame.span, format: .ethernet, time: time, number: UInt64(number)) {
                if $0.rule == .repeatedUnsolicited { last = $0 }
            }
        }
        let own = AlertEVE.object(try #require(last), in: "-")["arpguard"]
        #expect(own?["listener"]?.stringValue == victim)
        #expect(own?["rival"] == nil)
        #expect(own?["claim"]?["mac"]?.stringValue == forger)
    }

    @Test func `an alert in EVE form has every field`() throws {
        let alert = try #require(takeover().last)
        let expected = """
            {"timestamp":"2026-11-23T22:16:03.123456+0000","event_type":"alert","pcap_cnt":4,\
            "pcap_filename":"office.pcap",\
            "alert":{"signature":"Gateway impersonation: forged claim to the gateway 10.0.0.1",\
            "category":"Gateway impersonation","severity":1},"vlan":[7],\
            "arp":{"hw_type":"ethernet","proto_type":"ipv4","opcode":"request",\
            "src_mac":"00:0d:b9:00:00:01","src_ip":"10.0.0.1","dest_mac":"00:00:00:00:00:00",\
            "dest_ip":"10.0.0.9"},"arpguard":{"rule":"C2","severity":"high","confidence":"high",\
            "explanation":"10.0.0.1 is claimed by both 08:00:27:00:00:66 and 00:0d:b9:00:00:01, \
            and 08:00:27:00:00:66 behaves as a forger does.",\
            "advice":"Find the accused station's switch port, take it off the network, and clear \
            the ARP caches of those it lied to.","accused":"08:00:27:00:00:66",\
            "claim":{"ip":"10.0.0.1","mac":"08:00:27:00:00:66"},"rival":"00:0d:b9:00:00:01",\
            "evidence":{"first_frame":2,"last_frame":4,"count":2,\
            "sentences":["the owner changed twice in the last two minutes",\
            "08:00:27:00:00:66 also uses 10.0.0.66"]}}}
            """
        #expect(AlertEVE.object(alert, in: "office.pcap").serialized() == expected)
    }

    @Test func `an alert without a whole packet has no arp object and no vlan`() throws {
        var detector = Detector(DetectorConfiguration(reportsNotices: true))
        var alert: Alert?
        detector.process([1, 2, 3].span, format: .ethernet, time: 0, number: 1) { alert = $0 }
        let object = AlertEVE.object(try #require(alert), in: "-")
        #expect(object["event_type"] == "notice")
        #expect(object["arp"] == nil)
        #expect(object["vlan"] == nil)
        #expect(object["arpguard"]?["rule"] == "P1")
    }

    @Test func `an alert for people says what, where, why and what to do`() throws {
        let alert = try #require(takeover().last)
        #expect(
            AlertText.lines(alert) == [
                "2026-11-23T22:16:03.123456+0000  high  Gateway impersonation: forged claim to "
                    + "the gateway 10.0.0.1",
                "  frame 4, rule C2, confidence high, VLAN 7, accused 08:00:27:00:00:66",
                "  10.0.0.1 is claimed by both 08:00:27:00:00:66 and 00:0d:b9:00:00:01, and "
                    + "08:00:27:00:00:66 behaves as a forger does.",
                "  Evidence (frames 2 to 4): the owner changed twice in the last two minutes; "
                    + "08:00:27:00:00:66 also uses 10.0.0.66.",
                "  Advice: Find the accused station's switch port, take it off the network, and "
                    + "clear the ARP caches of those it lied to.",
            ])
    }

    @Test(arguments: [
        ([], ""), ([7], ", VLAN 7"), ([5, 7], ", VLAN 7 in 5"), ([5, 7, 9], ", VLAN 9 in 7 in 5"),
    ])
    func `of stacked VLANs the inner one is told to be in the outer one`(
        vlans: [UInt16], words: String
    ) throws {
        let alert = try #require(takeover(on: vlans).last)
        let line = AlertText.lines(alert)[1]
        #expect(line == "  frame 4, rule C2, confidence high\(words), accused \(accused)")
    }

    @Test func `an alert of one of several files names it`() throws {
        let alert = try #require(takeover().last)
        let frames = ["a/office.pcap", "-"].map { AlertText.lines(alert, in: $0)[1] }
        #expect(
            frames == [
                "  frame 4 of a/office.pcap, rule C2, confidence high, VLAN 7, accused \(accused)",
                "  frame 4 of standard input, rule C2, confidence high, VLAN 7, "
                    + "accused \(accused)",
            ])
    }

    @Test func `totals are told in one line or one object`() {
        var summary = ReplaySummary()
        summary.frames = 660
        summary.arpFrames = 146
        #expect(AlertText.line(summary) == "660 frames, 146 of them ARP; no alerts")
        summary.alerts = [.info: 9, .low: 2, .high: 1]
        #expect(AlertText.line(summary) == "660 frames, 146 of them ARP; alerts: 1 high, 2 low")
        summary.suppressed = 3
        #expect(AlertText.line(summary).hasSuffix("1 high, 2 low; suppressed findings: 3"))
        let object = AlertEVE.object(summary, at: Timestamp(nanoseconds: 0))
        #expect(object["event_type"] == "stats")
        #expect(object["stats"]?["frames"] == 660)
        #expect(
            object["stats"]?["alerts"]
                == ["critical": 0, "high": 1, "medium": 0, "low": 2])
        #expect(object["stats"]?["notices"] == 9)
    }
}
