// SPDX-License-Identifier: Apache-2.0

import Modules

/// One event as it was read from a journal. One value serves for all events of a journal, one after
/// the other, so that reading an event allocates nothing.
struct JournalRecord {
    enum Value: Equatable {
        /// A word of a choice, by its place in the list.
        case word(UInt16)
        case integer(Int64)
        case boolean(Bool)
        /// An identifier or a version: where its bytes stand in ``JournalRecord/texts``.
        case text(Range<Int>)
    }

    struct Property {
        let index: UInt8
        let value: Value
    }

    private(set) var epoch: UInt32 = 0
    private(set) var event: UInt16 = 0
    private(set) var time = Timestamp(nanoseconds: 0)
    private(set) var properties: [Property] = []
    private(set) var texts: [UInt8] = []

    /// Makes it an event without properties.
    mutating func begin(epoch: UInt32, event: UInt16, nanoseconds: UInt64) {
        (self.epoch, self.event) = (epoch, event)
        time = Timestamp(nanoseconds: Int64(bitPattern: nanoseconds))
        properties.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
    }

    mutating func append(_ index: UInt8, _ value: Value) {
        properties.append(Property(index: index, value: value))
    }

    mutating func append(_ index: UInt8, text: some Sequence<UInt8>) {
        let start = texts.count
        texts.append(contentsOf: text)
        append(index, .text(start..<texts.count))
    }
}

/// Reads the records of one journal.
struct JournalReader {
    let layout: JournalLayout
    /// What was read last.
    private(set) var record = JournalRecord()
    private var words: [UInt64] = []

    init(_ layout: JournalLayout) { self.layout = layout }

    /// Reads a record of a length that was checked; false if it is torn or damaged.
    ///
    /// It is copied first: a process that still writes may change what stands there.
    mutating func read(_ bytes: UnsafeRawBufferPointer, at position: UInt64) -> Bool {
        words.removeAll(keepingCapacity: true)
        for offset in stride(from: 0, to: bytes.count, by: 8) {
            words.append(
                UInt64(littleEndian: unsafe bytes.load(fromByteOffset: offset, as: UInt64.self)))
        }
        return switch layout {
        case .second: RecordLayout2.read(words, at: position, into: &record)
        case .third: RecordLayout.read(words, at: position, into: &record)
        }
    }
}
