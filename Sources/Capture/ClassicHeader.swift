// SPDX-License-Identifier: Apache-2.0

/// The header of a classic capture file.
///
/// Source: `pcap-savefile(5)`: magic, version, zone, accuracy, snapshot length, link type.
struct ClassicHeader: Equatable, Sendable {
    /// How many bytes the header has.
    static let byteCount = 24

    /// Whether the writer's byte order puts the most significant byte first.
    let isBigEndian: Bool
    /// How many nanoseconds one unit of a record's fraction stands for: 1 or 1,000.
    let fractionUnit: Int64
    /// The framing of every frame of the file.
    let linkType: LinkType

    /// Whether `bytes` begin as a classic capture does, in either byte order and unit.
    static func isMagic(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= CaptureLimits.magicBytes && layout(bytes) != nil
    }

    /// The header in the first ``byteCount`` bytes; `nil` when their magic is another one.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.byteCount, let layout = Self.layout(bytes) else { return nil }
        isBigEndian = layout.isBigEndian
        fractionUnit = layout.fractionUnit
        let network = bytes.word(at: 20, isBigEndian: layout.isBigEndian)
        // The upper bits say how long a frame check sequence is, not what the framing is.
        linkType = LinkType(rawValue: network & 0x03FF_FFFF)
    }

    private static func layout(
        _ bytes: Span<UInt8>
    ) -> (isBigEndian: Bool, fractionUnit: Int64)? {
        switch bytes.word(at: 0, isBigEndian: true) {
        case 0xA1B2_C3D4: (true, 1_000)
        case 0xD4C3_B2A1: (false, 1_000)
        case 0xA1B2_3C4D: (true, 1)
        case 0x4D3C_B2A1: (false, 1)
        default: nil
        }
    }
}

/// The header of one frame in a classic capture file.
struct ClassicRecord: Equatable, Sendable {
    /// How many bytes the header has.
    static let byteCount = 16

    /// Nanoseconds since 1970.
    let time: Int64
    /// How many bytes follow.
    let capturedLength: Int
    /// How many bytes the frame had on the wire.
    let originalLength: Int

    /// The record header that begins at `offset`; sixteen bytes must be there.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at offset: Int, in header: ClassicHeader) {
        let big = header.isBigEndian
        let seconds = Int64(bytes.word(at: offset, isBigEndian: big))
        let fraction = Int64(bytes.word(at: offset + 4, isBigEndian: big))
        // At most 2^32 seconds and 2^32 microseconds: this stays far below 2^63.
        time = seconds * 1_000_000_000 + fraction * header.fractionUnit
        capturedLength = Int(bytes.word(at: offset + 8, isBigEndian: big))
        originalLength = Int(bytes.word(at: offset + 12, isBigEndian: big))
    }
}

extension Span<UInt8> {
    /// The four bytes from `offset` as one number.
    @inline(always)
    func word(at offset: Int, isBigEndian: Bool) -> UInt32 {
        // Checked against the span's bounds; any four bytes are a number.
        let value = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return isBigEndian ? value.bigEndian : value.littleEndian
    }
}
