// SPDX-License-Identifier: Apache-2.0

import Catalogue
import OTLP
import Testing

@testable import Telemetry

@Suite struct ProductTests {
    @Test(
        arguments: [
            ("", "1"), ("My Tool/../x", "1"), ("..", "1"), ("1tool", "1"), ("tool", ""),
            ("tool", "1 2"), ("tool", "1\nX: y"),
        ])
    func `a name or version of another form ends the program`(
        name: String, version: String
    ) async {
        await #expect(processExitsWith: .failure) { [name, version] in
            _ = Product(name, version: version)
        }
    }

    @Test(
        arguments: [
            ("1.0-anna@annas-laptop.lan/10.0.0.7", nil), ("2.1.0", "2.1.0"), ("dev", nil),
            ("1.4.0-rc.2", "1.4.0-rc.2"), ("1.4.0-rc2", "1.4.0-rc.2"), ("1.4.0rc2", "1.4.0-rc.2"),
            ("1.2.3-beta2", "1.2.3-beta.2"), ("1.2.3-dev", nil), ("1.2.3-SNAPSHOT", nil),
            ("2.3.1-17-gdeadbee", nil), ("v1.0", "1.0"), ("20261130.1-anna", nil), ("1..2", nil),
            ("3.0.0+build.anna", "3.0.0"), ("3.0.0-rc.1+anna", "3.0.0-rc.1"), ("10.0.0.7", nil),
        ] as [(String, String?)])
    func `of a version nothing leaves but what has its form`(
        version: String, sent: String?
    ) throws {
        let product = Product("network-scanner", version: version)
        #expect(product.version == version)
        #expect(product.sentVersion == sent)
        #expect(product.userAgent == (sent.map { "network-scanner/\($0)" } ?? "network-scanner"))
        let request = BatchRequest(
            product: product, catalogue: .standard, installationID: "one", erasureKeyHash: nil,
            losses: []
        ).build([], batchID: "")
        let attributes = request.resourceLogs[0].resource.attributes
        let told = attributes.first { $0.key == "service.version" }
        #expect(told?.value == sent.map { .string($0) })
        #expect(request.resourceLogs[0].scopeLogs[0].scope.version == sent ?? "")
    }

    @Test func `a name decides where everything is`() {
        let product = Product("network-scanner", version: "1.0.0-beta.2")
        #expect(product.environmentVariable == "NETWORK_SCANNER_TELEMETRY")
        #expect(product.policyPath == "/etc/network-scanner/telemetry-policy.json")
        #expect(product.userAgent == "network-scanner/1.0.0-beta.2")
    }
}
