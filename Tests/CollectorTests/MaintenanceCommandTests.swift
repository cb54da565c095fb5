// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

@testable import Collector

/// What an operator does beside serving.
@Suite struct MaintenanceCommandTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func run(_ arguments: String...) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-collector"), arguments, workingDirectory: folder.path)
    }

    private func makeStore() throws {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(folder.file("store"))",
            ])
        _ = try server.waitForLine(containing: "intake ")
        server.send(signal: SIGTERM)
        #expect(try server.waitForEnd().status == 0)
    }

    @Test func `a check before the first start says that there is no store yet`() throws {
        let first = try run("check", "--store", "sqlite:store", "--format", "json")
        #expect(first.status == 0, "\(first.stderr)")
        #expect(try JSONValue.parse(first.stdout)["store_exists"] == false)
        #expect(try folder.contents().isEmpty, "a check makes nothing")
        try makeStore()
        let second = try run("check", "--store", "sqlite:store", "--format", "json")
        #expect(try JSONValue.parse(second.stdout)["store_exists"] == true)
    }

    @Test func `a purge without a yes changes nothing and says what it would do`() throws {
        let missing = try run("purge", "--store", "sqlite:store")
        #expect(missing.status == 2 && missing.stderr.contains("there is no store at store"))
        try makeStore()
        let before = try folder.read("store")
        let asked = try run("purge", "--store", "sqlite:store")
        #expect(asked.status == 2 && asked.stderr.contains("nothing was changed"))
        #expect(try folder.read("store") == before)
        #expect(try run("purge", "--store", "sqlite:store", "--confirm").status == 0)
    }

    @Test func `insight takes store, k and days of a configuration file`() throws {
        try makeStore()
        try folder.write(
            #"{"store": "sqlite:store", "k": 3, "insight_days": 7}"#, to: "collector.json")
        let shown = try run("insight", "--config", "collector.json", "--format", "json")
        #expect(shown.status == 0, "\(shown.stderr)")
        let json = try JSONValue.parse(shown.stdout)
        let bounds = ["from", "to"].compactMap { json[$0]?.stringValue }.compactMap { Day($0) }
        try #require(bounds.count == 2)
        #expect(json["k"] == 3)
        #expect(bounds[1].number - bounds[0].number == 6)
        let other = try run("insight", "--config", "collector.json", "--k", "4")
        #expect(other.stdout.contains("groups of 4 and more"))
    }

    @Test func `services whose names differ in one sign have files of their own`() {
        let names = ["a.b", "a-b", "a_b", "a/b", "a b"]
        let insights = names.map {
            Insight([], service: $0, days: today...today, k: 10, tallies: [])
        }
        let files = StaticExport(insights, retention: RetentionPolicy()).files.map(\.name)
        #expect(Set(files).count == files.count)
        #expect(files.contains("insight-a.b.html") && files.contains("insight-a_2fb.html"))
    }

    @Test func `what is exported for publishing can be read by everybody`() throws {
        try makeStore()
        let export = try run("export-static", "--store", "sqlite:store", "public")
        #expect(export.status == 0, "\(export.stderr)")
        let files = RealFileSystem()
        #expect(try files.status(of: folder.file("public"))?.mode == 0o755)
        let names = try files.names(in: folder.file("public"))
        #expect(names.contains("index.html") && names.contains("style.css"))
        for name in names {
            #expect(try files.status(of: folder.file("public/\(name)"))?.mode == 0o644, "\(name)")
        }
    }
}
