// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection
import Glibc
import TestKit
import Testing

private func replay(
    _ path: String, _ configuration: DetectorConfiguration = DetectorConfiguration()
) throws -> [Alert] {
    var detector = Detector(configuration)
    var alerts: [Alert] = []
    var file = try CaptureFile(path: path)
    let format: FrameFormat = file.linkType == .linuxCooked ? .linuxCooked : .ethernet
    try file.forEachFrame { header, bytes in
        detector.process(bytes, format: format, time: header.time, number: header.number) {
            alerts.append($0)
        }
    }
    return alerts
}

/// Whole captures, from a laboratory of our own and, where they are at hand, from elsewhere.
struct LaboratoryTests {
    @Test(arguments: [
        ("lab-atk-mitm-ettercap.pcap", 145), ("lab-atk-gw-garp-single.pcap", 132),
        ("lab-atk-cold-start.pcap", 1), ("lab-drv-snap-oneway.pcap", 159),
    ])
    func `an attack is found, and nothing before it`(name: String, first: UInt64) throws {
        let grave = try replay(RepositoryRoot.file("captures/" + name))
            .filter { $0.severity >= .high }
        #expect(!grave.isEmpty)
        #expect(grave.allSatisfy { $0.frame >= first })
        #expect(grave.allSatisfy { $0.accused?.description == "08:00:27:66:00:66" })
    }

    @Test(arguments: [
        ("lab-ben-vrrp-vmac-failover.pcap", [] as [Verdict]),
        (
            "lab-ben-wifi-extender.pcap",
            [Verdict(.bindingChanged, .low), Verdict(.addressConflict, .medium)]
        ),
        (
            "lab-ben-nlb-mismatch.pcap",
            [Verdict(.sourceMismatch, .low), Verdict(.sourceMismatch, .low)]
        ),
    ])
    func `an honest network is given advice at most`(name: String, advice: [Verdict]) throws {
        let alerts = try replay(RepositoryRoot.file("captures/" + name))
        #expect(alerts.map { Verdict($0.rule, $0.severity) } == advice)
    }

    @Test func `the gateway's name makes an attack on it critical`() throws {
        let configuration = DetectorConfiguration(gateway: IPv4Address("10.66.0.1"))
        let path = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        let alerts = try replay(path, configuration)
        #expect(alerts.contains { $0.severity == .critical && $0.kind == .gatewayImpersonation })
    }

    static let shared = RepositoryRoot.path + "/../shared/captures"
    static let hasShared = unsafe access(shared, R_OK) == 0

    @Test(.enabled(if: hasShared, "the labelled captures are not beside the project"))
    func `labelled captures are judged as their names say`() throws {
        // Taken over while its owner is off: on the wire the same as an honest use. No ARP at all.
        let beyondReach = ["lab-atk-dup-ip-steal.pcap", "lab-atk-camflood-macof.pcap"]
        let listing = try CommandRunner.run("/bin/ls", [Self.shared]).stdout
        for name in listing.split(separator: "\n").map(String.init)
        where name.contains(".pcap") && !name.contains("fuzz") {
            let alerts: [Alert]
            do {
                alerts = try replay(Self.shared + "/" + name)
            } catch let error as CaptureError {
                #expect(error.code == .unsupportedLinkType, "\(name): \(error)")
                continue
            }
            let isGrave = alerts.contains { $0.severity >= .high }
            let isAttack =
                name.contains("attack") || name.contains("-atk-") || name.contains("mitm")
                || name.contains("oneway")
            #expect(isGrave == (isAttack && !beyondReach.contains(name)), "\(name)")
        }
    }
}
