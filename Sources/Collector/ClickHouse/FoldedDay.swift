// SPDX-License-Identifier: Apache-2.0

internal import Modules

/// A day that is no longer open, as it is kept.
struct FoldedDay {
    /// The figures of each service.
    var figures: [DayFigures] = []
    /// What was rejected and left out of what came on the day.
    var tally = Tally()
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

extension Tally {
    /// The counts as bytes: each reason's word and its count.
    var encoded: [UInt8] {
        var writer = CompactWriter()
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.text(reason.rawValue)
            writer.number(count)
        }
        return writer.bytes
    }

    /// Reads the form of `encoded`. A reason that is not known here is passed over.
    init(encoded bytes: [UInt8]) throws(ClickHouseFailure) {
        self.init()
        var reader = CompactReader(bytes)
        while !reader.isAtEnd {
            guard let word = reader.text(), let count = reader.number() else {
                throw .malformed("the tally of a day can't be read")
            }
            if let reason = Reason(rawValue: word) { add(reason, count) }
        }
    }
}
