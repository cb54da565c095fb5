// SPDX-License-Identifier: Apache-2.0

import Capture
import Modules
import TestKit
import Testing

@testable import Detection

struct FrameRecordTests {
    static let captures = [
        "lab-atk-mitm-ettercap", "lab-ben-vrrp-vmac-failover", "lab-drv-snap-oneway",
        "lab-atk-gw-garp-single", "lab-ben-nlb-mismatch",
    ]

    @Test(arguments: captures)
    func `a record read back judges as the frame did`(name: String) throws {
        var file = try CaptureFile(path: RepositoryRoot.file("captures/\(name).pcap"))
        var direct = Detector()
        var byRecord = Detector()
        var (expected, found): ([Alert], [Alert]) = ([], [])
        var kept = 0
        try file.forEachFrame { header, bytes in
            direct.process(bytes, format: .ethernet, time: header.time, number: header.number) {
                expected.append($0)
            }
            guard let record = FrameRecord(bytes, format: .ethernet) else { return }
            kept += 1
            var encoded: [UInt8] = []
            record.append(to: &encoded)
            #expect(encoded.count <= FrameRecord.byteCountMax)
            guard let decoded = FrameRecord(encoded: encoded.span) else {
                Issue.record("frame \(header.number) can't be read back")
                return
            }
            #expect(decoded == record)
            byRecord.process(decoded, time: header.time, number: header.number) {
                found.append($0)
            }
        }
        #expect(kept > 0)
        #expect(expected == found)
    }

    @Test(arguments: [
        leases(0, .router, .alice), leases(0, .router, .bob, source: Player.mallory.mac),
        advertises(0, .router, "10.0.0.100"), greets(0, .router, "10.0.0.100"),
        greetsAgain(0, .router, "10.0.0.100"), balances(0, .router, "10.0.0.100"),
        carps(0, .router), asks(0, .alice, for: Player.router.ip),
        Step(at: 0, frame: Array(announces(0, .alice).frame.prefix(20))),
        announces(0, .alice).ofType(7), announces(0, .alice).behindSNAP,
        Step(
            at: 0,
            frame: Frame.arp(
                .request, sender: Player.alice.pair, target: Player.bob.pair,
                tags: (1...5).map { (0x8100, $0) })),
    ])
    func `what any kind of frame says is read back from its record`(step: Step) throws {
        let made = FrameRecord(step.frame.span, format: .ethernet)
        let record = try #require(made)
        var bytes: [UInt8] = []
        record.append(to: &bytes)
        #expect(bytes.count <= FrameRecord.byteCountMax)
        let decoded = FrameRecord(encoded: bytes.span)
        #expect(decoded == record)
        // Neither is one that lacks a byte, or has one more.
        let short = FrameRecord(encoded: bytes.span.extracting(0..<bytes.count - 1))
        let long = FrameRecord(encoded: (bytes + [0]).span)
        #expect(short == nil && long == nil)
    }

    @Test func `bytes that are no record are refused whatever they are`() {
        let random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            var bytes = random.bytes(Int(random.uniform(below: 180)))
            if !bytes.isEmpty { bytes[0] = UInt8(random.uniform(below: 7)) }
            guard let record = FrameRecord(encoded: bytes.span) else { continue }
            var again: [UInt8] = []
            record.append(to: &again)
            let reread = FrameRecord(encoded: again.span)
            #expect(reread == record)
        }
    }

    @Test func `what was remembered is an owner, and is not put over what was heard`() {
        var detector = Detector()
        let address = IPv4Address(bits: 0x0A00_0001)
        let (first, second) = (MACAddress(bits: 2), MACAddress(bits: 4))
        detector.remember(KnownBinding(pair: AddressPair(mac: first, ip: address), lastSeen: 5))
        detector.remember(KnownBinding(pair: AddressPair(mac: second, ip: address), lastSeen: 9))
        #expect(detector.owner(of: address) == first)
        var settled: [KnownBinding] = []
        detector.forEachSettledBinding { settled.append($0) }
        #expect(settled.map(\.pair.mac) == [first])
    }

    @Test func `what was declared stands above what is remembered`() {
        let address = IPv4Address(bits: 0x0A00_0001)
        let (first, second) = (MACAddress(bits: 2), MACAddress(bits: 4))
        var detector = Detector(DetectorConfiguration(staticBindings: [address: second]))
        detector.remember(KnownBinding(pair: AddressPair(mac: first, ip: address), lastSeen: 5))
        #expect(detector.owner(of: address) == nil)
        detector.remember(KnownBinding(pair: AddressPair(mac: second, ip: address), lastSeen: 5))
        #expect(detector.owner(of: address) == second)
    }
}
