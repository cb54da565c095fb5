// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Collector

/// The insight page in a real browser, without a window.
@Suite(.serialized) struct BrowserTests {
    private static let browser = "/usr/bin/chromium"

    /// A month of figures of a few dozen installations.
    static func filled() throws -> SampleCollector {
        let collector = try SampleCollector(k: 10)
        let random = SeededRandom(seed: 9)
        for distance in 0..<30 {
            let day = Day(number: today.number - Int32(distance))
            for number in 1...(20 + Int(random.uniform(below: 20))) {
                var sent = batch("\(number) \(day)", of: number, [:])
                sent.day = day
                var counters = DayCounters()
                counters.add("event/app_start", amount: 1)
                counters.add("event/feature_usage", amount: 5)
                counters.add("version/\(number % 3 == 0 ? "0.1.0" : "0.2.0")")
                for (index, feature) in ["arp_scan", "replay", "watch"].enumerated()
                where number % (index + 1) == 0 {
                    let base = 20 << index
                    let spread = Int(random.uniform(below: UInt64(base)))
                    var durations = DurationHistogram()
                    durations.add(milliseconds: base + spread)
                    counters.add("feature/\(feature)", amount: 1, durations: durations)
                }
                if number % 2 == 0 { counters.add("alert/arp_spoofing/high", amount: 2) }
                if number % 7 == 0 { counters.add("error/replay/capture_missing") }
                sent.figures = [day: counters]
                try collector.store.storage.commit(sent, on: day)
            }
        }
        return collector
    }

    private static func run(_ arguments: [String]) throws -> CommandResult {
        let folder = try TemporaryDirectory()
        return try CommandRunner.run(
            browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--user-data-dir=\(folder.path)", "--enable-logging=stderr",
            ] + arguments, environment: ["HOME": folder.path])
    }

    @Test func `a browser shows the page under its policy, in light, dark and on a phone`() throws {
        guard unsafe access(Self.browser, X_OK) == 0 else {
            try Test.cancel("chromium is not installed")
        }
        let collector = try Self.filled()
        let url = "http://127.0.0.1:\(collector.adminPort)/"
        let dom = try Self.run(["--dump-dom", url])
        #expect(dom.stdout.contains("<polyline class=\"line\""))
        #expect(dom.stdout.contains("<polygon class=\"band\""))
        #expect(!dom.stderr.contains("Content Security Policy"), "\(dom.stderr)")
        let pictures = RepositoryRoot.path + "/.build/tests/insight"
        _ = try CommandRunner.run("/bin/mkdir", ["-p", pictures])
        for (name, more) in [
            ("light", ["--window-size=1000,2600"]),
            ("dark", ["--window-size=1000,2600", "--blink-settings=preferredColorScheme=0"]),
            ("phone", ["--window-size=500,2600"]),
        ] {
            let file = "\(pictures)/\(name).png"
            let shot = try Self.run(more + ["--screenshot=\(file)", url])
            #expect(shot.status == 0)
            let status = try #require(try RealFileSystem().status(of: file))
            #expect(status.bytes > 20_000, "an empty page is smaller")
        }
    }

    @Test func `exported pages stand alone`() throws {
        let collector = try Self.filled()
        let days = Day(number: today.number - 29)...today
        let export = StaticExport(
            [try collector.store.storage.insight(in: days, k: 10)], retention: RetentionPolicy())
        #expect(
            export.files.map(\.name) == [
                "style.css", "insight-arpguard.html", "insight-arpguard.json", "index.html",
            ])
        let page = String(decoding: export.files[1].bytes, as: UTF8.self)
        #expect(page.contains("href=\"style.css\"") && !page.contains("href=\"/"))
        #expect(!page.contains("<script"))
        let folder = try TemporaryDirectory()
        try export.write(to: folder.file("public"), fileSystem: RealFileSystem())
        #expect(try folder.read("public/index.html") == export.files[3].bytes)
    }
}
