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
    private func scanner(
        _ word: String, stdin: String = "", home: String = "person", url: String? = nil
    ) throws -> String {
        try shell(
            """
            program="$1/host/.build/debug/network-scanner"; mkdir -p "$1/\(home)"
            export HOME="$1/\(home)" \(url.map { "NETWORK_SCANNER_URL=\($0)" } ?? "")
            if [ "$(id -u)" -eq 0 ]; then
                chmod 711 "$1"; chown 65534:65534 "$HOME"
                exec setpriv --reuid 65534 --regid 65534 --clear-groups "$program" \(word)
            fi
            exec "$program" \(word)
            """, stdin: stdin)
    }

    /// Two homes of the example send to a collector, which then tells what they have in common.
    private func sendToCollector() throws {
        try folder.write(scanner("schema"), to: "scanner.json")
        let program = try Executables.path("arpguard-collector")
        let store = ["--store", "sqlite:\(folder.file("collector.sqlite"))", "--k", "2"]
        let collector = try RunningProcess(
            program,
            ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"] + store + [
                "--catalogue", "network-scanner=\(folder.file("scanner.json"))",
            ])
        defer { collector.kill() }
        let line = try collector.waitForLine(containing: "intake ")
        let url = String(line.dropFirst("intake ".count))
        for home in ["one", "two"] {
            let refused = try scanner("send", home: home, url: url)
            #expect(refused.contains("nothing may leave (not_asked)"))
            _ = try scanner("consent", stdin: "y\n", home: home, url: url)
            _ = try scanner("scan", home: home, url: url)
            let sent = try scanner("send", home: home, url: url)
            #expect(sent == "2 events sent\nnothing more waits\n")
        }
        let insight = try CommandRunner.run(
            program, ["insight", "--service", "network-scanner", "--format", "json"] + store)
        #expect(try JSONValue.parse(insight.stdout)["active_installations"] == 2)
        #expect(insight.stdout.contains("scan_finished"))
    }

    @Test(.enabled(if: isFull ?? false, "building it takes minutes: make test-full"))
    func `a host built from a tagged clone asks, records, shows, sends, and tests itself`() throws {
        _ = try shell(
            """
            git clone --quiet --no-hardlinks "$0" "$1/arpguard"
            git -C "$1/arpguard" tag 0.1.0
            cp -R "$1/arpguard/Examples/NetworkScanner" "$1/host"
            """)
        try addPage()
        _ = try shell("cd \"$1/host\" && swift build --quiet 2>&1")
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
        #expect(preview.contains("next to https://telemetry.example.org/v1/logs: 2 events"))
        #expect(preview.contains("scan_finished"))
        _ = try scanner("stop")
        #expect(try scanner("preview").contains("nothing would leave (withdrawn)"))
        try sendToCollector()
        let tests = try shell("cd \"$1/host\" && swift test --disable-xctest 2>&1")
        #expect(tests.contains("4 tests") && tests.contains("passed"))
    }

    /// Adds what `docs/embed.md` shows to the example: the declarations, then the statements of all
    /// sections as one function, the last of them as a test.
    private func addPage() throws {
        let page = try CommandRunner.run("/bin/cat", [RepositoryRoot.path + "/docs/embed.md"])
        let blocks = page.stdout.split(separator: "```").filter { $0.hasPrefix("swift\n") }
        try #require(blocks.count == 7)
        let code = blocks.map { block in
            block.split(separator: "\n").dropFirst().filter { !$0.hasPrefix("import ") }
                .joined(separator: "\n")
        }
        try folder.write(
            """
            import Catalogue
            import Telemetry
            import TelemetryUpload
            \(code[1])
            \(code[2])
            func scan() throws -> Int { 3 }
            func page(elapsed: Duration) throws {
            \(code[3...5].joined(separator: "\n"))
            print(hosts)
            }
            """, to: "host/Sources/Page/Page.swift")
        try folder.write(
            """
            import Scanner
            import Telemetry
            import TelemetryTesting
            import Testing
            @Test func page() throws {
            let product = Product("network-scanner", version: "1.0.0")
            \(code[6])
            }
            """, to: "host/Tests/ScannerTests/PageTests.swift")
        _ = try shell(
            """
            cat >>"$1/host/Package.swift" <<'END'
            package.targets.append(
                .target(
                    name: "Page",
                    dependencies: [
                        .product(name: "Telemetry", package: "arpguard"),
                        .product(name: "TelemetryUpload", package: "arpguard"),
                    ]))
            END
            """)
    }
}
