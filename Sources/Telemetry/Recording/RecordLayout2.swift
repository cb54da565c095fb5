// SPDX-License-Identifier: Apache-2.0

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

    /// Reads a record whose length was checked; false if it is torn or damaged.
    static func read(
        _ words: [UInt64], at position: UInt64, into record: inout JournalRecord
    ) -> Bool {
        guard words.count >= 3, UInt32(words[0] >> 32) == checksum(words, position) else {
            return false
        }
        var cursor = ByteCursor(words.dropFirst().flatMap(\.littleEndianBytes))
        guard let epoch = cursor.uint32(), let event = cursor.uint16(), let count = cursor.uint8(),
            cursor.uint8() == 0, let time = cursor.uint64()
        else { return false }
        record.begin(epoch: epoch, event: event, nanoseconds: time)
        for _ in 0..<count {
            guard readProperty(&cursor, into: &record) else { return false }
        }
        return true
    }

    private static func checksum(_ words: [UInt64], _ position: UInt64) -> UInt32 {
        var mix = position ^ 0x9E37_79B9_7F4A_7C15
        for word in words.dropFirst() {
            mix = (mix ^ word) &* 0xFF51_AFD7_ED55_8CCD
            mix ^= mix >> 32
        }
        return UInt32(truncatingIfNeeded: mix)
    }

    private static func readProperty(
        _ cursor: inout ByteCursor, into record: inout JournalRecord
    ) -> Bool {
        guard let index = cursor.uint8(), let tag = cursor.uint8() else { return false }
        if tag == 3 {
            guard let text = cursor.uint8().flatMap({ cursor.bytes(Int($0)) }) else { return false }
            record.append(index, text: text)
            return true
        }
        guard let value = value(tag, &cursor) else { return false }
        record.append(index, value)
        return true
    }

    private static func value(
        _ tag: UInt8, _ cursor: inout ByteCursor
    ) -> JournalRecord.Value? {
        switch tag {
        case 0: cursor.uint16().map { .word($0) }
        case 1: cursor.uint64().map { .integer(Int64(bitPattern: $0)) }
        case 2: cursor.uint8().map { .boolean($0 != 0) }
        default: nil
        }
    }
}
