// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// A program that may record, and can't, or that may record more than before.
@Suite struct StarvedRecorderTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func lost() throws -> [String: Int64] {
        let losses = try home.control().status().lost
        return Dictionary(uniqueKeysWithValues: losses.map { ($0.reason, $0.count) })
    }

    /// Puts something in the place of the folder of the journals.
    private func obstruct() throws {
        try RealFileSystem().remove("\(home.storage)/journal")
        try home.folder.write("in the way", to: "home/telemetry/journal")
    }

    private func makeRoom() throws { try RealFileSystem().remove("\(home.storage)/journal") }

    @Test func `events for which no journal can be made are counted once there is room`() throws {
        try obstruct()
        let module = home.module()
        module.initialize()
        for _ in 0..<7 { #expect(!module.trackEvent("app_start", ["mode": "replay"])) }
        try makeRoom()
        module.flush()
        #expect(module.trackEvent("app_start", ["mode": "replay"]))
        module.end()
        #expect(try lost() == ["queue_full": 7])
        #expect(try home.control().status().recorded == 1)
    }

    @Test func `events for which no journal can be made are counted at the end at the latest`()
        throws
    {
        try obstruct()
        home.record(5)
        try makeRoom()
        #expect(try lost() == ["queue_full": 5])
        #expect(home.told.contains("make "), "the way out is told: \(home.told)")
    }

    @Test func `where the store can't be opened either, the next program that can counts them`()
        throws
    {
        let store = "\(home.storage)/store.sqlite"
        home.record(1)
        let version = try #require(
            try Connection(path: store, mode: .readOnly).integer("PRAGMA user_version"))
        func write(_ number: Int64) throws {
            try Connection(path: store, mode: .readWrite)
                .execute("PRAGMA user_version = \(number)")
        }
        try write(version + 1)
        var config = TelemetryModuleConfig.withURL
        config.storageBytesMax = 1 << 20
        let filler = "\(home.storage)/journal/filler"
        try home.folder.write(
            [UInt8](repeating: 0, count: 600 << 10), to: "home/telemetry/journal/filler")
        home.record(4, config)
        let module = home.module(config)
        module.initialize()
        #expect(!module.trackEvent("app_start", ["mode": "replay"]))
        module.flush()
        #expect(try lost() == ["queue_full": 5], "it is told while the program runs")
        #expect(!module.trackEvent("app_start", ["mode": "replay"]))
        #expect(!module.trackEvent("app_start", ["mode": "replay"]))
        module.end()
        #expect(try home.control().status().storeProblem != nil)
        #expect(try lost() == ["queue_full": 7], "it is told before the store knows")
        try RealFileSystem().remove(filler)
        try write(version)
        #expect(try lost() == ["queue_full": 7])
        #expect(try lost() == ["queue_full": 7], "each is counted once")
    }

    @Test func `on a full disk they are counted in a note for which there is room since the yes`()
        throws
    {
        let files = FullDiskFiles()
        files.isFull = true
        var seams = home.seams()
        seams.files = files
        seams.openDatabase = { path, _ throws(SQLiteError) in
            // No database can be opened there.
            try Connection(path: path + "/nothing", mode: .readWrite)
        }
        for count in 1...2 {
            let module = TelemetryModule(
                for: Product("arpguard", version: "0.1.0"), config: .withURL,
                home: home.folder.file("home"), seams: seams)
            module.initialize()
            for _ in 0..<8 { #expect(!module.trackEvent("app_start", ["mode": "replay"])) }
            module.end()
            #expect(module.status.problems.contains { $0.contains("No space left on device") })
            #expect(files.isFull, "nothing was given up for \(count * 8)")
        }
        #expect(try lost() == ["queue_full": 16])
        #expect(try lost() == ["queue_full": 16], "each is counted once")
    }

    @Test func `a yes to more reaches programs that run`() throws {
        var narrow = TelemetryModuleConfig.withURL
        narrow.allowedEventTypes = ["app_start"]
        let control = home.control(narrow)
        try home.control().disable()
        try control.enable(control.terms)
        let module = home.module()
        module.initialize()
        #expect(module.trackEvent("app_start", ["mode": "replay"]))
        #expect(!module.trackEvent("feature_usage", ["feature": "replay"]))
        try home.enable()
        module.flush()
        #expect(module.trackEvent("feature_usage", ["feature": "replay"]))
        module.end()
        #expect(try home.control().status().recorded == 2)
    }
}
