// SPDX-License-Identifier: Apache-2.0

import Catalogue
import JSON
import Modules
import SQLite
import Telemetry
import TestKit
import Testing

@Suite struct LedgerTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    private var kinds: [String] {
        get throws { try home.control().ledger().map(\.kind) }
    }

    private func edit(_ sql: String) throws {
        let path = "\(home.storage)/store.sqlite"
        try Connection(path: path, mode: .readWrite).execute(sql)
    }

    private func makeSixRows() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        try home.control().disable()
        try home.enable()
        #expect(try kinds.count == 6)
    }

    @Test func `it tells the whole life of consent and of a batch in its order`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        try home.control().disable()
        let rows = try home.control().ledger()
        #expect(
            rows.map(\.kind) == [
                "consent_given", "batch_sealed", "sending_begun", "answered", "consent_withdrawn",
            ])
        #expect(rows.map(\.number) == [1, 2, 3, 4, 5])
        #expect(rows[1].detail["sha256"] == rows[2].detail["sha256"])
        #expect(rows[3].detail["outcome"]?.stringValue == "accepted")
    }

    @Test(arguments: [
        "UPDATE ledger SET number = 9223372036854775807 WHERE number = 6",
        "UPDATE ledger SET number = -9223372036854775807 - 1 WHERE number = 1",
        "UPDATE ledger SET kind = 'pruned', detail = '{\"through\":9223372036854775807}' "
            + "WHERE number = 6",
        "UPDATE ledger SET kind = 'pruned', detail = '{\"through\":-9223372036854775808}' "
            + "WHERE number = 6",
        "UPDATE ledger SET number = 9007199254740993 WHERE number = 6",
    ])
    func `numbers that nobody can have written are told, and the ledger goes on`(
        sql: String
    ) throws {
        try makeSixRows()
        try edit(sql)
        #expect(try !home.control().verifyLedger().isSound)
        home.record(2)
        try home.control().disable()
        #expect(try home.control().status().recorded == 5)
        #expect(try home.control().ledger().contains { $0.kind == "consent_withdrawn" })
        #expect(try !home.control().verifyLedger().isSound)
        home.clock.advance(by: .seconds(40 * 86_400))
        #expect(try home.control().status().recorded == 0)
    }

    @Test func `a ledger whose numbers are used up says so and takes nothing down`() throws {
        try makeSixRows()
        try edit("UPDATE ledger SET number = \(1 << 53) WHERE number = 6")
        let error = #expect(throws: TelemetryError.self) {
            try home.enable(
                TelemetryModuleConfig(uploadURL: "https://other.example.org/v1/logs"))
        }
        #expect(error?.code == .ledger)
        home.record(1)
        _ = try home.control().deleteData()
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `a repeated decision is not told twice`() throws {
        try home.enable()
        try home.control().disable()
        try home.control().disable()
        #expect(try kinds == ["consent_given", "consent_withdrawn"])
    }

    @Test func `it never holds the identifier or the secret`() throws {
        try makeSixRows()
        let id = try #require(try home.control().status().installationID)
        let text = try home.control().ledger().map { "\($0.json)" }.joined()
        #expect(!text.contains(id))
        #expect(!text.contains("secret"))
    }

    @Test func `neither identifier nor secret is ever logged`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        let record = try JSONValue.parse(
            String(decoding: home.folder.read("home/telemetry/consent.json"), as: UTF8.self))
        let secrets = try ["installation_id", "erasure_secret"].map { name in
            try #require(record[name]?.stringValue)
        }
        try home.damageStore()
        _ = try home.control().status()
        try home.folder.write("no journal", to: "home/telemetry/journal/1-1.journal")
        home.record(1)
        _ = try? home.control(files: FailingFiles { _ in true }).rotateID()
        _ = try home.control().deleteData()
        #expect(home.told.contains("damaged") && home.told.contains("set aside"), "\(home.told)")
        for secret in secrets { #expect(!home.told.contains(secret)) }
    }

    @Test func `a batch that is withdrawn before it was sent is told as void`() throws {
        home.record(1)
        _ = try home.control().preview()
        try home.control().disable()
        #expect(
            try kinds == ["consent_given", "batch_sealed", "consent_withdrawn", "batch_voided"])
    }

    @Test(arguments: 1...6, ["time", "kind", "detail", "previous", "hash"])
    func `an altered row is found and named`(row: Int, column: String) throws {
        try makeSixRows()
        let value =
            switch column {
            case "time": "time + 1"
            case "kind": "'answered_too'"
            case "detail": "replace(detail, '}', ' }')"
            default: "zeroblob(31) || x'01'"
            }
        try edit("UPDATE ledger SET \(column) = \(value) WHERE number = \(row)")
        let problems = try home.control().verifyLedger().problems
        #expect(problems.contains { $0.row == row && $0.what == "was altered" })
        #expect(problems.allSatisfy { $0.row == row || $0.row == row + 1 })
    }

    @Test(arguments: 1...5) func `a removed row is found and named`(row: Int) throws {
        try makeSixRows()
        try edit("DELETE FROM ledger WHERE number = \(row)")
        let verdict = try home.control().verifyLedger()
        #expect(verdict.problems.map(\.row) == [Int64(row)])
        #expect(!verdict.isSound)
    }

    @Test func `rows cut off at the end are found with a head that was noted before`() throws {
        try makeSixRows()
        let head = try #require(try home.control().verifyLedger().head)
        #expect(try home.control().verifyLedger(head: head.uppercased()).isSound)
        try home.control().disable()
        #expect(try home.control().verifyLedger(head: head).isSound)
        try edit("DELETE FROM ledger WHERE number >= 6")
        #expect(try home.control().verifyLedger().problems == [])
        #expect(try home.control().verifyLedger(head: head).headFound == false)
        #expect(throws: TelemetryError.self) { try home.control().verifyLedger(head: "abc") }
    }

    @Test func `a ledger that a deletion began tells when, and one that none did tells nothing`()
        throws
    {
        try makeSixRows()
        let head = try #require(try home.control().verifyLedger().head)
        #expect(try home.control().verifyLedger(head: head).beginning == nil)
        home.clock.advance(by: .seconds(3600))
        try home.control().deleteData()
        let verdict = try home.control().verifyLedger(head: head)
        #expect(verdict.problems == [] && verdict.headFound == false)
        // Who writes the ledger anew can have it tell of a deletion: no head is taken back for it.
        #expect(!verdict.isSound)
        #expect(verdict.beginning?.kind == "data_deleted")
        #expect(verdict.json["begun_anew_at"]?.stringValue == home.clock.now().rfc3339)
        try edit("UPDATE ledger SET time = time + 1 WHERE number = 1")
        #expect(try home.control().verifyLedger(head: head).beginning == nil, "it was altered")
        try edit("UPDATE ledger SET time = time - 1 WHERE number = 1")
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try kinds.first == "pruned")
        #expect(try home.control().verifyLedger(head: head).beginning == nil)
    }

    @Test func `a ledger that was begun after damage says that no head of before is in it`() throws
    {
        let head = try #require(try home.control().verifyLedger().head)
        try home.damageStore()
        _ = try home.control().ledger()
        let verdict = try home.control().verifyLedger(head: head)
        #expect(verdict.headFound == false)
        #expect(verdict.beginning?.kind == "store_replaced")
    }

    @Test func `a rebuilt row breaks the link to the next`() throws {
        try makeSixRows()
        // The chain is rebuilt over one row alone: by giving it another row's whole content.
        try edit(
            """
            UPDATE ledger SET (time, kind, detail, previous, hash) =
                (SELECT time, kind, detail, previous, hash FROM ledger WHERE number = 2)
            WHERE number = 3
            """)
        #expect(try Set(home.control().verifyLedger().problems.map(\.row)) == [3, 4])
    }

    @Test func `what is too old is pruned, and the rest stays whole`() throws {
        try makeSixRows()
        home.clock.advance(by: .seconds(31 * 86_400))
        // The consent that stands is told again.
        #expect(try kinds == ["pruned", "consent_given"])
        let verdict = try home.control().verifyLedger()
        #expect(verdict.isSound)
        #expect(verdict.prunedThrough == 6)
        // A row that tells of pruning alone is no reason to prune again.
        try home.control().disable()
        try edit("DELETE FROM ledger WHERE number > 7")
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try kinds == ["pruned", "consent_withdrawn"])
        try edit("DELETE FROM ledger")
        try home.control().disable()
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `a row of a clock that was years ahead is pruned with those after it`() throws {
        home.clock.jump(to: home.clock.now().advanced(bySeconds: 3650 * 86_400))
        try home.control().disable()
        home.clock.jump(to: home.clock.now().advanced(bySeconds: -3650 * 86_400))
        try home.enable()
        home.clock.advance(by: .seconds(31 * 86_400))
        #expect(try kinds == ["pruned", "consent_given"])
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `rows removed at the front without being pruned are found`() throws {
        try makeSixRows()
        try edit("DELETE FROM ledger WHERE number <= 2")
        let verdict = try home.control().verifyLedger()
        #expect(verdict.problems.map(\.row) == [1])
    }

    @Test func `a check only reads`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        // Something to take in, something to finish, something to prune.
        let crashed = home.module()
        crashed.initialize()
        #expect(crashed.trackEvent("app_start"))
        try home.folder.write("no such identifier", to: "home/telemetry/deletion.intent")
        home.clock.advance(by: .seconds(31 * 86_400))
        let before = try contents()
        let verdict = try home.control().verifyLedger()
        #expect(verdict.isSound)
        #expect(verdict.rows == 4)
        #expect(try contents() == before)
        crashed.end()
    }

    /// What stands in the home, but for the index that SQLite makes anew for each reader.
    private func contents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for name in try home.folder.contents() where !name.hasSuffix("-shm") {
            guard let bytes = try? home.folder.read(name), !bytes.isEmpty else { continue }
            contents[name] = bytes
        }
        return contents
    }

    @Test func `a check of a damaged store replaces nothing`() throws {
        try makeSixRows()
        try home.damageStore()
        let before = try contents()
        let error = #expect(throws: TelemetryError.self) { try home.control().verifyLedger() }
        #expect(error?.code == .ledger)
        #expect(try contents() == before)
    }

    @Test func `a home without a store has a sound ledger of no rows, and stays without`() throws {
        let other = try Home()
        let verdict = try other.control().verifyLedger()
        #expect(verdict.isSound && verdict.rows == 0)
        #expect(try !other.folder.contents().contains { $0.hasPrefix("home") })
    }

    @Test func `a ledger that was removed is not sound, since somebody has decided`() throws {
        for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
            try RealFileSystem().remove("\(home.storage)/\(name)")
        }
        let verdict = try home.control().verifyLedger()
        #expect(verdict.rows == 0 && verdict.isMissing && !verdict.isSound)
        #expect(verdict.json["missing"] == true)
        #expect(try !home.folder.contents().contains("home/telemetry/store.sqlite"))
    }

    @Test func `a folder that is none has no sound ledger either`() throws {
        var config = TelemetryModuleConfig.withURL
        config.storagePath = "/dev/full"
        let error = #expect(throws: TelemetryError.self) {
            try home.control(config).verifyLedger()
        }
        #expect(error?.description == "/dev/full is no folder")
    }

    @Test func `losses are told when they are sealed or the store is opened`() throws {
        var config = TelemetryModuleConfig()
        config.storageRetentionDays = 1
        try home.enable(config)
        home.record(3, config)
        home.clock.advance(by: .seconds(2 * 86_400))
        let control = home.control(config)
        _ = try control.status()
        let row = try #require(try control.ledger().last { $0.kind == "losses" })
        #expect(row.detail["retention"]?.integerValue == 3)
        _ = try control.status()
        #expect(try control.ledger().count { $0.kind == "losses" } == 1)
    }

    @Test func `a deletion leaves no earlier row, and is the first of the new ones`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        let old = try home.control().ledger()
        _ = try home.control().deleteData()
        #expect(try kinds == ["data_deleted", "erasure_requested", "consent_given"])
        #expect(try home.control().verifyLedger().isSound)
        for row in old where row.kind != "consent_given" { #expect(try !home.holds(row.digest)) }
        let batch = try #require(old[1].detail["sha256"]?.stringValue)
        #expect(try !home.holds(batch))
    }

    @Test func `what a server says to an erasure is told, and never the identifier`() throws {
        home.record(3)
        try home.haveOneBatchAccepted()
        _ = try home.control().deleteData()
        let outbox = try #require(try home.control().outbox())
        let erasure = try #require(try outbox.pendingErasures().first)
        try outbox.settled(erasure, isSupported: false)
        let row = try #require(try home.control().ledger().last)
        #expect(row.kind == "erasure_not_supported")
        #expect(
            row.detail["url"]?.stringValue == "https://telemetry.example.org/v1/installations")
    }

    @Test func `a damaged store takes its ledger with it, and the new one says so`() throws {
        try makeSixRows()
        try home.damageStore()
        #expect(try kinds.first == "store_replaced")
        #expect(try home.control().verifyLedger().isSound)
    }

    @Test func `a yes that can't be written down takes no effect`() throws {
        let other = try Home()
        try other.control().disable()
        try Connection(path: "\(other.storage)/store.sqlite", mode: .readWrite).execute(
            "CREATE TRIGGER no BEFORE INSERT ON ledger BEGIN SELECT raise(ABORT, 'full'); END")
        #expect(throws: SQLiteError.self) { try other.enable() }
        #expect(!other.control().causes(blocking: .recording).isEmpty)
    }

    @Test func `a row that was put back before what was pruned is found`() throws {
        try makeSixRows()
        home.clock.advance(by: .seconds(31 * 86_400))
        _ = try kinds
        try edit(
            """
            INSERT INTO ledger (number, time, kind, detail, previous, hash)
                SELECT 3, time, kind, detail, previous, hash FROM ledger WHERE kind <> 'pruned'
            """)
        let problems = try home.control().verifyLedger().problems
        #expect(problems.contains { $0.row == 3 && $0.what.contains("was pruned") }, "\(problems)")
    }
}
