// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import SQLite
import Synchronization
import Telemetry
import TestKit
import Testing

@Suite struct DeletionTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    @Test func `after a deletion no byte of any event and no identifier is left`() throws {
        home.record(20)
        let id = try #require(try home.control().status().installationID)
        guard case .sealed(let batch, _) = try home.control().preview() else {
            Issue.record("nothing was sealed")
            return
        }
        for marker in ["feature_usage", id, batch.uid] { #expect(try home.holds(marker)) }
        let outcome = try home.control().deleteData()
        #expect(outcome.events == 20)
        #expect(!outcome.erasureRequested)
        for marker in ["feature_usage", id, batch.uid, batch.sha256] {
            // The terms in the consent record name the events; nothing else may.
            #expect(try !home.holds(marker, except: ["consent.json"]), "\(marker)")
        }
        #expect(try !home.holds(id))
        let status = try home.control().status()
        #expect(status.recorded == 0)
        #expect(status.blockedBy.isEmpty)
        #expect(status.installationID != nil)
        #expect(status.installationID != id)
    }

    @Test(arguments: [
        ("https://telemetry.example.org/v1/installations", "/v1/installations/"),
        ("https://telemetry.example.org/v1/installations/", "/v1/installations/"),
        ("https://telemetry.example.org/", "/"), ("https://telemetry.example.org", "/"),
    ])
    func `an installation is erased below the configured place, by one slash`(
        place: String, path: String
    ) throws {
        var config = TelemetryModuleConfig.withURL
        config.erasureURL = place
        home.record(1)
        let id = try #require(try home.control(config).status().installationID)
        do {
            let outbox = try #require(try home.control(config).outbox())
            guard case .batch(let batch) = try outbox.next() else {
                throw TestKitError("nothing to send")
            }
            #expect(try outbox.begin(batch))
        }
        #expect(try home.control(config).deleteData().erasureRequested)
        let outbox = try #require(try home.control(config).outbox())
        let url = try #require(try outbox.pendingErasures().first).url
        #expect(url == "https://telemetry.example.org\(path)\(id)")
    }

    @Test func `what keeps an erasure from being asked for is told, and none is foretold`() throws {
        home.record(1)
        try home.haveOneBatchAccepted()
        #expect(try home.control().deleteData().erasureRequested)
        let silent = home.control(environment: ["DO_NOT_TRACK": "1"])
        #expect(try silent.status().blockedErasing == [.doNotTrack])
        let outlook = try silent.outlook()
        #expect(outlook.blockedErasing == [.doNotTrack])
        #expect(outlook.erasureURLs.isEmpty)
        #expect(try home.control().status().blockedErasing == [])
        #expect(try home.control().outlook().erasureURLs.count == 1)
        do {
            let outbox = try #require(try home.control().outbox())
            let later = home.clock.now().advanced(bySeconds: 60)
            try outbox.retry(
                try #require(try outbox.pendingErasures().first), notBefore: later, wish: later)
            let waiting = try home.control().outlook()
            #expect(waiting.erasureURLs.isEmpty)
            #expect(waiting.erasuresLater?.count == 1 && waiting.erasuresLater?.at == later)
        }
        try home.control().disable()
        #expect(try home.control().status().blockedErasing == [])
    }

    /// Has an erasure be pending with which a server asked for patience, for a day.
    private func oweWithPatience() throws -> Timestamp {
        home.record(1)
        try home.haveOneBatchAccepted()
        #expect(try home.control().deleteData().erasureRequested)
        let wish = home.clock.now().advanced(bySeconds: 86_400)
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.pendingErasures().first)
        try outbox.retry(erasure, notBefore: wish, wish: wish)
        return wish
    }

    @Test(arguments: [true, false])
    func `a further request waits for what the server asked of the one before`(
        isDeleted: Bool
    ) throws {
        let wish = try oweWithPatience()
        home.record(1)
        try home.haveOneBatchAccepted()
        if isDeleted {
            #expect(try home.control().deleteData().erasureRequested)
        } else {
            #expect(try home.control().rotateID().erasureRequested)
        }
        let outlook = try home.control().outlook()
        #expect(outlook.erasureURLs.isEmpty)
        #expect(outlook.erasuresLater?.count == 2 && outlook.erasuresLater?.at == wish)
        #expect(try home.control().uploadAgenda().erasureAt == wish)
        home.clock.jump(to: wish)
        #expect(try home.control().outlook().erasureURLs.count == 2)
    }

