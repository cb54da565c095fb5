// SPDX-License-Identifier: Apache-2.0

extension RecordLayout {
    /// Reads the words of a record in the layout that is written; false if it is torn or damaged.
    static func read(
        _ words: [UInt64], at position: UInt64, into record: inout JournalRecord
    ) -> Bool {
        guard words.count >= 3, UInt32(words[0] >> 32) == checksum(words, position),
            words[1] >> 48 == 0
        else { return false }
        record.begin(
            epoch: UInt32(truncatingIfNeeded: words[1]),
            event: UInt16(truncatingIfNeeded: words[1] >> 32), nanoseconds: words[2])
        var place = 3
        while place < words.count {
            guard readProperty(words, &place, into: &record) else { return false }
        }
        return true
    }

    private static func checksum(_ words: [UInt64], _ position: UInt64) -> UInt32 {
        var sum: UInt64 = 0
        // How many words follow the last property's, and how many of them were met.
        var (following, met) = (0, 0)
        for place in 3..<words.count {
            let word = words[place]
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
        case Tag.wide: 1
        case Tag.text: (Int(property >> 16) + 7) / 8
        default: 0
        }
    }

    /// Reads the property at `place` and moves it on to the next.
    private static func readProperty(
        _ words: [UInt64], _ place: inout Int, into record: inout JournalRecord
    ) -> Bool {
        let word = words[place]
        let (index, value) = (UInt8(truncatingIfNeeded: word), word >> 16)
        let first = place + 1
        let following = wordsFollowing(word)
        guard following <= words.count - first else { return false }
        place = first + following
        switch word >> 8 & 0xFF {
        case Tag.word:
            guard let choice = UInt16(exactly: value) else { return false }
            record.append(index, .word(choice))
        case Tag.integer: record.append(index, .integer(Int64(value)))
        case Tag.boolean: record.append(index, .boolean(value != 0))
        case Tag.wide: record.append(index, .integer(Int64(bitPattern: words[first])))
        case Tag.text:
            guard value <= textBytesMax else { return false }
            let bytes = (0..<Int(value)).lazy.map { offset in
                UInt8(truncatingIfNeeded: words[first + offset / 8] >> UInt64(offset % 8 * 8))
            }
            record.append(index, text: bytes)
        default: return false
        }
        return true
    }
}
