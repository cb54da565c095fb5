// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TestKit
import Testing

/// The folder of the data is put there anew while a program records into it.
@Suite struct ReplacedFolderTests {
    private let home: Home
    private let files = RealFileSystem()
    private var away: String { home.folder.file("away") }

    init() throws {
        home = try Home()
        try home.enable()
    }

    private func control(of folder: String) -> TelemetryControl {
        var config = TelemetryModuleConfig.withURL
        config.storagePath = folder
        return home.control(config)
    }

    /// What is in a folder once nobody records into it.
    private func names(in folder: String) throws -> [String] {
        try control(of: folder).events().map(\.name)
    }

    private func run(_ command: String, _ arguments: String...) throws {
        #expect(try CommandRunner.run(command, arguments).status == 0)
    }

    @Test(arguments: ["removed", "moved", "another in its place"])
    func `what is recorded under the new yes is in the new folder, and outlives the program`(
        how: String
    ) throws {
        do {
            // Dropped without a shutdown, as a killed process leaves it.
            let module = home.module()
            module.initialize(flushMilliseconds: nil)
            #expect(module.trackEvent("app_start"))
            switch how {
            case "removed": try run("/bin/rm", "-rf", home.storage)
            case "moved": try files.rename(home.storage, to: away)
            default:
                let other = home.folder.file("other")
                let control = control(of: other)
                try control.enable(control.terms)
                try files.rename(home.storage, to: away)
                try files.rename(other, to: home.storage)
            }
            try home.enable()
            module.flush()
            for _ in 0..<12 { #expect(module.trackEvent("app_stop")) }
            let status = try home.control().status()
            #expect(status.recorders == [Int64(getpid())])
            #expect(status.recorded == 0 && status.lost.isEmpty)
        }
        let status = try home.control().status()
        #expect(status.recorded == 12 && status.lost.isEmpty)
        if how != "removed" { #expect(try names(in: away) == ["app_start"]) }
    }

    @Test func `a folder that comes back has its own journal again`() throws {
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        #expect(module.trackEvent("app_start"))
        try files.rename(home.storage, to: away)
        try home.enable()
        module.flush()
        #expect(module.trackEvent("feature_usage"))
        let other = home.folder.file("other")
        try files.rename(home.storage, to: other)
        try files.rename(away, to: home.storage)
        module.flush()
        #expect(module.trackEvent("app_stop"))
        module.end()
        #expect(try names(in: home.storage) == ["app_start", "app_stop"])
        #expect(home.told.contains("events wait for it"))
        // The program ended while that folder was away: its journal is there still.
        #expect(try home.folder.contents().contains { $0.hasPrefix("other/journal/") })
    }

    @Test func `a journal that was removed is replaced, and what was in it is stored`() throws {
        do {
            let module = home.module()
            module.initialize(flushMilliseconds: nil)
            for _ in 0..<3 { #expect(module.trackEvent("app_start")) }
            for name in try files.names(in: "\(home.storage)/journal") {
                try files.remove("\(home.storage)/journal/\(name)")
            }
            module.flush()
            for _ in 0..<2 { #expect(module.trackEvent("app_stop")) }
        }
        let status = try home.control().status()
        #expect(status.recorded == 5 && status.lost.isEmpty)
    }

    @Test func `a no in a copy that took the folder's place is heard at once`() throws {
        let copy = home.folder.file("copy")
        try run("/bin/cp", "-a", home.storage, copy)
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        defer { module.end() }
        try files.rename(home.storage, to: away)
        try files.rename(copy, to: home.storage)
        module.flush()
        #expect(module.trackEvent("app_start"))
        try home.control().disable()
        #expect(!module.trackEvent("app_start"))
    }

    @Test func `whoever removes the journal again and again ends recording, and that is counted`()
        throws
    {
        let module = home.module()
        module.initialize(flushMilliseconds: nil)
        for _ in 0..<8 {
            #expect(module.trackEvent("app_start"))
            for name in try files.names(in: "\(home.storage)/journal") {
                try files.remove("\(home.storage)/journal/\(name)")
            }
            module.flush()
        }
        #expect(!module.trackEvent("app_start"))
        module.end()
        #expect(module.status.problems.contains { $0.contains("too often") })
        let status = try home.control().status()
        #expect(status.recorded == 8)
        #expect(status.lost.map(\.count) == [1])
    }
}
