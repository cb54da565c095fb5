// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// A day that is no longer open, as it is kept.
struct FoldedDay {
    /// The figures of each service.
    var figures: [DayFigures] = []
    /// What was rejected and left out of what came on the day.
    var tally = DayTally()
    /// How many rows it was made of.
    var rowCount: UInt64 = 0

    /// Rows of the table `day_total`: one a service, and one for the tally.
    func rows(of day: Day) -> [UInt8] {
        var writer = RowBinaryWriter()
        for (service, bytes) in figures.map({ ($0.service, $0.encoded) }) + [("", tally.encoded)] {
            writer.day(day)
            writer.string(service.utf8)
            writer.number(rowCount)
            writer.string(bytes)
        }
        return writer.bytes
    }
}

extension DayTally {
    /// The counts as bytes: each word and its count.
    var encoded: [UInt8] {
        var writer = CompactWriter()
        for (word, count) in entries {
            writer.text(word)
            writer.number(count)
        }
        return writer.bytes
    }

    /// Reads the form of `encoded`.
    init(encoded bytes: [UInt8]) throws(ClickHouseFailure) {
        self.init()
        var reader = CompactReader(bytes)
        while !reader.isAtEnd {
            guard let word = reader.text(), let count = reader.number() else {
                throw .malformed("the tally of a day can't be read")
            }
            take(word, count)
        }
    }
}
