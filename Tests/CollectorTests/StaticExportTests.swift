// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Collector

/// What an export does to the folder that is named, and says of it.
@Suite struct StaticExportTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func export(_ arguments: String...) throws -> CommandResult {
        try export(arguments)
    }

    private func export(_ arguments: [String]) throws -> CommandResult {
        try CommandRunner.run(
            Executables.path("arpguard-collector"),
            ["export-static", "--store", "sqlite:store"] + arguments,
            workingDirectory: folder.path)
    }

    private func store() throws -> SQLiteStorage {
        try SQLiteStorage(
            path: folder.file("store"), random: SystemRandom(), fileSystem: RealFileSystem())
    }

    private func write(_ service: String) throws {
        let insight = Insight([], service: service, days: today...today, k: 10, tallies: [])
        try StaticExport([insight], retention: RetentionPolicy())
            .write(to: folder.file("public"), fileSystem: RealFileSystem())
    }

    @Test(arguments: ["index.html", "style.css", "insight-arpguard.json"])
    func `an export writes over no file that none wrote`(name: String) throws {
        _ = try store()
        try RealFileSystem().createFolder(folder.file("site"))
        try folder.write("MINE", to: "site/\(name)")
        let refused = try export("site")
        #expect(refused.status == 2)
        #expect(
            refused.stderr.hasPrefix(
                "arpguard-collector: error: no export wrote site/\(name), and this one would write "
                    + "over it\narpguard-collector: hint: choose another folder, or move it away"))
        #expect(try RealFileSystem().names(in: folder.file("site")) == [name])
        #expect(try folder.read("site/\(name)") == Array("MINE".utf8))
        try RealFileSystem().remove(folder.file("site/\(name)"))
        try folder.write("MINE", to: "site/other.html")
        #expect(try export("site").status == 0)
        #expect(try export("site").status == 0, "what an export wrote, the next may replace")
    }

    @Test func `an export that was cut short is done by the next`() throws {
        // A folder stands where the third file would be written before it gets its name.
        let obstacle = folder.file("public/index.html.\(getpid()).new")
        try RealFileSystem().createFolder(folder.file("public"))
        try RealFileSystem().createFolder(obstacle)
        #expect(throws: StaticExportError.self) { try write("a") }
        #expect(try RealFileSystem().names(in: folder.file("public")).contains("insight-a.html"))
        try RealFileSystem().remove(obstacle)
        try write("a")
        #expect(try RealFileSystem().names(in: folder.file("public")).contains("index.html"))
    }

    @Test func `what a killed export left goes with the next, and nothing else does`() throws {
        try write("a")
        // No process has a number that high (Linux: PID_MAX_LIMIT, 2^22).
        let gone = [".arpguard-export", "index.html", "insight-a.json"].map { "\($0).4194305.new" }
        let others = ["index.html.1.new", "index.html.x.new", "other.html.4194305.new", "a.new"]
        for name in gone + others { try folder.write("half", to: "public/\(name)") }
        try write("b")
        let names = try RealFileSystem().names(in: folder.file("public"))
        #expect(names.filter { $0.hasSuffix(".new") } == others.sorted())
    }

    @Test func `an export says which of its files has no place, and what to do`() throws {
        _ = try store()
        #expect(try export("public").status == 0)
        try RealFileSystem().remove(folder.file("public/index.html"))
        try RealFileSystem().createFolder(folder.file("public/index.html"))
        let refused = try export("public")
        #expect(refused.status == 2)
        #expect(
            refused.stderr.contains("hint: a folder stands where the file goes: move it away"),
            "\(refused.stderr)")
    }

    @Test func `days that no export takes are told with a range that one takes`() throws {
        _ = try store()
        let refused = try export("--from=\(SystemClock().now().day)", "out")
        #expect(refused.status == 64)
        let words = refused.stderr.split(whereSeparator: \.isWhitespace).suffix(2)
        try #require(words.allSatisfy { $0.hasPrefix("--") }, "\(refused.stderr)")
        let taken = try export(words.map(String.init) + ["out"])
        #expect(taken.status == 0, "\(taken.stderr)")
    }

    @Test func `an export without a place for it says so`() throws {
        _ = try store()
        let empty = try export("")
        #expect(empty.status == 64)
        #expect(empty.stderr.hasPrefix("arpguard-collector: error: DIR is empty\n"))
        try folder.write("{}", to: "c.json")
        let file = try export("c.json")
        #expect(file.status == 2)
        #expect(file.stderr.hasPrefix("arpguard-collector: error: c.json is no folder\n"))
    }

    @Test func `an export without figures says why`() throws {
        let storage = try store()
        let day = SystemClock().now().day
        let yesterday = Day(number: day.number - 1)
        let open = try export("--open", "public")
        #expect(open.status == 0 && open.stderr.contains("no day has 10 installations or more"))
        for number in 1...12 {
            var sent = batch("\(number)", of: number, [yesterday: ["event/app_start": 1]])
            sent.day = yesterday
            try storage.commit(sent, on: yesterday)
        }
        let folded = try export("public")
        #expect(folded.status == 0)
        #expect(folded.stderr.contains("warning: the pages hold no figures: of "))
        #expect(folded.stderr.contains("no day is folded and has 10 installations or more"))
        #expect(folded.stderr.contains("32 days (open_days) after it, or add --open"))
        #expect(try export("--open", "public").stderr.isEmpty)
    }
}
