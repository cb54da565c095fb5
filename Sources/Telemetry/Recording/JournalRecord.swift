// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules

/// One event as it stands in a journal: numbers that the journal's table explains.
///
///     offset  0  length of the record in bytes, a multiple of 8     4 bytes, little-endian
///             4  checksum of all that follows, and of the position  4
///             8  consent epoch                                      4
///            12  event                                              2
///            14  number of properties                               1
///            15  zero                                               1
///            16  nanoseconds since 1970                             8
///            24  properties: number (1), tag (1), value
struct JournalRecord: Sendable, Equatable {
    static let headerBytes = 24
    /// The longest record, in bytes; every event of a catalogue within its limits is shorter.
    static let bytesMax = 8 << 10
    static let propertiesMax = 100

    enum Value: Sendable, Equatable {
        /// A word of a choice, by its place in the list.
        case word(UInt16)
        case integer(Int64)
        case boolean(Bool)
        /// An identifier or a version; at most 64 bytes.
        case text(String)
    }

    var epoch: UInt32
    var event: UInt16
    var time: Timestamp
    var properties: [(index: UInt8, value: Value)]

    static func == (left: JournalRecord, right: JournalRecord) -> Bool {
        left.epoch == right.epoch && left.event == right.event && left.time == right.time
            && left.properties.elementsEqual(right.properties) {
                $0.index == $1.index && $0.value == $1.value
            }
    }

    /// The record as bytes for the journal's absolute `position`.
    func encoded(at position: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: epoch)
        bytes.append(littleEndian: event)
        bytes.append(UInt8(properties.count))
        bytes.append(0)
        bytes.append(littleEndian: UInt64(bitPattern: time.nanoseconds))
        for (index, value) in properties { Self.append(index, value, to: &bytes) }
        while bytes.count % 8 != 0 { bytes.append(0) }
        let length = UInt64(bytes.count)
        let sum = UInt64(Self.checksum(bytes[8...], position))
        bytes.replaceSubrange(0..<8, with: (sum << 32 | length).littleEndianBytes)
        return bytes
    }

    private static func append(_ index: UInt8, _ value: Value, to bytes: inout [UInt8]) {
        bytes.append(index)
        switch value {
        case .word(let word):
            bytes.append(0)
            bytes.append(littleEndian: word)
        case .integer(let number):
            bytes.append(1)
            bytes.append(littleEndian: UInt64(bitPattern: number))
        case .boolean(let flag):
            bytes.append(2)
            bytes.append(flag ? 1 : 0)
        case .text(let text):
            bytes.append(3)
            bytes.append(UInt8(min(text.utf8.count, 255)))
            bytes += text.utf8.prefix(255)
        }
    }

    /// Reads a record whose length was checked; nil if it is torn or damaged.
    init?(_ bytes: [UInt8], at position: UInt64) {
        var cursor = ByteCursor(bytes)
        guard bytes.count >= Self.headerBytes, let lengthAndSum = cursor.uint64(),
            UInt32(lengthAndSum >> 32) == Self.checksum(bytes[8...], position),
            let epoch = cursor.uint32(), let event = cursor.uint16(), let count = cursor.uint8(),
            cursor.uint8() != nil, let time = cursor.uint64()
        else { return nil }
        self.epoch = epoch
        self.event = event
        self.time = Timestamp(nanoseconds: Int64(bitPattern: time))
        properties = []
        for _ in 0..<count {
            guard let index = cursor.uint8(), let value = Self.value(&cursor) else { return nil }
            properties.append((index, value))
        }
    }

    private static func value(_ cursor: inout ByteCursor) -> Value? {
        switch cursor.uint8() {
        case 0: cursor.uint16().map(Value.word)
        case 1: cursor.uint64().map { .integer(Int64(bitPattern: $0)) }
        case 2: cursor.uint8().map { .boolean($0 != 0) }
        case 3:
            cursor.uint8().flatMap { cursor.bytes(Int($0)) }
                .map { .text(String(decoding: $0, as: UTF8.self)) }
        default: nil
        }
    }

    init(
        epoch: UInt32, event: UInt16, time: Timestamp, properties: [(index: UInt8, value: Value)]
    ) {
        self.epoch = epoch
        self.event = event
        self.time = time
        self.properties = properties
    }

    /// FNV-1a over the position and the bytes: enough to tell a torn record from a whole one.
    private static func checksum(_ bytes: ArraySlice<UInt8>, _ position: UInt64) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in position.littleEndianBytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return hash
    }
}
