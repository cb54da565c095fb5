// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection

/// What a capture child tells the supervisor, one message after the other in a stream of bytes.
///
/// Length of the rest in two bytes, kind in one, then the content; numbers highest byte first.
enum ChildMessage: Equatable {
    /// The longest message, without its length.
    static let bytesMax = 512
    /// More frames than any interface brings in years: higher counts are lies.
    static let countMax: UInt64 = 1 << 48
    /// The longest detail of an error.
    static let detailBytesMax = 200

    /// The interface is open; nothing was read from it yet.
    case opened(LinkType, LiveFilter)
    /// From now on bytes of strangers are read. Tells whether the question to the gateway went out.
    case ready(SandboxLevel, hasAsked: Bool)
    /// A frame that says something, and when it was captured.
    case frame(FrameRecord, time: Int64)
    /// What the kernel has counted, and the frames among them that say nothing.
    case counts(LiveCounts, others: UInt64)
    /// The child ends for this reason.
    case failed(LiveError.Code, detail: String)

    private enum Kind: UInt8 {
        case opened = 1
        case ready
        case frame
        case counts
        case failed
    }

    /// Adds the message's bytes to `bytes`.
    func append(to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes += [0, 0]
        switch self {
        case .opened(let linkType, let filter):
            bytes.append(Kind.opened.rawValue)
            bytes.append(number: UInt64(linkType.rawValue), byteCount: 4)
            bytes.append(filter.rawValue)
        case .ready(let level, let hasAsked):
            bytes.append(Kind.ready.rawValue)
            bytes.append(number: UInt64(level.user), byteCount: 4)
            bytes += [
                level.lacksCapabilities, level.hasNoNewPrivileges, level.hasSeccomp, hasAsked,
            ]
            .map { $0 ? 1 : 0 }
            bytes.append(number: UInt64(level.landlock), byteCount: 4)
        case .frame(let record, let time):
            bytes.append(Kind.frame.rawValue)
            bytes.append(number: UInt64(bitPattern: time), byteCount: 8)
            record.append(to: &bytes)
        case .counts(let counts, let others):
            bytes.append(Kind.counts.rawValue)
            for count in [counts.received, counts.dropped, others] {
                bytes.append(number: count, byteCount: 8)
            }
        case .failed(let code, let detail):
            bytes.append(Kind.failed.rawValue)
            bytes.append(code.rawValue)
            bytes += detail.utf8.prefix(Self.detailBytesMax)
        }
        let count = bytes.count - start - 2
        bytes[start] = UInt8(truncatingIfNeeded: count >> 8)
        bytes[start + 1] = UInt8(truncatingIfNeeded: count)
    }

    /// The message in these bytes, its length left aside; nil where they are none. The child may
    /// have been taken over by whoever sent the frames: nothing of this is believed unchecked.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count > 0, let kind = Kind(rawValue: bytes[0]) else { return nil }
        let rest = bytes.extracting(1..<bytes.count)
        switch kind {
        case .opened:
            guard rest.count == 5, let filter = LiveFilter(rawValue: rest[4]) else { return nil }
            let linkType = LinkType(rawValue: UInt32(rest.number(at: 0, byteCount: 4)))
            guard linkType.isWatched else { return nil }
            self = .opened(linkType, filter)
        case .ready:
            guard rest.count == 12 else { return nil }
            var level = SandboxLevel(user: UInt32(rest.number(at: 0, byteCount: 4)))
            level.lacksCapabilities = rest[4] == 1
            level.hasNoNewPrivileges = rest[5] == 1
            level.hasSeccomp = rest[6] == 1
            level.landlock = UInt32(rest.number(at: 8, byteCount: 4))
            self = .ready(level, hasAsked: rest[7] == 1)
        case .frame:
            guard rest.count > 8,
                let record = FrameRecord(encoded: rest.extracting(8..<rest.count))
            else { return nil }
            self = .frame(record, time: Int64(bitPattern: rest.number(at: 0, byteCount: 8)))
        case .counts:
            guard rest.count == 24 else { return nil }
            var counts = LiveCounts()
            counts.received = rest.number(at: 0, byteCount: 8)
            counts.dropped = rest.number(at: 8, byteCount: 8)
            let others = rest.number(at: 16, byteCount: 8)
            guard max(counts.received, counts.dropped, others) <= Self.countMax else { return nil }
            self = .counts(counts, others: others)
        case .failed:
            guard rest.count >= 1, rest.count <= 1 + Self.detailBytesMax,
                let code = LiveError.Code(rawValue: rest[0])
            else { return nil }
            let detail = (1..<rest.count).map { rest[$0] }
            self = .failed(code, detail: String(decoding: detail, as: UTF8.self))
        }
    }
}

/// The bytes that a child sent and that are not understood yet.
struct MessageBuffer {
    /// How much is read in one go; a message never fills it.
    static let bytesMax = 1 << 18

    private var bytes = [UInt8](repeating: 0, count: bytesMax)
    private var end = 0

    /// Takes in what `read` puts behind the bytes that wait; false when it puts nothing there.
    mutating func fill<Failure: Error>(
        _ read: (inout [UInt8], Int) throws(Failure) -> Int
    ) throws(Failure) -> Bool {
        let count = try read(&bytes, end)
        end += count
        return count > 0
    }

    /// Hands every whole message to `consume`; false if the bytes are no messages, or one of them
    /// is refused.
    mutating func forEachMessage(_ consume: (ChildMessage) -> Bool) -> Bool {
        var start = 0
        defer { keep(from: start) }
        while end - start >= 2 {
            let count = Int(bytes[start]) << 8 | Int(bytes[start + 1])
            guard count <= ChildMessage.bytesMax else { return false }
            guard end - start >= 2 + count else { break }
            let range = start + 2..<start + 2 + count
            guard let message = ChildMessage(bytes.span.extracting(range)) else { return false }
            guard consume(message) else { return false }
            start = range.upperBound
        }
        return true
    }

    private mutating func keep(from start: Int) {
        if start == 0 { return }
        for offset in 0..<end - start { bytes[offset] = bytes[start + offset] }
        end -= start
    }
}

extension [UInt8] {
    /// Adds the lower bytes of a number, the highest first.
    mutating func append(number: UInt64, byteCount: Int) {
        for shift in stride(from: 8 * (byteCount - 1), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }
}

extension Span<UInt8> {
    /// The number in some bytes, the highest first; they must be there.
    func number(at offset: Int, byteCount: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in offset..<offset + byteCount { value = value << 8 | UInt64(self[index]) }
        return value
    }
}
