// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules
import TestKit
import Testing

@testable import Collector

/// What ClickHouse is asked while a day is folded, as a server of a script sees it.
@Suite struct FoldReadingTests {
    private static func rows(_ write: (inout RowBinaryWriter) -> Void) -> FakeReply {
        var writer = RowBinaryWriter()
        write(&writer)
        return .answer(body: writer.bytes)
    }

    @Test(arguments: [1, 2])
    func `with a quorum no reading is believed of a replica that may lack rows`(
        quorum: Int
    ) throws {
        let closed = Day(number: today.number - 40)
        let (none, zero) = (FakeReply.answer(), Self.rows { $0.number(0) })
        let server = try FakeServer(
            Self.rows { writer in
                for text in ["version", "1", "hash_key", String(repeating: "ab", count: 32)] {
                    writer.string(text.utf8)
                }
            },
            none,  // what erasures left
            Self.rows { $0.day(closed) },  // days that are closed
            none,  // which of them are folded
            zero, zero, none, none,  // rows, erasures, figures, tallies of the day
            zero, zero, none,  // whether rows or erasures changed meanwhile, and the insert
            none,  // partitions
            none,  // those of batches that named a day far ahead
            otherwise: zero)
        let address = "http://127.0.0.1:\(server.port)/x?cluster=c&quorum=\(quorum)"
        let storage = try ClickHouseStorage(
            ClickHouseAddress(address), create: false, random: SeededRandom(seed: 5))
        try storage.expire(by: RetentionPolicy(), on: today)
        let isCertain = server.requests.map {
            $0.target.contains("select_sequential_consistency=1")
        }
        let statements = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        let readings = statements.indices.filter { number in
            (2...11).contains(number) && statements[number].hasPrefix("SELECT")
        }
        #expect(readings == [2, 3, 4, 5, 6, 7, 8, 9, 11])
        #expect(
            readings.filter { isCertain[$0] } == (quorum > 1 ? [2, 4, 5, 6, 7, 8, 9, 11] : []))
    }
}
