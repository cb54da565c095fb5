// SPDX-License-Identifier: Apache-2.0

import Modules
import TestKit
import Testing

@testable import Collector

/// What needs no server: addresses, rows, literals, errors, and a server that is not there.
@Suite struct ClickHouseFormTests {
    @Test(
        arguments: [
            ("http://127.0.0.1:8123/arpguard", ["http://127.0.0.1:8123"], "arpguard", nil, 1),
            ("http://a:1,b:2/x?cluster=c", ["http://a:1", "http://b:2"], "x", "c", 2),
            (
                "https://ch.example.org/x?cluster=c&quorum=1", ["https://ch.example.org:8123"], "x",
                "c", 1
            ),
            ("http://[::1]:8123", ["http://[::1]:8123"], "arpguard", nil, 1),
            ("http://user:pa@ss:word@h:1/x", ["http://h:1"], "x", nil, 1),
        ] as [(String, [String], String, String?, Int)])
    func `an address names servers, database, cluster and quorum`(
        text: String, servers: [String], database: String, cluster: String?, quorum: Int
    ) throws {
        let address = try ClickHouseAddress(text)
        #expect(address.servers == servers)
        #expect(address.database == database)
        #expect(address.cluster == cluster)
        #expect(address.quorum == quorum)
        #expect(address.password == (text.contains("@") ? "pa@ss:word" : nil))
    }

    @Test(arguments: [
        "", "127.0.0.1:8123", "ftp://h/x", "http://", "http:///x", "http://h:0/x",
        "http://h:99999/x", "http://h:1,/x", "http://h /x", "http://h/x;DROP", "http://h/1x",
        "http://h/x?quorum=2", "http://h/x?cluster=c&quorum=0", "http://h/x?cluster=c'",
        "http://h/x?cluster=c&cluster=d", "http://h/x?colour=red", "http://u:secret@h:x/x",
    ])
    func `an address of another form is an error that tells no password`(text: String) {
        let error = #expect(throws: StorageError.self) { try ClickHouseAddress(text) }
        #expect(error?.description.contains("secret") == false)
        #expect(error?.hint.contains("clickhouse:http://") == true)
    }

    @Test func `rows are read as they were written`() throws {
        var writer = RowBinaryWriter()
        writer.number(.max)
        writer.day(Day(number: 20_781))
        writer.fixed([1, 2], 4)
        writer.string([UInt8](repeating: 7, count: 300))
        writer.array([1, 2, 3] as [UInt8]) { $0.byte($1) }
        var reader = RowBinaryReader(writer.bytes)
        #expect(try reader.number() == .max)
        #expect(try reader.day() == Day(number: 20_781))
        #expect(try reader.fixed(4) == [1, 2, 0, 0])
        #expect(try reader.string().count == 300)
        #expect(try reader.length() == 3)
        for byte in 1...3 { #expect(try reader.byte() == UInt8(byte)) }
        #expect(reader.isAtEnd)
    }

    @Test func `rows that are cut off anywhere are an error`() throws {
        var writer = RowBinaryWriter()
        writer.string(Array("some words".utf8))
        writer.number(7)
        for count in 0..<writer.bytes.count {
            #expect(throws: ClickHouseFailure.self) {
                var reader = RowBinaryReader(Array(writer.bytes.prefix(count)))
                _ = try reader.string()
                _ = try reader.number()
            }
        }
        #expect(throws: ClickHouseFailure.self) {
            var reader = RowBinaryReader([UInt8](repeating: 0xFF, count: 40))
            _ = try reader.string()
        }
    }

    @Test func `no byte of a literal can be read as SQL`() {
        let literal = Literal.bytes(Array("'; DROP TABLE x --\\".utf8))
        #expect(literal.dropFirst().dropLast().allSatisfy { "\\x0123456789ABCDEF".contains($0) })
        #expect(Literal.day(Day(number: 20_781)) == "toDate(20781)")
        #expect(Literal.day(Day(number: -5)) == "toDate(0)")
    }

    @Test(arguments: [
        ("Code: 286, e.displayText() = DB::Exception: Quorum for previous", true, false),
        ("Code: 242. DB::Exception: Table is in readonly mode", false, true),
        ("Code: 60, e.displayText() = DB::Exception: Table x doesn't exist.", true, false),
        ("Code: 62, e.displayText() = DB::Exception: Syntax error.", false, false),
        ("<html>502 Bad Gateway</html>", false, false),
    ])
    func `an error of a server is told from others by its code`(
        text: String, isPassing: Bool, isOfOneServer: Bool
    ) {
        let failure = ClickHouseFailure.server(saying: text)
        #expect(failure.isPassing == isPassing)
        #expect(failure.isOfOneServer == isOfOneServer)
    }

    @Test func `a store whose servers are all away is an error with a hint`() throws {
        let ports = try [Loopback.unusedPort(), Loopback.unusedPort()]
        let address = try ClickHouseAddress(
            "http://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") + "/x")
        let error = #expect(throws: StorageError.self) {
            try ClickHouseStorage(address, random: SystemRandom())
        }
        #expect(error?.code == .unavailable)
        #expect(error?.hint.contains("servers run") == true)
    }

    @Test func `serve says what is wrong with an address, and that ClickHouse is away`() throws {
        let port = try Loopback.unusedPort()
        for (store, status, words) in [
            ("clickhouse:ftp://h/x", 64, "neither http:// nor https://"),
            ("clickhouse:http://127.0.0.1:\(port)/x", 2, "ClickHouse can't be reached"),
        ] as [(String, Int32, String)] {
            let result = try CommandRunner.run(
                Executables.path("arpguard-collector"),
                [
                    "serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--store",
                    store,
                ])
            #expect(result.status == status)
            #expect(result.stderr.contains(words))
            #expect(result.stderr.contains("hint: "))
        }
    }
}
