// SPDX-License-Identifier: Apache-2.0

/// What one frame says, decoded: small enough to hand from the process that reads strangers'
/// bytes to the one that judges them.
public struct FrameRecord: Equatable, Sendable {
    /// The most bytes that ``append(to:)`` adds.
    public static let byteCountMax = 40 + 4 * RouterAdvert.addressesMax

    /// What the frame says.
    let content: DecodedFrame

    /// The record of a frame; nil if detection does not care for it.
    public init?(_ bytes: Span<UInt8>, format: FrameFormat) {
        content = DecodedFrame(bytes, format: format)
        if content == .other { return nil }
    }

    /// The ARP packet in the frame; nil where it is something else.
    public var packet: ARPPacket? {
        if case .arp(let packet) = content { packet } else { nil }
    }

    /// Adds the record's bytes to `bytes`.
    public func append(to bytes: inout [UInt8]) {
        switch content {
        case .arp(let packet):
            bytes.append(Kind.arp.rawValue)
            packet.append(to: &bytes)
        case .lease(let lease):
            bytes.append(Kind.lease.rawValue)
            lease.append(to: &bytes)
        case .advert(let advert):
            bytes.append(Kind.advert.rawValue)
            advert.append(to: &bytes)
        case .malformed(let malformation):
            bytes.append(Kind.malformed.rawValue)
            bytes.append(malformation.number)
        case .hidden(let hiding, let origin):
            bytes.append(Kind.hidden.rawValue)
            bytes.append(hiding.number)
            origin.append(to: &bytes)
        case .other: break
        }
    }

    /// Reads what ``append(to:)`` wrote; nil for anything else, whatever the bytes are.
    public init?(encoded bytes: Span<UInt8>) {
        var reader = RecordReader(count: bytes.count)
        guard let kind = reader.uint8(bytes).flatMap(Kind.init(rawValue:)) else { return nil }
        let content: DecodedFrame? =
            switch kind {
            case .arp: ARPPacket(encoded: bytes, &reader).map { .arp($0) }
            case .lease: DHCPAcknowledgement(encoded: bytes, &reader).map { .lease($0) }
            case .advert: RouterAdvert(encoded: bytes, &reader).map { .advert($0) }
            case .malformed:
                reader.uint8(bytes).flatMap(Malformation.init(number:)).map { .malformed($0) }
            case .hidden:
                reader.uint8(bytes).flatMap(Malformation.init(number:)).flatMap { hiding in
                    FrameOrigin(encoded: bytes, &reader).map { .hidden(hiding, $0) }
                }
            }
        guard let content, reader.isAtEnd else { return nil }
        self.content = content
    }

    private enum Kind: UInt8 {
        case arp = 1
        case lease
        case advert
        case malformed
        case hidden
    }
}

extension Malformation {
    fileprivate var number: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }

    fileprivate init?(number: UInt8) {
        guard Int(number) < Self.allCases.count else { return nil }
        self = Self.allCases[Int(number)]
    }
}

/// Walks over a record; nil once it would leave it.
struct RecordReader {
    private let count: Int
    private var offset = 0

    init(count: Int) {
        self.count = count
    }

    var isAtEnd: Bool { offset == count }

    mutating func uint8(_ bytes: Span<UInt8>) -> UInt8? {
        number(bytes, byteCount: 1).map { UInt8(truncatingIfNeeded: $0) }
    }

    mutating func uint32(_ bytes: Span<UInt8>) -> UInt32? {
        number(bytes, byteCount: 4).map { UInt32(truncatingIfNeeded: $0) }
    }

    mutating func ipv4(_ bytes: Span<UInt8>) -> IPv4Address? {
        uint32(bytes).map { IPv4Address(bits: $0) }
    }

    mutating func mac(_ bytes: Span<UInt8>) -> MACAddress? {
        number(bytes, byteCount: 6).map { MACAddress(bits: $0) }
    }

    mutating func number(_ bytes: Span<UInt8>, byteCount: Int) -> UInt64? {
        guard offset + byteCount <= count else { return nil }
        var value: UInt64 = 0
        for index in offset..<offset + byteCount { value = value << 8 | UInt64(bytes[index]) }
        offset += byteCount
        return value
    }
}

extension [UInt8] {
    /// Adds the lower bytes of a number, the highest first.
    mutating func append(_ value: UInt64, byteCount: Int) {
        for shift in stride(from: 8 * (byteCount - 1), through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
