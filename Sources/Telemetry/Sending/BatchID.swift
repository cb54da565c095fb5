// SPDX-License-Identifier: Apache-2.0

import Modules

/// The identifier of a batch: a ULID whose time is the start of a UTC day, since a finer one would
/// undo the anonymising. The other 80 bits are random.
enum BatchID {
    private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// 26 characters of Crockford's base 32: ten of milliseconds, sixteen of chance.
    static func make(day: Day, _ random: any RandomSource) -> String {
        let milliseconds = UInt64(max(0, day.start.nanoseconds / 1_000_000))
        let chance = random.bytes(10)
        let high = chance[..<5].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = chance[5...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return spell(milliseconds, 10) + spell(high, 8) + spell(low, 8)
    }

    private static func spell(_ number: UInt64, _ count: Int) -> String {
        String((0..<count).reversed().map { digits[Int(number >> (5 * UInt64($0)) & 31)] })
    }
}
