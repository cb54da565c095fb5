// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// The example as somebody elsewhere would build it: from a repository and a version, so that
/// faults of our manifest show, with a home of its own.
@Suite struct ExampleTests {
    private static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }
    private static let minutes = Duration.seconds(1800)

    private let folder: TemporaryDirectory
    private var host: String { folder.file("host") }

    init() throws { folder = try TemporaryDirectory() }

    private func shell(_ script: String, stdin: String = "") throws -> String {
        let result = try CommandRunner.run(
            "/bin/sh", ["-ec", script, RepositoryRoot.path, folder.path],
            environment: [
                "ARPGUARD_REPOSITORY": "file://\(folder.file("arpguard"))", "HOME": folder.path,
            ], stdin: Array(stdin.utf8), deadline: Self.minutes)
        try #require(result.status == 0, "\(result.stderr)\(result.stdout.suffix(4000))")
        return result.stdout
    }

    /// Runs the built example; as nobody where the test runs as root, for whom homes are elsewhere.
    private func scanner(_ word: String, stdin: String = "") throws -> String {
        try shell(
            """
            program="$1/host/.build/debug/network-scanner"
            if [ "$(id -u)" -eq 0 ]; then
                chmod 711 "$1"; mkdir -p "$1/person"; chown 65534:65534 "$1/person"
                HOME="$1/person" exec setpriv --reuid 65534 --regid 65534 --clear-groups \
                    "$program" \(word)
            fi
            exec "$program" \(word)
            """, stdin: stdin)
    }

    @Test(.enabled(if: isFull ?? false, "building it takes minutes: make test-full"))
    func `a host built from a tagged clone asks, records, shows, and tests itself`() throws {
        _ = try shell(
            """
            git clone --quiet --no-hardlinks "$0" "$1/arpguard"
            git -C "$1/arpguard" tag 0.1.0
            cp -R "$1/arpguard/Examples/NetworkScanner" "$1/host"
            cd "$1/host" && swift build --quiet 2>&1
            """)
        #expect(try scanner("scan").contains("ports of this machine answer"))
        #expect(try scanner("preview").contains("nothing would leave (not_asked)"))
        let asked = try scanner("consent", stdin: "y\n")
        #expect(asked.contains("scan_finished.open_ports") && asked.contains("thank you"))
        #expect(!asked.contains("alert_generated"), "more is asked for than is recorded")
        let events = try JSONValue.parse(scanner("schema"))["events"]?.arrayValue
        #expect(
            events?.compactMap { $0["name"]?.stringValue } == [
                "feature_usage", "error", "scan_finished",
            ])
        _ = try scanner("scan")
        let preview = try scanner("preview")
        #expect(preview.contains("next to https://telemetry.example.org/v1/logs: 3 events"))
        #expect(preview.contains("scan_finished"))
        _ = try scanner("stop")
        #expect(try scanner("preview").contains("nothing would leave (withdrawn)"))
        let tests = try shell("cd \"$1/host\" && swift test --disable-xctest 2>&1")
        #expect(tests.contains("3 tests") && tests.contains("passed"))
    }
}
