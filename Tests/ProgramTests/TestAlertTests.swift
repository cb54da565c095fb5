// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// One marked alert by every way.
@Suite struct TestAlertTests {
    let arpguard: Arpguard

    init() throws { arpguard = try Arpguard() }

    private static var canMount: Bool {
        let result = try? CommandRunner.run(
            "/usr/bin/unshare", ["--user", "--map-root-user", "--mount", "/bin/true"])
        return result?.status == 0
    }

    private func set(_ key: String, _ value: String) throws {
        let result = try arpguard("config", "set", key, value)
        try #require(result.status == 0, "\(result.stderr)")
    }

    /// Runs `test-alert` where the machine's log is the test's own.
    private func testAlert(logAt socket: String) throws -> CommandResult {
        let script = """
            mkdir "$1" && ln -s "$2" "$1/log" || exit 99
            for device in null urandom; do
                touch "$1/$device" && mount --bind "/dev/$device" "$1/$device" || exit 99
            done
            mount --rbind "$1" /dev || exit 99
            exec "$0" --home "$3" test-alert --format json
            """
        return try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script,
                Executables.path("arpguard"), arpguard.folder.file("dev"), socket, arpguard.home,
            ])
    }

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `a test alert goes by every way at once`() throws {
        let folder = arpguard.folder
        let log = try DatagramSocket(folder.file("log"))
        try set("output.eve_path", folder.file("eve.json"))
        try set("output.log", "syslog")
        try set("output.command", #"["/usr/bin/tee", "\#(folder.file("hook"))"]"#)
        let result = try testAlert(logAt: log.path)
        #expect(result.status == 0, "\(result.stderr)")
        #expect(result.stderr.contains("sent by: "), "\(result.stderr)")
        let printed = try JSONValue.parse(result.stdout)
        #expect(printed["arpguard"]?["test"] == true)
        for name in ["eve.json", "hook"] {
            let text = String(decoding: try folder.read(name), as: UTF8.self)
            #expect(try JSONValue.parse(text) == printed, "\(name)")
        }
        #expect(try log.receive().contains("This is a test alert of arpguard"))
    }

    @Test func `a command hears nothing of which version a helper was expected to have`() throws {
        let seen = arpguard.folder.file("seen")
        try set("output.command", #"["/bin/sh", "-c", "env >\#(seen)"]"#)
        let result = try arpguard("test-alert")
        #expect(result.status == 0, "\(result.stderr)")
        let variables = String(decoding: try arpguard.folder.read("seen"), as: UTF8.self)
        #expect(variables.contains("ARPGUARD_HOME="))
        #expect(!variables.contains("ARPGUARD_EXPECT_VERSION"), "\(variables)")
    }

    @Test(.enabled(if: canMount, "the kernel gives this user no mount namespace"))
    func `each way that fails is named, and the others go on`() throws {
        let folder = arpguard.folder
        try set("output.eve_path", folder.file("nowhere/eve.json"))
        try set("output.log", "syslog")
        try set("output.command", #"["/usr/bin/tee", "\#(folder.file("hook"))"]"#)
        let result = try testAlert(logAt: folder.file("no-log"))
        #expect(result.status == 2)
        #expect(result.stderr.contains("could not be sent: eve: "), "\(result.stderr)")
        #expect(result.stderr.contains("could not be sent: syslog: "), "\(result.stderr)")
        #expect(try JSONValue.parse(String(decoding: folder.read("hook"), as: UTF8.self)) != .null)
    }

    @Test func `a test alert that arrived nowhere names no way`() throws {
        let result = try CommandRunner.run(
            "/bin/sh", ["-c", "exec \"$0\" test-alert >/dev/full", Executables.path("arpguard")],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        #expect(result.status == 2)
        #expect(result.stderr.contains("the test alert could not be sent: "))
        #expect(!result.stderr.contains("sent by:"), "\(result.stderr)")
    }
}
