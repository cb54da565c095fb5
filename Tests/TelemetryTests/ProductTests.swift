// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

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

    @Test func `a name decides where everything is`() {
        let product = Product("network-scanner", version: "1.0.0-beta.2")
        #expect(product.environmentVariable == "NETWORK_SCANNER_TELEMETRY")
        #expect(product.policyPath == "/etc/network-scanner/telemetry-policy.json")
        #expect(product.userAgent == "network-scanner/1.0.0-beta.2")
    }
}
