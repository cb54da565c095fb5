// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

/// Places that can't be written: the host goes on, the cause is named, nothing accepted is lost.
@Suite struct BadPlaceTests {
    private let home: Home
    private let files = FullDiskFiles()

    init() throws {
        home = try Home()
        try home.enable()
    }

    private var seams: TelemetrySeams {
        var seams = home.seams()
        seams.files = files
        seams.openDatabase = { [files] path, mode throws(SQLiteError) in
            try files.openDatabase(path, mode)
        }
        return seams
    }

    private func module(_ seams: TelemetrySeams? = nil) -> TelemetryModule {
        TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams ?? self.seams)
    }

    private var control: TelemetryControl {
        TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
    }

    @Test func `a disk that is full while the journal is made leaves telemetry off, and says so`()
        throws
    {
        files.isFull = true
        let module = module()
        module.initialize()
        #expect(!module.trackEvent("app_start"))
        #expect(module.status.problems.contains { $0.contains("No space left on device") })
        #expect(!module.status.isRecording)
        module.flush()
        #expect(home.told.split(separator: "\n").count == 1)
        #expect(try home.folder.contents().filter { $0.contains("/journal/") }.isEmpty)
        files.isFull = false
        module.flush()
        #expect(module.status.isRecording)
        #expect(module.trackEvent("app_start"))
        module.end()
        #expect(try home.control().events().count == 1)
    }

    @Test func `a store that can't grow leaves events in the journal, and takes them later`() throws
    {
        home.record(1)
        let module = module()
        module.initialize()
        files.isFull = true
        for _ in 0..<600 { #expect(module.trackEvent("app_start", ["os": "linux"])) }
        module.flush()
        module.flush()
        #expect(module.status.problems.contains { $0.contains("full") })
        #expect(home.told.split(separator: "\n").count == 1)
        #expect(module.trackEvent("app_stop"))
        files.isFull = false
        module.end()
        #expect(try home.control().events().count == 602)
        #expect(try home.control().status().lost.isEmpty)
    }

    @Test func `a status on a full disk names it, and delete-data works and frees the disk`() throws
    {
        for _ in 0..<5 { home.record(400) }
        do {
            // Dropped without a shutdown: its journal stays behind.
            let module = home.module()
            module.initialize()
            for _ in 0..<400 { #expect(module.trackEvent("app_start")) }
        }
        files.isFull = true
        #expect(try control.status().storeProblem?.contains("full") == true)
        let outcome = try control.deleteData()
        #expect(outcome.events >= 2000)
        #expect(try home.control().status().recorded == 0)
        #expect(try home.control().events().isEmpty)
    }

    @Test func `a folder that can't be written leaves telemetry off, and says so`() throws {
        files.isFull = true
        let other = try Home()
        try other.enable()
        var seams = other.seams()
        seams.files = FailingFolder()
        let module = TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: other.folder.file("home"), seams: seams)
        module.initialize()
        #expect(!module.trackEvent("app_start"))
        #expect(module.status.problems.contains { $0.contains("Read-only file system") })
        module.end()
    }

    @Test func `a folder of somebody else is no yes of this person`() throws {
        var seams = home.seams()
        seams.userID += 1
        let module = module(seams)
        module.initialize()
        #expect(!module.trackEvent("app_start"))
        #expect(module.blockedBy == [.stateUnreadable])
        module.end()
        #expect(try home.folder.contents().filter { $0.contains("/journal/") }.isEmpty)
    }

    @Test func `a deletion that was cut short is left to whom the folder belongs`() throws {
        home.record(3)
        let id = try #require(try home.control().status().installationID)
        let intent = try home.folder.write(id, to: "home/telemetry/deletion.intent")
        var seams = home.seams()
        seams.userID += 1
        let other = TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: home.folder.file("home"), seams: seams)
        #expect(try other.status().storeProblem?.contains("belongs to user") == true)
        #expect(try RealFileSystem().status(of: intent) != nil)
        let store = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        #expect(try store.integer("SELECT count(*) FROM events") == 3)
    }

    @Test(arguments: ["made anew", "restored"])
    func `a yes in a folder that was put there anew reaches programs that run`(how: String) throws {
        let storage = home.storage
        let copy = home.folder.file("copy")
        #expect(try CommandRunner.run("/bin/cp", ["-a", storage, copy]).status == 0)
        let module = home.module()
        module.initialize()
        #expect(module.trackEvent("app_start"))
        try home.control().disable()
        try RealFileSystem().rename(storage, to: home.folder.file("away"))
        if how == "restored" { try RealFileSystem().rename(copy, to: storage) }
        module.flush()
        try home.enable()
        module.flush()
        #expect(module.trackEvent("app_stop"))
        module.end()
        #expect(try home.control().events().map(\.name) == ["app_stop"])
    }

    @Test func `a store of a newer program keeps its form, and events wait for one that knows it`()
        throws
    {
        home.record(1)
        let store = home.folder.file("home/telemetry/store.sqlite")
        let database = try Connection(path: store, mode: .readWrite)
        let version = try database.integer("PRAGMA user_version") ?? 0
        try database.execute("PRAGMA user_version = \(version + 1)")
        do {
            let module = home.module()
            module.initialize()
            #expect(module.trackEvent("app_start"))
            module.end()
            #expect(module.status.problems.contains { $0.contains("newer") })
        }
        #expect(try home.control().status().storeProblem != nil)
        try database.execute("PRAGMA user_version = \(version)")
        #expect(try home.control().events().count == 2)
    }

    @Test(arguments: [nil, "an empty folder", "a folder with a no"])
    func `events wait in the journal until their folder is back`(inItsPlace other: String?) throws {
        let module = home.module()
        module.initialize()
        #expect(module.trackEvent("app_start"))
        let (storage, away) = (home.storage, home.folder.file("away"))
        try RealFileSystem().rename(storage, to: away)
        if other != nil { try RealFileSystem().createFolder(storage) }
        if other == "a folder with a no" { try home.control().disable() }
        // The log of a store is there while somebody looks.
        func names() throws -> [String] {
            try home.folder.contents().filter { !$0.contains("sqlite-") }
        }
        let before = try names()
        module.flush()
        #expect(!module.trackEvent("app_stop"))
        module.flush()
        #expect(try names() == before)
        #expect(home.told.contains("events wait for it"))
        if other != nil { try RealFileSystem().rename(storage, to: home.folder.file("other")) }
        try RealFileSystem().rename(away, to: storage)
        module.flush()
        #expect(module.trackEvent("app_stop"))
        module.end()
        #expect(try home.control().events().map(\.name) == ["app_start", "app_stop"])
        #expect(try home.control().status().lost.isEmpty)
    }
}

/// The real files in a folder where nothing can be made.
private struct FailingFolder: FileSystem {
    private let real = RealFileSystem()

    func status(of path: String) throws(SystemError) -> FileStatus? { try real.status(of: path) }
    func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        try real.read(path, bytesMax: bytesMax)
    }
    func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) { throw refusal(path) }
    func createFolder(_ path: String) throws(SystemError) { throw refusal(path) }
    func names(in folder: String) throws(SystemError) -> [String] { try real.names(in: folder) }
    func remove(_ path: String) throws(SystemError) { throw refusal(path) }
    func rename(_ path: String, to newPath: String) throws(SystemError) { throw refusal(path) }
    func lock(_ path: String) throws(SystemError) -> FileLock? {
        if try real.status(of: path) == nil { throw refusal(path) }
        return try real.lock(path)
    }
    func map(_ path: String, bytes: Int, create: Bool) throws(SystemError) -> SharedMapping {
        if create { throw refusal(path) }
        return try real.map(path, bytes: bytes, create: create)
    }

    private func refusal(_ path: String) -> SystemError {
        SystemError(code: EROFS, call: "open", subject: path)
    }
}
