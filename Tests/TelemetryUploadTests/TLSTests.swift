// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import TestKit
import Testing

@Suite struct TLSTests {
    @Test func `a certificate from a trusted authority is accepted`() throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        #expect(try server.get(caFile: server.certificate).response?.status == 200)
    }

    @Test func `a certificate that nobody vouches for is refused`() throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        #expect(try server.get(caFile: nil).failureKind == .tls)
    }

    @Test func `a trusted certificate for another name is refused`() throws {
        let server = try TLSServer(name: "DNS:example.org")
        #expect(try server.get(caFile: server.certificate).failureKind == .tls)
    }

    @Test func `a certificate whose time is over is refused, whoever vouches for it`() throws {
        let past = try TLSServer(name: "IP:127.0.0.1", lastYear: 2021)
        #expect(try past.get(caFile: past.certificate).failureKind == .tls)
        let valid = try TLSServer(name: "IP:127.0.0.1", lastYear: 2049)
        #expect(try valid.get(caFile: valid.certificate).response?.status == 200)
    }

    @Test func `a server that only speaks TLS 1_1 is refused`() throws {
        let server = try TLSServer(
            name: "IP:127.0.0.1", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        let outcome = try server.get(caFile: server.certificate)
        #expect(outcome.failureKind == .tls)
        #expect(outcome.failure?.text.hasPrefix("SSL ") == true)
    }

    @Test func `a handshake that nobody answers ends with the time for connecting`() throws {
        let server = try FakeServer(.neverAnswer)
        let limits = UploadLimits(connectTimeout: .milliseconds(150))
        let request = try post("https://127.0.0.1:\(server.port)/", limits: limits)
        let failure = try #require(CurlTransport().perform(request).failure)
        #expect(failure.kind == .timeout)
        #expect(!failure.mayHaveSent, "it costs nothing of the day's bytes")
        #expect(server.connectionCount == 1)
        #expect(server.requests.isEmpty)
    }
}
