// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Collector

@Suite struct TLSTests {
    private static let openssl = "/usr/bin/openssl"

    /// A key and its self-signed certificate for 127.0.0.1; nil without the tool that makes them.
    private static func makeIdentity(in folder: TemporaryDirectory) throws -> Bool {
        guard unsafe access(openssl, X_OK) == 0 else { return false }
        let made = try CommandRunner.run(
            openssl,
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-keyout",
                folder.file("key.pem"), "-out", folder.file("cert.pem"),
            ])
        return made.status == 0
    }

    @Test func `with a certificate the intake speaks TLS and nothing else`() throws {
        let folder = try TemporaryDirectory()
        guard try Self.makeIdentity(in: folder) else {
            try Test.cancel("openssl is not installed: no certificate to test with")
        }
        let secrets = folder.file("secrets")
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--tls-cert",
                "cert.pem", "--tls-key", "key.pem",
            ], environment: ["SSLKEYLOGFILE": secrets], workingDirectory: folder.path)
        let line = try server.waitForLine(containing: "intake ")
        #expect(line.hasPrefix("intake https://127.0.0.1:"))
        let digits = line.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        let port = try #require(UInt16(digits))
        let asked = try RunningProcess(
            Self.openssl,
            [
                "s_client", "-quiet", "-verify_return_error", "-CAfile", folder.file("cert.pem"),
                "-connect", "127.0.0.1:\(port)",
            ],
            stdin: Array("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8))
        #expect(try asked.waitForLine(containing: "HTTP/1.1 200 OK").isEmpty == false)
        for version in ["-tls1", "-tls1_1"] {
            let old = try CommandRunner.run(
                Self.openssl,
                [
                    "s_client", version, "-cipher", "ALL:@SECLEVEL=0", "-connect",
                    "127.0.0.1:\(port)",
                ])
            #expect(old.status != 0 && old.stdout.contains("Cipher is (NONE)"), "\(version)")
        }
        let plain = try? HTTPClient.send("GET", "/healthz", port: port)
        #expect(plain == nil)
        #expect(unsafe access(secrets, F_OK) != 0, "what opens its sessions was written down")
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
    }

    @Test(arguments: ["check", "serve"])
    func `a key that is not the certificate's, or is encrypted, is told beforehand`(
        command: String
    ) throws {
        let (folder, other) = (try TemporaryDirectory(), try TemporaryDirectory())
        guard try Self.makeIdentity(in: folder), try Self.makeIdentity(in: other) else {
            try Test.cancel("openssl is not installed: no certificate to test with")
        }
        let encrypted = try CommandRunner.run(
            Self.openssl,
            [
                "pkey", "-aes128", "-passout", "pass:abcd", "-in", folder.file("key.pem"), "-out",
                folder.file("encrypted.pem"),
            ])
        #expect(encrypted.status == 0)
        let torn = try folder.write(
            "-----BEGIN CERTIFICATE-----\njunk\n-----END CERTIFICATE-----\n", to: "torn.pem")
        let mismatch = "the private key is not the certificate's, or one can't be read"
        for (certificate, key, problem) in [
            (folder.file("cert.pem"), other.file("key.pem"), mismatch),
            (torn, folder.file("key.pem"), mismatch),
            (
                folder.file("cert.pem"), folder.file("encrypted.pem"),
                "the private key is encrypted with a passphrase"
            ),
        ] {
            let result = try CommandRunner.run(
                Executables.path("arpguard-collector"),
                [command, "--tls-cert", certificate, "--tls-key", key],
                workingDirectory: folder.path)
            #expect(result.status == 2)
            #expect(
                result.stderr.hasPrefix(
                    "arpguard-collector: error: --tls-cert, --tls-key: \(problem)\n"))
        }
    }

    @Test(arguments: [
        RefusedCommand(
            arguments: ["serve", "--listen", "192.0.2.1:1"], status: 64,
            error: "--listen: 192.0.2.1:1 is not a loopback address, and there is no TLS"),
        RefusedCommand(
            arguments: ["serve", "--listen", "192.0.2.1:1", "--behind-proxy"], status: 2,
            error: "can't listen on 192.0.2.1:1: cannot assign requested address"),
        RefusedCommand(
            arguments: ["serve", "--admin-listen", "192.0.2.1:1", "--behind-proxy"], status: 64,
            error: "--admin-listen: 192.0.2.1:1 is not a loopback address, which takes TLS and a "
                + "token"),
        RefusedCommand(
            arguments: ["serve", "--tls-cert", "text"], status: 64,
            error: "TLS takes a certificate and a key"),
        RefusedCommand(
            arguments: ["serve", "--tls-cert", "text", "--tls-key", "text"], status: 2,
            error: "--tls-cert, --tls-key: the certificate is no PEM text"),
        RefusedCommand(
            arguments: ["serve", "--admin-token-file", "text"], status: 2,
            error: "text: the token has fewer than 16 characters"),
        RefusedCommand(
            arguments: ["check", "--admin-token-file", "blank"], status: 2,
            error: "blank: the token has a blank, or a character that is not of ASCII"),
        RefusedCommand(
            arguments: ["serve", "--admin-token-file", "tab"], status: 2,
            error: "tab: the token has a blank, or a character that is not of ASCII"),
        RefusedCommand(
            arguments: ["serve", "--config", "memory.json"], status: 2,
            error: "bytes_in_flight_max is 58720256, and the largest request takes 171966464 while "
                + "it is read"),
        RefusedCommand(
            arguments: ["check", "--config", "few.json"], status: 2,
            error: "bytes_in_flight_max is 42991615, and the largest request takes 42991616 while "
                + "it is read"),
        RefusedCommand(
            arguments: ["serve", "--config", "text"], status: 2,
            error: "text: unknown word at line 1, column 1"),
        RefusedCommand(
            arguments: ["serve", "--config", "none"], status: 2,
            error: "can't read none: No such file or directory"),
        RefusedCommand(
            arguments: ["serve", "--config", "bad.json"], status: 2,
            error: "bad.json: k is 1, must be 2 to 1000000; listen is 1, must be a text"),
        RefusedCommand(
            arguments: ["serve", "--config", "unknown.json"], status: 2,
            error: "unknown.json: colour: no such key"),
        RefusedCommand(
            arguments: ["serve", "--catalogue", "a=text"], status: 2,
            error: "--catalogue text: it is no JSON text"),
        RefusedCommand(
            arguments: ["serve", "--catalogue", "empty.json"], status: 64,
            error: "--catalogue empty.json does not say which service it is of"),
        RefusedCommand(
            arguments: ["check", "--catalogue", "a="], status: 64,
            error: "--catalogue a= names no file"),
        RefusedCommand(
            arguments: ["serve", "--catalogue", "=empty.json"], status: 64,
            error: "--catalogue empty.json is of a service whose name is no name"),
        RefusedCommand(
            arguments: ["serve", "--catalogue", "a\u{1B}b=empty.json"], status: 64,
            error: "--catalogue empty.json is of a service whose name is no name"),
    ])
    func `what a collector can't serve with is said before it opens anything`(
        _ command: RefusedCommand
    ) throws {
        let folder = try TemporaryDirectory()
        try folder.write("too short\n", to: "text")
        try folder.write("a token of several words\n", to: "blank")
        try folder.write("a-token-and-a-tab\t\n", to: "tab")
        try folder.write("{\"json_bytes_max\": 4194304}", to: "memory.json")
        try folder.write("{\"bytes_in_flight_max\": 42991615}", to: "few.json")
        try folder.write("{\"k\": 1, \"listen\": 1}", to: "bad.json")
        try folder.write("{\"colour\": \"red\"}", to: "unknown.json")
        try folder.write("{\"events\": []}", to: "empty.json")
        try command.check(in: folder)
    }

    @Test(arguments: [(mode_t(0o644), true), (0o604, true), (0o640, false), (0o600, false)])
    func `a token that every user may read is told`(mode: mode_t, isTold: Bool) throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("a-token-of-many-letters\n", to: "token")
        try #require(unsafe chmod(path, mode) == 0)
        let result = try CommandRunner.run(
            Executables.path("arpguard-collector"), ["check", "--admin-token-file", "token"],
            workingDirectory: folder.path)
        #expect(result.status == 0)
        #expect(
            result.stderr
                == (isTold
                    ? "arpguard-collector: warning: token is a secret, and every user of this "
                        + "machine may read it\narpguard-collector: hint: as the user that "
                        + "serves: chmod 600 token\n" : ""))
    }

    @Test(arguments: [(mode_t(0o644), true), (0o640, false)])
    func `a store that every user may read is told`(mode: mode_t, isTold: Bool) throws {
        let store = try SampleStore()
        try #require(unsafe chmod(store.path, mode) == 0)
        let result = try CommandRunner.run(
            Executables.path("arpguard-collector"), ["check", "--store", "sqlite:store.sqlite"],
            workingDirectory: store.folder.path)
        #expect(result.status == 0)
        #expect(result.stderr.contains("chmod 600 store.sqlite") == isTold, "\(result.stderr)")
    }

    @Test func `a configuration file is used where flags leave something open`() throws {
        let folder = try TemporaryDirectory()
        try folder.write(
            """
            {"listen": "127.0.0.1:0", "admin_listen": "127.0.0.1:0", "store": "sqlite:one.sqlite",
             "k": 3, "open_days": 10}
            """, to: "collector.json")
        let server = try RunningProcess(
            Executables.path("arpguard-collector"), ["serve", "--config", "collector.json"],
            workingDirectory: folder.path)
        let insight = try server.waitForLine(containing: "insight ")
        let digits = insight.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
        let page = try HTTPClient.send("GET", "/", port: try #require(UInt16(digits)))
        #expect(page.text.contains("3 installations"))
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
        let checked = try CommandRunner.run(
            Executables.path("arpguard-collector"), ["check", "--config", "collector.json"],
            workingDirectory: folder.path)
        #expect(checked.status == 0 && checked.stdout.contains("collects for arpguard"))
        let asked = try CommandRunner.run(
            Executables.path("arpguard-collector"), ["purge", "--config", "collector.json"],
            workingDirectory: folder.path)
        #expect(asked.status == 2 && asked.stderr.contains("add --confirm"))
        let purged = try CommandRunner.run(
            Executables.path("arpguard-collector"),
            ["purge", "--config", "collector.json", "--confirm"], workingDirectory: folder.path)
        #expect(purged.status == 0)
    }
}
