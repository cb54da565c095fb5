// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import JSON
import Modules
import SQLite
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

    private func makeStore(_ name: String = "store") throws {
        let server = try RunningProcess(
            Executables.path("arpguard-collector"),
            [
                "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                "sqlite:\(name)",
            ], workingDirectory: folder.path)
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

    @Test(arguments: ["none/store", "file/store"])
    func `a check says where no start could make a store`(path: String) throws {
        try folder.write("", to: "file")
        let result = try run("check", "--store", "sqlite:\(path)")
        #expect(result.status == 2)
        #expect(result.stderr.contains("error: the store's folder "), "\(result.stderr)")
        #expect(result.stderr.contains("is not there"), "\(result.stderr)")
    }

    @Test(arguments: [":memory:", "file:store?mode=memory", "file::memory:"])
    func `a store is always the file of its name`(name: String) throws {
        try makeStore(name)
        let store = try Connection(path: folder.file(name), mode: .readOnly)
        #expect(try store.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'batch'") == 1)
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
        let store = try Connection(path: folder.file("store"), mode: .readOnly)
        #expect(try store.integer("SELECT count(*) FROM deletion") == 0, "overwritten too")
    }

    @Test func `an earlier program's store stays its own until serve or a purge takes it over`()
        throws
    {
        try makeStore()
        func connection() throws -> Connection {
            try Connection(path: folder.file("store"), mode: .readWrite)
        }
        try connection().execute("DROP TABLE deletion; PRAGMA user_version = 1")
        let before = try folder.read("store")
        for command in [["check"], ["purge"], ["insight"], ["export-static", "public"]] {
            let result = try CommandRunner.run(
                Executables.path("arpguard-collector"), command + ["--store", "sqlite:store"],
                workingDirectory: folder.path)
            #expect(result.status == (command == ["purge"] ? 2 : 0), "\(result.stderr)")
            #expect(try folder.read("store") == before, "\(command)")
        }
        #expect(try run("purge", "--store", "sqlite:store", "--confirm").status == 0)
        #expect(try connection().integer("PRAGMA user_version") == 2)
        try connection().execute("PRAGMA user_version = 99")
        let newer = try run("check", "--store", "sqlite:store")
        #expect(newer.status == 2 && newer.stderr.contains("run the collector that wrote it"))
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
        #expect(other.stdout.contains("Groups of fewer than 4 installations are not shown. "))
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

    @Test(arguments: [0o700, 0o1777] as [UInt32])
    func `an export leaves the mode of a folder that was there`(mode: UInt32) throws {
        try makeStore()
        let files = RealFileSystem()
        try files.createFolder(folder.file("mine"))
        try files.setMode(mode, of: folder.file("mine"))
        let export = try run("export-static", "--store", "sqlite:store", "mine")
        #expect(export.status == 0, "\(export.stderr)")
        #expect(try files.status(of: folder.file("mine"))?.mode == mode)
        #expect(try files.status(of: folder.file("mine/index.html"))?.mode == 0o644)
    }

    @Test func `what an earlier export wrote of a service that is gone is removed and named`()
        throws
    {
        func write(_ services: String...) throws -> [String] {
            let insights = services.map {
                Insight([], service: $0, days: today...today, k: 10, tallies: [])
            }
            return try StaticExport(insights, retention: RetentionPolicy())
                .write(to: folder.file("public"), fileSystem: RealFileSystem())
        }
        #expect(try write("a", "b").isEmpty)
        try folder.write("mine", to: "public/insight-mine.html")
        let gone = ["insight-b.html", "insight-b.json"]
        #expect(try write("a") == gone)
        let names = try RealFileSystem().names(in: folder.file("public"))
        #expect(!names.contains(where: gone.contains))
        #expect(names.contains("insight-a.html") && names.contains("insight-mine.html"))
        // Somebody who may write the list can't have other files removed by it.
        let list = try folder.read("public/.arpguard-export")
        try folder.write(
            String(decoding: list, as: UTF8.self)
                + "../store\n/etc/hosts\ninsight-/../x\nletter\n", to: "public/.arpguard-export")
        #expect(try write("a").isEmpty)
    }

    @Test func `an export tells of folded days alone, so that an erasure changes nothing in it`()
        throws
    {
        let day = SystemClock().now().day
        let (old, yesterday) = (Day(number: day.number - 40), Day(number: day.number - 1))
        let storage = try SQLiteStorage(
            path: folder.file("store"), random: SystemRandom(), fileSystem: RealFileSystem())
        for number in 1...12 {
            for told in [old, yesterday] {
                var sent = batch("\(number)", of: number, [told: ["event/app_start": 1]])
                sent.day = told
                try storage.commit(sent, on: told)
            }
        }
        func export(_ more: String...) throws -> [String] {
            let result = try CommandRunner.run(
                Executables.path("arpguard-collector"),
                ["export-static", "--store", "sqlite:store", "public"] + more,
                workingDirectory: folder.path)
            #expect(result.status == 0, "\(result.stderr)")
            let bytes = try folder.read("public/insight-arpguard.json")
            let json = try JSONValue.parse(bytes: bytes)
            return json["days"]?.arrayValue?.compactMap { $0["day"]?.stringValue } ?? []
        }
        #expect(try export() == [], "a day whose time has come and that is not folded yet is open")
        try storage.expire(by: RetentionPolicy(), on: day)
        #expect(try export() == [old.description])
        let before = try folder.read("public/insight-arpguard.json")
        _ = try storage.erase(
            installation: installation(1), secretHash: SHA256.hash(Array(secret(1).utf8)), on: day)
        #expect(try export() == [old.description])
        #expect(try folder.read("public/insight-arpguard.json") == before)
        #expect(try export("--open") == [yesterday.description])
        let late = try run("export-static", "--store", "sqlite:store", "--to", "\(day)", "public")
        #expect(late.status == 2 && late.stderr.contains("by --config, or add --open"))
        let unended = try run(
            "export-static", "--store", "sqlite:store", "--open", "--to", "\(day)", "public")
        #expect(unended.status == 2 && unended.stderr.contains("is the last day that may be"))
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
