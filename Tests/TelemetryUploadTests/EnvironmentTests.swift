// SPDX-License-Identifier: Apache-2.0

import Modules
import Telemetry
import TestKit
import Testing

/// What the environment says to libraries for the network, and the real program does not heed.
@Suite(.timeLimit(.minutes(3)))
struct EnvironmentTests {
    /// A home with a configuration file, consent, and an event as of now.
    private func home(url: String, _ more: String = "") throws -> Home {
        let home = try Home(url: url, clock: ManualClock(SystemClock().now()))
        try home.folder.write(
            #"{"telemetry": {"upload_url": "\#(url)"\#(more)}}"#, to: "config.json")
        home.record(1)
        return home
    }

    private func upload(_ home: Home, _ environment: [String: String]) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-upload"), ["--home", home.folder.path],
            environment: environment)
    }

    @Test(arguments: ["no_proxy", "NO_PROXY"])
    func `no name goes around the proxy that was named`(variable: String) throws {
        let proxy = try FakeProxy(leadingTo: nil)
        let home = try home(
            url: "https://127.0.0.1:1/v1/logs",
            #", "upload_proxy": "http://127.0.0.1:\#(proxy.port)""#)
        for value in ["*", "127.0.0.1"] {
            #expect(try upload(home, [variable: value]).status == 2)
        }
        #expect(proxy.requests == ["connect 127.0.0.1:1", "connect 127.0.0.1:1"])
    }

    /// A folder in which a certificate is found as the system's are.
    private func store(of certificate: String) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        let made = try CommandRunner.run(
            "/bin/sh",
            ["-c", #"cp "$1" "$2/own.pem" && openssl rehash "$2""#, "sh", certificate, folder.path])
        try #require(made.status == 0, "\(made.stderr)")
        return folder
    }

    @Test func `nobody else is trusted, and the secrets of a session are not written down`() throws
    {
        let server = try TLSServer(name: "IP:127.0.0.1")
        let store = try store(of: server.certificate)
        let home = try home(url: "https://127.0.0.1:\(server.port)/v1/logs")
        let secrets = home.folder.file("secrets")
        let result = try upload(
            home,
            [
                "SSL_CERT_FILE": server.certificate, "SSL_CERT_DIR": store.path,
                "CURL_CA_BUNDLE": server.certificate, "SSLKEYLOGFILE": secrets,
            ])
        #expect(result.stderr.contains("certificate is not trusted"), "\(result.stderr)")
        #expect(try RealFileSystem().status(of: secrets) == nil)
    }

    @Test func `a person's names and passwords stay where they are`() throws {
        let server = try FakeServer(.answer(200))
        let home = try home(url: server.url())
        let file = try home.folder.write("default login a password b\n", to: ".netrc")
        #expect(try upload(home, ["HOME": home.folder.path, "NETRC": file]).status == 0)
        #expect(server.requests.first?.header("authorization") == nil)
        #expect(server.requests.count == 1)
    }

    private static let canMount =
        (try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"]))?.status == 0

    /// One round where the system trusts what is in a folder; fails before if it does not.
    private static let whereSystemTrusts = """
        mount --bind "$1" /etc/ssl/certs || exit 9
        openssl s_client -verify_return_error -CApath /etc/ssl/certs -connect "127.0.0.1:$2" \\
            </dev/null >/dev/null 2>&1 || exit 8
        exec "$3" --home "$4"
        """

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `certificates that were named are trusted instead of the system's`() throws {
        let server = try TLSServer(name: "IP:127.0.0.1")
        let store = try store(of: server.certificate)
        // Of another subject: one of the same would be taken for the server's and looked at alone.
        let other = store.file("other")
        let made = try CommandRunner.run(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
                + ["-subj", "/CN=other", "-keyout", "\(other).key", "-out", other])
        try #require(made.status == 0, "\(made.stderr)")
        let home = try home(
            url: "https://127.0.0.1:\(server.port)/v1/logs",
            #", "upload_ca_file": "\#(other)""#)
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", Self.whereSystemTrusts,
                "sh", store.path, "\(server.port)", Executables.path("arpguard-upload"),
                home.folder.path,
            ])
        #expect(result.status == 2, "\(result.stderr)")
        #expect(result.stderr.contains("certificate is not trusted"), "\(result.stderr)")
    }
}
