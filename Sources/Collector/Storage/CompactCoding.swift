// SPDX-License-Identifier: Apache-2.0

/// Writes the compact form in which figures are stored.
struct CompactWriter {
    private(set) var bytes: [UInt8] = []

    /// A number that is not negative, as a varint.
    mutating func number(_ value: Int) {
        Self.append(UInt64(max(value, 0)), to: &bytes)
    }

    static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Bytes of the longest varint.
    static let varintBytesMax = 10

    /// A number of 64 bits, as a varint.
    mutating func varint(_ value: UInt64) {
        Self.append(value, to: &bytes)
    }

    /// Bytes of a varint.
    static func varintBytes(_ value: UInt64) -> Int {
        max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }

    /// Bytes as they are.
    mutating func append(_ more: [UInt8]) {
        bytes.append(contentsOf: more)
    }

    /// A text of at most 255 bytes; a longer one is cut.
    mutating func text(_ text: String) {
        let utf8 = text.utf8.prefix(DayCounters.nameBytesMax)
        bytes.append(UInt8(utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// How many buckets, then each with its count.
    mutating func histogram(_ histogram: DurationHistogram) {
        number(histogram.bins.count)
        for bin in histogram.bins {
            bytes.append(bin.bucket)
            number(bin.count)
        }
    }
}

// MARK: - Protobuf fields, of which the intake writes the few kinds that records need

extension CompactWriter {
    /// Length and tag of a field whose content is appended after it.
    mutating func delimited(field: UInt8, count: Int) {
        bytes.append(field << 3 | 2)
        number(count)
    }

    mutating func delimited(field: UInt8, _ content: [UInt8]) {
        delimited(field: field, count: content.count)
        bytes.append(contentsOf: content)
    }

    mutating func varint(field: UInt8, _ value: UInt64) {
        bytes.append(field << 3)
        Self.append(value, to: &bytes)
    }

    mutating func fixed64(field: UInt8, _ value: UInt64) {
        bytes.append(field << 3 | 1)
        // The number's own bytes, while it is there.
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}

/// Reads what `CompactWriter` writes; nil where the bytes are of another form.
struct CompactReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = byte() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value) }
        }
        return nil
    }

    mutating func text() -> String? {
        guard let count = byte(), bytes.count - position >= Int(count) else { return nil }
        defer { position += Int(count) }
        return String(validating: bytes[position..<position + Int(count)], as: UTF8.self)
    }

    mutating func histogram() -> DurationHistogram? {
        guard let buckets = number(), buckets <= DurationHistogram.bucketsMax else { return nil }
        var histogram = DurationHistogram()
        for _ in 0..<buckets {
            guard let bucket = byte(), Int(bucket) < DurationHistogram.bucketsMax,
                let count = number()
            else { return nil }
            histogram.add(count, to: bucket)
        }
        return histogram
    }
}
