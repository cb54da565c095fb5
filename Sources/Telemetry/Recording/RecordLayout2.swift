// SPDX-License-Identifier: Apache-2.0

import Modules

/// How version 0.1 wrote one event; only read, from journals that it left behind.
///
///     offset  0  length of the record in bytes, a multiple of 8     4
///             4  checksum of all that follows, and of the position  4
///             8  consent epoch                                      4
///            12  event                                              2
///            14  number of properties                               1
///            15  zero                                               1
///            16  nanoseconds since 1970                             8
///            24  properties: number (1), tag (1), value
enum RecordLayout2 {
    static let bytesMax = (24 + 64 * (3 + 64) + 7) / 8 * 8

    /// Reads a record whose length was checked; nil if it is torn or damaged.
    static func record(_ words: [UInt64], at position: UInt64) -> JournalRecord? {
        guard words.count >= 3, UInt32(words[0] >> 32) == checksum(words, position) else {
            return nil
        }
        var cursor = ByteCursor(words.dropFirst().flatMap(\.littleEndianBytes))
        guard let epoch = cursor.uint32(), let event = cursor.uint16(), let count = cursor.uint8(),
            cursor.uint8() == 0, let time = cursor.uint64()
        else { return nil }
        var properties: [JournalRecord.Property] = []
        for _ in 0..<count {
            guard let index = cursor.uint8(), let value = value(&cursor) else { return nil }
            properties.append((index, value))
        }
        return JournalRecord(
            epoch: epoch, event: event, time: Timestamp(nanoseconds: Int64(bitPattern: time)),
            properties: properties)
    }

    private static func checksum(_ words: [UInt64], _ position: UInt64) -> UInt32 {
        var mix = position ^ 0x9E37_79B9_7F4A_7C15
        for word in words.dropFirst() {
            mix = (mix ^ word) &* 0xFF51_AFD7_ED55_8CCD
            mix ^= mix >> 32
        }
        return UInt32(truncatingIfNeeded: mix)
    }

    private static func value(_ cursor: inout ByteCursor) -> JournalRecord.Value? {
        switch cursor.uint8() {
        case 0: cursor.uint16().map { .word($0) }
        case 1: cursor.uint64().map { .integer(Int64(bitPattern: $0)) }
        case 2: cursor.uint8().map { .boolean($0 != 0) }
        case 3:
            cursor.uint8().flatMap { cursor.bytes(Int($0)) }
                .map { .text(String(decoding: $0, as: UTF8.self)) }
        default: nil
        }
    }
}
