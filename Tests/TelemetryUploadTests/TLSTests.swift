// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import TestKit
import Testing

@Suite(.timeLimit(.minutes(3)))
struct TLSTests {
    /// A server that speaks TLS for real, with a certificate of its own making for one name.
    private struct Server {
        let folder: TemporaryDirectory
        let process: RunningProcess
        let port: String

        var certificate: String { folder.file("certificate.pem") }

        init(name: String, options: [String] = []) throws {
            folder = try TemporaryDirectory()
            let files = ["-keyout", "key.pem", "-out", "certificate.pem"]
            let made = try CommandRunner.run(
                "/usr/bin/openssl",
                ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                    + ["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=\(name)"]
                    + files,
                workingDirectory: folder.path)
            try #require(made.status == 0, "\(made.stderr)")
            process = try RunningProcess(
                "/usr/bin/openssl",
                ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", "key.pem"]
                    + ["-cert", "certificate.pem"] + options,
                workingDirectory: folder.path)
            let line = try process.waitForLine(containing: "ACCEPT 127.0.0.1:")
            port = try #require(line.split(separator: ":").last.map(String.init))
        }

        func get(caFile: String?) throws -> TransferOutcome {
            let url = try endpoint("https://127.0.0.1:\(port)/")
            return CurlTransport().perform(UploadRequest(url: url, method: "GET", caFile: caFile))
        }
    }

    @Test func `a certificate from a trusted authority is accepted`() throws {
        let server = try Server(name: "IP:127.0.0.1")
        #expect(try server.get(caFile: server.certificate).response?.status == 200)
    }

    @Test func `a certificate that nobody vouches for is refused`() throws {
        let server = try Server(name: "IP:127.0.0.1")
        #expect(try server.get(caFile: nil).failureKind == .tls)
    }

    @Test func `a trusted certificate for another name is refused`() throws {
        let server = try Server(name: "DNS:example.org")
        #expect(try server.get(caFile: server.certificate).failureKind == .tls)
    }

    @Test func `a server that only speaks TLS 1_1 is refused`() throws {
        let server = try Server(
            name: "IP:127.0.0.1", options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        let outcome = try server.get(caFile: server.certificate)
        #expect(outcome.failureKind == .tls)
        #expect(outcome.failure?.text.hasPrefix("SSL ") == true)
    }

    @Test func `a handshake that nobody answers ends with the time for connecting`() throws {
        let server = try FakeServer(.neverAnswer)
        let limits = UploadLimits(connectTimeout: .milliseconds(150))
        let request = try post("https://127.0.0.1:\(server.port)/", limits: limits)
        #expect(CurlTransport().perform(request).failureKind == .timeout)
        #expect(server.connectionCount == 1)
        #expect(server.requests.isEmpty)
    }
}