    @Test func `a clock that is set back has no server asked earlier than it wished`() throws {
        let wish = try oweWithPatience()
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -3600))
        #expect(try home.control().status().erasuresNotBefore == wish)
        #expect(try home.control().uploadAgenda().erasureAt == wish)
    }

    @Test func `what was sent is to be erased at the collector, and only that outlives a deletion`()
        throws
    {
        home.record(3)
        let id = try #require(try home.control().status().installationID)
        try home.haveOneBatchAccepted()
        let outcome = try home.control().deleteData()
        #expect(outcome.erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
        #expect(try home.holds(id))
        #expect(try !home.holds(id, except: ["erasures.json"]))
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.pendingErasures().first)
        #expect(erasure.url == "https://telemetry.example.org/v1/installations/\(id)")
        try outbox.settled(erasure)
        #expect(try home.control().status().pendingErasures == 0)
        #expect(try !home.holds(id))
    }

    @Test func `a store that was damaged does not keep the collector from being asked`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        try home.folder.write([UInt8](repeating: 7, count: 8192), to: "home/telemetry/store.sqlite")
        #expect(try home.control().status().recorded == 0)
        #expect(try home.control().deleteData().erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `an erasure may be sent while consent is withdrawn`() throws {
        home.record(1)
        try home.haveOneBatchAccepted()
        try home.control().disable()
        _ = try home.control().deleteData()
        #expect(home.control().causes(blocking: .erasing).isEmpty)
        #expect(try home.control().status().installationID == nil)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test func `a process that records on starts anew, and what it had is gone`() throws {
        let module = home.module()
        module.initialize()
        for _ in 0..<10 { #expect(module.trackEvent("app_start")) }
        _ = try home.control().deleteData()
        #expect(module.trackEvent("app_stop", ["exit": "clean"]))
        module.end()
        #expect(try home.control().events().map(\.name) == ["app_stop"])
    }

    @Test func `what a process had lost before is not counted again after`() throws {
        let module = home.module()
        module.initialize()
        #expect(!module.trackEvent("no_such_event"))
        module.flush()
        #expect(try home.control().status().lost.map(\.count) == [1])
        _ = try home.control().deleteData()
        module.flush()
        #expect(try home.control().status().lost.isEmpty)
        module.end()
    }

    @Test func `with a reader in the way it says so, and the next command finishes it`() throws {
        home.record(10)
        let reader = try Connection(path: "\(home.storage)/store.sqlite", mode: .readOnly)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT count(*) FROM events")
        let error = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(error?.code == .busy)
        try reader.execute("COMMIT")
        #expect(try home.control().status().recorded == 0)
        #expect(try !home.holds("feature_usage", except: ["consent.json"]))
        #expect(try !home.folder.contents().contains { $0.hasSuffix("deletion.intent") })
    }

    @Test(arguments: ["consent.page", "consent.json"])
    func `a deletion knows what was sent even where consent can't be read`(file: String) throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        try RealFileSystem().remove("\(home.storage)/\(file)")
        let outcome = try home.control().deleteData()
        // Without the record the secret is gone, and the person is told so.
        #expect(outcome.erasureRequested == (file == "consent.page"))
        #expect(outcome.unerasable == (file == "consent.json" ? .rightLost : []))
        #expect(!home.control().causes(blocking: .recording).isEmpty)
    }

    @Test func `a deletion that was cut short also ends the identifier`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        let id = try #require(try home.control().status().installationID)
        // The next file that is written after the intent can't be: the process ended there.
        let faulty = home.control(files: FailingFiles { $0.hasSuffix("erasures.json") })
        #expect(throws: TelemetryError.self) { try faulty.deleteData() }
        #expect(try home.control().status().installationID != id)
        #expect(try home.control().status().recorded == 0)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test(arguments: [true, false])
    func `what began to be sent before a deletion is erased too, and nothing begins in its middle`(
        hasBegun: Bool
    ) throws {
        home.record(3)
        let uploader = try Uploader(home)
        if hasBegun { #expect(uploader.begins()) }
        let attempts = Mutex<[Bool]>([])
        // Each file that the deletion writes is a moment in its middle.
        let files = FailingFiles { _ in
            let begins = uploader.begins()
            attempts.withLock { $0.append(begins) }
            return false
        }
        #expect(try home.control(files: files).deleteData().erasureRequested == hasBegun)
        let begins = attempts.withLock { $0 }
        #expect(!begins.isEmpty && !begins.contains(true))
        #expect(!uploader.begins())
        #expect(try home.control().status().pendingErasures == (hasBegun ? 1 : 0))
    }

    @Test func `a damaged store is no obstacle, and what was sent is still erased`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        try home.damageStore()
        let outcome = try home.control().deleteData()
        #expect(outcome.erasureRequested)
        #expect(try !home.holds("feature_usage", except: ["consent.json"]))
    }

    @Test func `the store of a newer program is emptied too, with what only that program knows`()
        throws
    {
        home.record(3)
        try home.haveOneBatchAccepted()
        let path = "\(home.storage)/store.sqlite"
        let version = try Connection(path: path, mode: .readOnly).integer("PRAGMA user_version")
        let newer = try #require(version) + 1
        try Connection(path: path, mode: .readWrite).execute(
            """
            CREATE TABLE later(word TEXT); INSERT INTO later VALUES ('word of later');
            ALTER TABLE events ADD COLUMN later TEXT; PRAGMA user_version = \(newer)
            """)
        let error = #expect(throws: TelemetryError.self) { try home.control().events() }
        #expect(error?.description.hasPrefix("a newer version of the program wrote") == true)
        #expect(error?.hint.contains("delete-data") == true)
        let outcome = try home.control().deleteData()
        #expect(outcome.events == 3 && outcome.erasureRequested)
        for marker in ["word of later", "feature_usage"] {
            #expect(try !home.holds(marker, except: ["consent.json"]), "\(marker)")
        }
        // What can go on, and ask for the erasure, is a store of this version.
        let kept = try Connection(path: path, mode: .readOnly)
        #expect(try kept.integer("PRAGMA user_version") == version)
        #expect(try home.control().ledger().map(\.kind).contains("data_deleted"))
        #expect(try home.control().verifyLedger().isSound)
        #expect(try #require(try home.control().outbox()).pendingErasures().count == 1)
    }

    @Test func `damage that only the wiping meets hides no request for erasure`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        let path = "home/telemetry/store.sqlite"
        let store = try Connection(path: home.folder.file(path), mode: .readWrite)
        let sql = "SELECT rootpage FROM sqlite_master WHERE name = 'batches'"
        let page = Int(try #require(try store.integer(sql)))
        _ = try store.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        var bytes = try home.folder.read(path)
        bytes.replaceSubrange(
            (page - 1) * 4096..<page * 4096, with: [UInt8](repeating: 0xFF, count: 4096))
        try home.folder.write(bytes, to: path)
        #expect(try home.control().deleteData().erasureRequested)
        #expect(try home.control().status().pendingErasures == 1)
    }

    @Test(arguments: ["deletion.intent", "rotation.intent"])
    func `an intent that is a folder or can't be read stops all but a deletion, which ends it`(
        intent: String
    ) throws {
        home.record(3)
        try home.folder.write("", to: "home/telemetry/\(intent)/in/the/way")
        for _ in 0..<2 {
            let error = #expect(throws: TelemetryError.self) { try home.control().events() }
            #expect(error?.hint.contains("delete-data") == true)
        }
        let kept = #expect(throws: TelemetryError.self) { try home.control().deleteData() }
        #expect(kept?.hint == "move it away, then delete again")
        for path in ["in/the/way", "in/the", "in"] {
            try RealFileSystem().remove("\(home.storage)/\(intent)/\(path)")
        }
        #expect(throws: TelemetryError.self) { try home.control().events() }
        #expect(try home.control().deleteData().events == 3)
        #expect(try home.control().events().isEmpty)
    }

    @Test(arguments: ["deletion.intent", "rotation.intent"])
    func `an intent that can't be read is done by a deletion, with its erasure`(
        intent: String
    ) throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        let id = try #require(try home.control().status().installationID)
        try home.folder.write("of old", to: "home/telemetry/\(intent)")
        let faulty = home.control(
            files: FailingFiles(unreadable: {
                (try? RealFileSystem().read($0, bytesMax: 1 << 20)) == Array("of old".utf8)
            }))
        let error = #expect(throws: TelemetryError.self) { try faulty.events() }
        #expect(error?.hint.contains("delete-data") == true)
        #expect(throws: TelemetryError.self) { try faulty.rotateID() }
        #expect(try faulty.deleteData().erasureRequested)
        #expect(try home.control().status().installationID != id)
        #expect(try home.control().status().pendingErasures == 1)
        #expect(try home.control().events().isEmpty)
    }

    @Test func `a deletion in a home without telemetry makes nothing`() throws {
        let other = try Home()
        #expect(try other.control().deleteData().events == 0)
        #expect(try other.folder.contents() == ["machine-id"])
    }
}

/// An uploader that is about to begin. `@unchecked`: one thread alone uses it.
private final class Uploader: @unchecked Sendable {
    private let outbox: Outbox
    private let batch: SealedBatch

    init(_ home: Home) throws {
        guard let outbox = try home.control().outbox(), case .batch(let batch) = try outbox.next()
        else { throw TestKitError("nothing to send") }
        self.outbox = outbox
        self.batch = batch
    }

    /// Tries to begin; false if it may not, or not now.
    func begins() -> Bool { (try? outbox.begin(batch)) ?? false }
}
