// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// Whether release programs are to be measured, and there are some.
private enum Release {
    static let isFull = unsafe getenv("ARPGUARD_TEST_FULL").map {
        unsafe String(cString: $0) != "0"
    }
    static let isBuilt = unsafe access(RepositoryRoot.file("dist/arpguard-dashboard"), X_OK) == 0
}

/// What the release programs in `dist/` may cost a person; figures of the debug build say nothing.
@Suite(
    .serialized,
    .enabled(if: Release.isFull ?? false, "release programs are measured by make test-full"),
    .enabled(if: Release.isBuilt, "there are no release programs: make release"))
struct BudgetTests {
    private static let program = RepositoryRoot.file("dist/arpguard")
    private static let rounds = 51
    /// It was three on one machine (2.5 ms beside 0.8) and five on another (2.6 beside 0.5).
    private static let emptyMax: Int64 = 8
    /// It was less than four (10 ms beside 2.6).
    private static let startsMax: Int64 = 5

    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private var environment: [String: String] {
        ["ARPGUARD_HOME": folder.file("own"), "HOME": folder.path]
    }

    /// The median of the processor's microseconds that each of these takes, run in turn.
    private func medians(_ programs: [[String]]) throws -> [Int64] {
        var costs = programs.map { _ in [Int64]() }
        for _ in 0..<Self.rounds {
            for (index, words) in programs.enumerated() {
                let result = try CommandRunner.run(
                    words[0], Array(words.dropFirst()), environment: environment)
                #expect(result.status == 0, "\(words)")
                costs[index].append(result.processorMicroseconds)
            }
        }
        return costs.map { $0.sorted()[Self.rounds / 2] }
    }

    @Test func `a start takes the processor of eight empty programs at most`() throws {
        let costs = try medians([[Self.program, "--version"], ["/usr/bin/true"]])
        #expect(costs[0] <= Self.emptyMax * costs[1], "\(costs)")
    }

    @Test(arguments: [false, true])
    func `telemetry status takes the processor of five starts at most, and 16 MiB`(
        isRecording: Bool
    ) throws {
        if isRecording {
            for words in [["telemetry", "enable", "--confirm"], ["replay", "--sample"]] {
                _ = try CommandRunner.run(Self.program, words, environment: environment)
            }
        }
        let costs = try medians([
            [Self.program, "telemetry", "status"], [Self.program, "--version"],
        ])
        #expect(costs[0] <= Self.startsMax * costs[1], "\(costs)")
        let kibibytes = try #require(Int64(try peakMemory()))
        #expect((1024...16 * 1024).contains(kibibytes), "\(kibibytes) KiB")
    }

    /// The peak of a status in KiB. The kernel counts a starter's memory as its child's: one that
    /// is small itself has to start it.
    private func peakMemory() throws -> String {
        let script = """
            import resource, subprocess, sys
            subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
            print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
            """
        let result = try CommandRunner.run(
            "/usr/bin/python3", ["-c", script, Self.program, "telemetry", "status"],
            environment: environment)
        return result.stdout.split(separator: "\n").joined()
    }

    @Test func `with a million events each page takes 100 ms and 60 kB`() throws {
        try fill(doublings: 10)
        let process = try RunningProcess(
            Self.program, ["telemetry", "dashboard", "--no-browser", "--format", "json"],
            environment: environment)
        let said = try JSONValue.parse(
            try process.waitForLine(containing: "url", within: .seconds(120)))
        let port = try #require(
            said["url"]?.stringValue?.split(separator: ":").last.flatMap { UInt16($0.dropLast()) })
        let own = HTTPHeader("Origin", "http://127.0.0.1:\(port)")
        let kind = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
        let opened = try HTTPClient.send(
            "POST", "/session", port: port, headers: [own, kind],
            body: Array("code=\(said["code"]?.stringValue ?? "")".utf8))
        let cookie = try #require(opened.header("Set-Cookie")?.prefix { $0 != ";" })
        for path in ["/", "/?days=365", "/stored", "/review", "/sent", "/ledger", "/consent"] {
            var times: [Duration] = []
            for _ in 0..<11 {
                let start = ContinuousClock.now
                let page = try HTTPClient.send(
                    "GET", path, port: port, headers: [HTTPHeader("Cookie", String(cookie))])
                times.append(ContinuousClock.now - start)
                #expect(page.status == 200)
                #expect(page.body.count <= 60_000, "\(path): \(page.body.count)")
            }
            #expect(times.sorted()[5] <= .milliseconds(100), "\(path): \(times.sorted()[5])")
        }
        process.send(signal: SIGTERM)
        #expect(try process.waitForEnd().status == 0)
    }

    /// A thousand real events, doubled in the store.
    private func fill(doublings: Int) throws {
        try folder.write(
            "{\"telemetry\": {\"storage_bytes_max\": 1073741824}}", to: "own/config.json")
        let enabled = try CommandRunner.run(
            Self.program, ["telemetry", "enable", "--confirm"], environment: environment)
        try #require(enabled.status == 0)
        var config = TelemetryModuleConfig()
        config.storageBytesMax = 1 << 30
        let module = TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: config, home: folder.file("own"),
            seams: TelemetrySeams(
                environment: [:], userID: geteuid(), logger: Logger(program: "test") { _ in },
                policyPath: folder.file("none")))
        module.initialize()
        for index in 0..<1000 {
            module.trackEvent(
                "feature_usage", ["feature": "replay", "duration_ms": PropertyValue(index)])
        }
        module.shutdown(within: 30_000)
        let store = try Connection(
            path: folder.file("own/telemetry/store.sqlite"), mode: .readWrite)
        for _ in 0..<doublings {
            try store.execute(
                "INSERT INTO events(epoch, time, name, properties) "
                    + "SELECT epoch, time, name, properties FROM events")
        }
        #expect(try store.integer("SELECT count(*) FROM events") ?? 0 >= 1_000_000)
    }
}
