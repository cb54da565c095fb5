// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Hashing
import Modules
import SQLite
import TestKit
import Testing

@testable import Telemetry

/// Journals that other versions of the program left behind.
@Suite struct JournalLayoutTests {
    private let home: Home

    init() throws {
        home = try Home()
        try home.enable()
        home.record(1)
    }

    /// The checksum of layout 2, written down once more.
    private static func checksum(_ words: ArraySlice<UInt64>, _ position: UInt64) -> UInt64 {
        words.dropFirst().reduce(position ^ 0x9E37_79B9_7F4A_7C15) { mix, word in
            let mixed = (mix ^ word) &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ mixed >> 32
        } & 0xFFFF_FFFF
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func put(_ word: UInt64, into bytes: inout [UInt8], at offset: Int) {
        bytes.replaceSubrange(offset..<offset + 8, with: word.littleEndianBytes)
    }

    /// The old program's records, as if recorded under `epoch`.
    private static func records(epoch: UInt32) throws -> [UInt8] {
        let digits = JournalLayout2Fixture.records.filter { $0 != "\n" }
        var bytes = try #require(Hex.decode(digits))
        var position = 0
        while position < bytes.count {
            let length = Int(word(bytes, position) & 0xFFFF_FFFF)
            func words() -> ArraySlice<UInt64> {
                stride(from: position, to: position + length, by: 8).map { word(bytes, $0) }[...]
            }
            // What the old program wrote is what this test believes it wrote.
            #expect(word(bytes, position) >> 32 == checksum(words(), UInt64(position)))
            let header = word(bytes, position + 8) & ~0xFFFF_FFFF | UInt64(epoch)
            put(header, into: &bytes, at: position + 8)
            let sum = checksum(words(), UInt64(position))
            put(UInt64(length) | sum << 32, into: &bytes, at: position)
            position += length
        }
        return bytes
    }

    private func leave(magic: UInt64, records: [UInt8], bytes count: Int = 1 << 20) throws {
        var file = [UInt8](repeating: 0, count: count)
        let table = Array(JournalLayout2Fixture.table.utf8)
        Self.put(magic, into: &file, at: 0)
        Self.put(UInt64(count), into: &file, at: 16)
        Self.put(UInt64(table.count), into: &file, at: 32)
        file.replaceSubrange(4096..<4096 + table.count, with: table)
        Self.put(UInt64(records.count), into: &file, at: 65_536 + 64)
        file.replaceSubrange(65_792..<65_792 + records.count, with: records)
        try home.folder.write(file, to: "home/telemetry/journal/9-9.journal")
    }

    @Test func `the journal of the version before is read to the last property`() throws {
        let epoch = try #require(try home.control().events().first?.epoch)
        try leave(magic: JournalLayout.second.rawValue, records: Self.records(epoch: epoch))
        let events = try home.control().events()
        let names = events.dropFirst().map(\.name)
        #expect(names.count { $0 == "feature_usage" } == 6)
        #expect(names.count { $0 == "alert_generated" } == 4)
        #expect(
            events[1].properties == [
                StoredEvent.Property("feature", "replay"),
                StoredEvent.Property("duration_ms", 42_444),
                StoredEvent.Property("hosts_found", 90),
                StoredEvent.Property("scan_type", "default"),
            ])
        #expect(try home.control().status().lost.isEmpty)
        #expect(try home.folder.contents().filter { $0.hasSuffix(".journal") }.isEmpty)
    }

    @Test(
        arguments: [
            ("an older one", 0x4152_5047_4A52_4E31, 1 << 20),
            ("one of a newer program", 0x4152_5047_4A52_4E34, 1 << 20),
            ("one that is cut short", JournalLayout.third.rawValue, 100_000),
            ("one that is too long", JournalLayout.third.rawValue, 2 << 20),
        ] as [(String, UInt64, Int)])
    func `a journal that can't be read is set aside, counted and told`(
        what: String, magic: UInt64, bytes: Int
    ) throws {
        try leave(magic: magic, records: [], bytes: bytes)
        let status = try home.control().status()
        #expect(status.recorded == 1, "\(what)")
        #expect(status.lost.map(\.reason) == ["damaged"])
        #expect(try home.folder.contents().contains("home/telemetry/journal.damaged"))
        #expect(home.told.contains("can't be read"))
    }

