// SPDX-License-Identifier: Apache-2.0

import Modules

/// One event as it was read from a journal.
struct JournalRecord: Sendable {
    enum Value: Sendable, Equatable {
        /// A word of a choice, by its place in the list.
        case word(UInt16)
        case integer(Int64)
        case boolean(Bool)
        /// An identifier or a version.
        case text(String)
    }

    typealias Property = (index: UInt8, value: Value)

    let epoch: UInt32
    let event: UInt16
    let time: Timestamp
    let properties: [Property]

    init(epoch: UInt32, event: UInt16, time: Timestamp, properties: [Property]) {
        self.epoch = epoch
        self.event = event
        self.time = time
        self.properties = properties
    }

    /// Reads the words of a record in the layout that is written; nil if it is torn or damaged.
    init?(_ words: [UInt64], at position: UInt64) {
        guard words.count >= 3, UInt32(words[0] >> 32) == Self.checksum(words, position),
            words[1] >> 48 == 0
        else { return nil }
        var properties: [Property] = []
        properties.reserveCapacity(words.count - 3)
        var rest = words.dropFirst(3)
        while let word = rest.popFirst() {
            guard let value = Self.value(word, &rest) else { return nil }
            properties.append((UInt8(truncatingIfNeeded: word), value))
        }
        self.init(
            epoch: UInt32(truncatingIfNeeded: words[1]),
            event: UInt16(truncatingIfNeeded: words[1] >> 32),
            time: Timestamp(nanoseconds: Int64(bitPattern: words[2])), properties: properties)
    }

    private static func checksum(_ words: [UInt64], _ position: UInt64) -> UInt32 {
        var sum: UInt64 = 0
        // How many words follow the last property's, and how many of them were met.
        var (following, met) = (0, 0)
        for word in words.dropFirst(3) {
            if met < following {
                sum &+= RecordChecksum.mix(word, RecordChecksum.key(UInt64(met + 3)))
                met += 1
            } else {
                sum &+= RecordChecksum.mix(word, RecordChecksum.property)
                (following, met) = (wordsFollowing(word), 0)
            }
        }
        return RecordChecksum.finish(sum, header: words[1], time: words[2], position: position)
    }

    private static func wordsFollowing(_ property: UInt64) -> Int {
        switch property >> 8 & 0xFF {
        case RecordLayout.Tag.wide: 1
        case RecordLayout.Tag.text: (Int(property >> 16) + 7) / 8
        default: 0
        }
    }

    private static func value(_ word: UInt64, _ rest: inout ArraySlice<UInt64>) -> Value? {
        let value = word >> 16
        switch word >> 8 & 0xFF {
        case RecordLayout.Tag.word: return UInt16(exactly: value).map { .word($0) }
        case RecordLayout.Tag.integer: return .integer(Int64(value))
        case RecordLayout.Tag.boolean: return .boolean(value != 0)
        case RecordLayout.Tag.wide: return rest.popFirst().map { .integer(Int64(bitPattern: $0)) }
        case RecordLayout.Tag.text: return text(Int(value), &rest)
        default: return nil
        }
    }

    private static func text(_ bytes: Int, _ rest: inout ArraySlice<UInt64>) -> Value? {
        guard bytes <= RecordLayout.textBytesMax, (bytes + 7) / 8 <= rest.count else { return nil }
        let all = rest.prefix((bytes + 7) / 8).flatMap(\.littleEndianBytes)
        rest = rest.dropFirst((bytes + 7) / 8)
        return .text(String(decoding: all.prefix(bytes), as: UTF8.self))
    }
}
