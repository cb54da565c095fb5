// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import Detection
import JSON
import Modules
import TestKit
import Testing

@testable import arpguard_watch

struct AlertLimitTests {
    private static let minute: Int64 = 60_000_000_000

    /// Alerts of one rule about as many stations, each of which announces an address of another,
    /// as detectors that know nothing of each other tell them.
    private func alerts(_ count: Int) -> [Alert] {
        var detector = Detector()
        var alerts: [Alert] = []
        for number in 0..<2 * UInt64(count) {
            if number % 2 == 0 { detector = Detector() }
            let station = number / 2 + number % 2 * 0x10_0000
            let mac = "\(MACAddress(bits: 0x0200_0000_0000 + station))"
            let ip = "\(IPv4Address(bits: 0x0A00_0000 + UInt32(number / 2)))"
            let frame = Frame.arp(.reply, sender: (mac, ip), target: (mac, ip))
            detector.process(
                frame.span, format: .ethernet, time: Int64(number), number: number + 1
            ) { alerts.append($0) }
        }
        return alerts
    }

    @Test func `beyond its number a kind is told as one, and nothing is lost of the count`() throws
    {
        let all = alerts(AlertLimit.alertsMax + 50)
        let kind = try #require(all.last)
        let alike = all.filter { $0.rule == kind.rule && $0.severity == kind.severity }
        try #require(alike.count > AlertLimit.alertsMax + 40)
        var limit = AlertLimit()
        let told = alike.filter { limit.admits($0, on: "eth0", at: 0) }
        #expect(told == Array(alike.prefix(AlertLimit.alertsMax)))
        // Another interface has a number of its own.
        let isAdmittedElsewhere = limit.admits(kind, on: "eth1", at: 0)
        #expect(isAdmittedElsewhere)
        let early = limit.rests(at: Self.minute - 1)
        #expect(early.isEmpty)
        let rests = limit.rests(at: Self.minute)
        let rest = try #require(rests.first)
        #expect(rests.count == 1 && rest.last == kind)
        #expect(told.count + rest.count == alike.count)
        #expect(rest.stations.count == rest.count)
    }

    @Test func `who goes on is told of once a minute, and one by one again after an hour`() throws {
        let kind = try #require(alerts(1).last)
        var limit = AlertLimit()
        var told: [Int] = []
        for minute in 0..<61 {
            let now = Int64(minute) * Self.minute
            let rests = limit.rests(at: now)
            #expect(rests.count <= 1)
            let admitted = (0..<200).count { _ in limit.admits(kind, on: "eth0", at: now) }
            told.append(admitted + rests.count)
        }
        #expect(told == [100] + Array(repeating: 1, count: 59) + [101])
        #expect(limit.rests(at: nil).map(\.count) == [100])
    }

    @Test func `what stands for many says so in every form`() throws {
        let alert = try #require(alerts(1).last)
        var rest = AlertLimit.Rest(last: alert, interface: "eth0")
        rest.count = 40
        rest.stations = [MACAddress(bits: 1), MACAddress(bits: 2)]
        let note = AlertNote(
            alert: alert, interface: "eth0", time: Timestamp(nanoseconds: 0), rest: rest)
        let sentence = "40 further alerts of rule \(alert.rule.rawValue) within a minute"
        #expect(note.message.summary.contains(sentence))
        #expect(note.message.text.contains("\(sentence), about 2 stations; this is the last"))
        let eve = try JSONValue.parse(note.message.eve)
        #expect(eve["arpguard"]?["further"] == 40)
        #expect(eve["arpguard"]?["stations"] == 2)
    }
}