    @Test func `a record that was torn is counted, and those beside it are kept`() throws {
        let epoch = try #require(try home.control().events().first?.epoch)
        var records = try Self.records(epoch: epoch)
        records[60] ^= 0xFF
        try leave(magic: JournalLayout.second.rawValue, records: records)
        let status = try home.control().status()
        #expect(status.recorded == 10)
        #expect(status.lost.map(\.reason) == ["damaged"])
        #expect(status.lost.map(\.count) == [1])
    }

    @Test func `what was stored and not given back is not taken twice`() throws {
        let module = home.module()
        module.initialize()
        for _ in 0..<5 { #expect(module.trackEvent("app_start")) }
        let name = try #require(home.folder.contents().first { $0.hasSuffix(".journal") })
        let copy = home.folder.file("home/telemetry/journal/9-9.journal")
        try home.folder.write(home.folder.read(name), to: "home/telemetry/journal/9-9.journal")
        module.end()
        let control = home.control()
        let journal = try #require(try Journal(adopting: copy, control.seams))
        let store = try Store.open(control.directory, control.seams)
        let drain = Drain(gate: control.gate, catalogue: control.catalogue)
        #expect(throws: SQLiteError.damage) {
            try drain.drain(journal, into: store) { throw SQLiteError.damage }
        }
        #expect(try drain.drain(journal, into: store).isTaken)
        #expect(try store.database.integer("SELECT count(*) FROM events") == 1 + 5 + 5)
    }

    @Test func `a record with any byte changed is torn, and those beside it are kept`() throws {
        let module = home.module()
        module.initialize()
        for index in 0..<5 {
            module.trackEvent(
                "feature_usage", ["feature": "replay", "duration_ms": PropertyValue(index)])
        }
        let name = try #require(home.folder.contents().first { $0.hasSuffix(".journal") })
        let journal = try home.folder.read(name)
        module.end()
        let segment = try #require(
            stride(from: 65_536, to: journal.count, by: 65_536).first {
                Self.word(journal, $0 + 64) > 0
            })
        let record = segment + 256
        let length = Int(Self.word(journal, record) & 0xFFFF_FFFF)
        // The length itself says where the record ends; all behind it is under the checksum.
        for place in 4..<length {
            var changed = journal
            changed[record + place] ^= 1
            try home.folder.write(changed, to: "home/telemetry/journal/9-\(place).journal")
            let status = try home.control().status()
            let count = Int64(place - 3)
            #expect(status.recorded == 6 + 4 * count, "byte \(place)")
            #expect(status.lost.map(\.count) == [count], "byte \(place)")
        }
    }

    @Test(
        arguments: [
            ("a count that nothing ever reached", 64, 1 << 63),
            ("a position that no file ever reached", 65_536 + 64, 1 << 63),
        ] as [(String, Int, UInt64)])
    func `a number that damage left in a journal is counted as damage, and nothing ends`(
        what: String, offset: Int, number: UInt64
    ) throws {
        try leave(magic: JournalLayout.third.rawValue, records: [])
        let path = "home/telemetry/journal/9-9.journal"
        var file = try home.folder.read(path)
        Self.put(number, into: &file, at: offset)
        if offset > 65_536 { Self.put(number, into: &file, at: offset + 64) }
        try home.folder.write(file, to: path)
        let status = try home.control().status()
        #expect(status.recorded == 1, "\(what)")
        #expect(status.lost.map(\.reason) == ["damaged"])
        #expect(status.lost.map(\.count) == [1])
    }

    @Test func `a file whose making was cut short is removed, and nothing is counted`() throws {
        let path = "home/telemetry/journal/9-9.journal.new"
        try home.folder.write([UInt8](repeating: 0, count: 4096), to: path)
        #expect(try home.control().status().lost.isEmpty)
        #expect(try !home.folder.contents().contains(path))
    }
}
