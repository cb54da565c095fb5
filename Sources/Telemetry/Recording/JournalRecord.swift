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

    let epoch: UInt32
    let event: UInt16
    let time: Timestamp
    let properties: [(index: UInt8, value: Value)]

    /// Reads a record whose length was checked; nil if it is torn or damaged.
    init?(_ bytes: [UInt8], at position: UInt64) {
        guard bytes.count >= RecordLayout.headerBytes, bytes.count % 8 == 0 else { return nil }
        let sum = unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.baseAddress.map {
                unsafe RecordChecksum.of($0, length: bytes.count, position: position)
            }
        }
        var cursor = ByteCursor(bytes)
        guard let lengthAndSum = cursor.uint64(), UInt32(lengthAndSum >> 32) == sum,
            let epoch = cursor.uint32(), let event = cursor.uint16(), let count = cursor.uint8(),
            cursor.uint8() == 0, let time = cursor.uint64()
        else { return nil }
        self.epoch = epoch
        self.event = event
        self.time = Timestamp(nanoseconds: Int64(bitPattern: time))
        var properties: [(index: UInt8, value: Value)] = []
        for _ in 0..<count {
            guard let index = cursor.uint8(), let value = Self.value(&cursor) else { return nil }
            properties.append((index, value))
        }
        self.properties = properties
    }

    private static func value(_ cursor: inout ByteCursor) -> Value? {
        switch cursor.uint8() {
        case RecordLayout.Tag.word: cursor.uint16().map { .word($0) }
        case RecordLayout.Tag.integer: cursor.uint64().map { .integer(Int64(bitPattern: $0)) }
        case RecordLayout.Tag.boolean: cursor.uint8().map { .boolean($0 != 0) }
        case RecordLayout.Tag.text:
            cursor.uint8().flatMap { cursor.bytes(Int($0)) }
                .map { .text(String(decoding: $0, as: UTF8.self)) }
        default: nil
        }
    }
}
