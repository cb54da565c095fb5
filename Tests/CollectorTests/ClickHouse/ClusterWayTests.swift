// SPDX-License-Identifier: Apache-2.0

import JSON
import TestKit
import Testing

/// From a capture to the figures of a cluster and back to nothing, by the real programs.
@Suite(.enabled(if: TestCluster.current != nil, "\(TestCluster.whySkipped)"))
struct ClusterWayTests {
    private let folder: TemporaryDirectory
    private let database: TestDatabase
    private let store: String

    init() throws {
        let cluster = try #require(TestCluster.current)
        folder = try TemporaryDirectory()
        database = try TestDatabase(cluster)
        store = "clickhouse:" + (try cluster.text(database.name))
    }

    private func collector(_ words: String...) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-collector"), words + ["--store", store],
            deadline: .seconds(60))
    }

    private func arpguard(_ home: String, _ words: [String], status: Int32 = 0) throws
        -> CommandResult
    {
        let result = try CommandRunner.run(
            Executables.path("arpguard"), words,
            environment: ["ARPGUARD_HOME": folder.file(home)], deadline: .seconds(60))
        try #require(result.status == status, "\(words): \(result.stderr)")
        return result
    }

    /// Agrees, replays, and uploads what that recorded.
    private func contribute(_ home: String, to url: String) throws {
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        _ = try arpguard(home, ["config", "set", "telemetry.upload_url", url])
        _ = try arpguard(home, ["telemetry", "enable", "--confirm"])
        _ = try arpguard(home, ["replay", capture], status: 1)
        _ = try arpguard(home, ["telemetry", "upload"])
    }

    private func activeInstallations() throws -> JSONValue? {
        let result = try collector("insight", "--format", "json")
        try #require(result.status == 0, "\(result.stderr)")
        return try JSONValue.parse(result.stdout)["active_installations"]
    }

    @Test func `eleven homes are counted on a cluster, and after one is deleted ten are`() throws {
        let process = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                store,
            ])
        defer { process.kill() }
        let line = try process.waitForLine(containing: "intake ", within: .seconds(60))
        let url = String(line.dropFirst("intake ".count))
        for number in 1...11 { try contribute("home-\(number)", to: url) }
        #expect(try activeInstallations() == 11)

        let deletion = try arpguard("home-3", ["telemetry", "delete-data", "--confirm"])
        #expect(deletion.stdout.contains("the collector confirmed the erasure"))
        #expect(try activeInstallations() == 10)
        let tombstones = "SELECT count() FROM \(database.name).tombstone FINAL"
        #expect(try database.number(tombstones) == 1)
    }
}
