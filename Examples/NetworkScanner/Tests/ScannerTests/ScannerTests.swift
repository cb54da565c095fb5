// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Scanner
import Telemetry
import TelemetryTesting
import Testing

@Suite struct ScannerTests {
    let rehearsal: TelemetryRehearsal

    init() throws {
        rehearsal = try TelemetryRehearsal(
            for: Product("network-scanner", version: "1.0.0"), catalogue: .scanner)
    }

    @Test func `a scan records how long it took`() throws {
        _ = try NetworkScanner(telemetry: rehearsal.telemetry).scan(ports: [1])
        let events = try rehearsal.events()
        #expect(events.map(\.name).sorted() == ["feature_usage", "scan_finished"])
        #expect(try rehearsal.values(of: "method", in: "scan_finished") == ["connect"])
        #expect(try rehearsal.losses().isEmpty)
    }

    @Test func `a scan that fails records an error`() throws {
        #expect(throws: ScanError.self) {
            try NetworkScanner(telemetry: rehearsal.telemetry).scan(ports: [])
        }
        #expect(try rehearsal.events().contains { $0.name == "error" })
    }

    @Test func `what the catalogue does not declare is counted, not recorded`() throws {
        rehearsal.telemetry.trackEvent("scan_finished", ["address": "192.0.2.1", "open_ports": 1])
        #expect(try rehearsal.values(of: "address", in: "scan_finished").isEmpty)
        #expect(try rehearsal.losses() == ["catalogue": 1])
    }
}
