// SPDX-License-Identifier: Apache-2.0

/// A router's word that it answers for addresses shared by a group of routers.
///
/// Sources: RFC 3768 and RFC 5798 (VRRP 2 and 3), carp(4), RFC 2281 (HSRP); for HSRP 2 and GLBP,
/// which their maker does not describe, what Wireshark makes of them.
struct RouterAdvert: Equatable {
    /// How many addresses of one group are read.
    static let addressesMax = 32

    /// Where it was seen.
    let segment: Segment
    /// The station that the frame says it comes from.
    let source: MACAddress
    /// The router's own address.
    let router: IPv4Address
    /// The hardware address that the group shares.
    let virtualMAC: MACAddress
    /// The addresses that the group shares; empty where the protocol keeps them to itself (CARP).
    let addresses: [IPv4Address]

    /// The VRRP or CARP advertisement in a packet; `nil` when it is something else, or has
    /// crossed a router on its way.
    init?(vrrp bytes: Span<UInt8>, _ packet: IPv4Packet) {
        let start = packet.payload.lowerBound
        guard packet.payload.count >= 8, packet.timeToLive == 255 else { return nil }
        let version = bytes[start] >> 4
        guard version == 2 || version == 3, bytes[start] & 15 == 1 else { return nil }
        let count = Int(bytes[start + 3])
        let isCARP = version == 2 && count == 7 && packet.payload.count == 36
        let room = (packet.payload.count - 8) / 4
        guard isCARP || count <= room else { return nil }
        let listed = isCARP ? 0 : min(count, Self.addressesMax)
        segment = packet.link.segment
        source = packet.link.source
        router = packet.source
        virtualMAC = MACAddress(bits: 0x0000_5E00_0100 | UInt64(bytes[start + 1]))
        addresses = (0..<listed).map { bytes.ipv4(at: start + 8 + 4 * $0) }
    }

    /// The HSRP hello of an active router, version 1 or 2; `nil` when it is something else.
    init?(hsrp bytes: Span<UInt8>, _ packet: IPv4Packet) {
        let datagram = packet.datagram(bytes) { $0 == 1985 && $1 == 1985 }
        guard let range = datagram, range.count >= 20 else { return nil }
        let start = range.lowerBound
        if bytes[start] == 0 {
            guard bytes[start + 1] == 0, bytes[start + 2] == Self.hsrpActive else { return nil }
            virtualMAC = MACAddress(bits: 0x0000_0C07_AC00 | UInt64(bytes[start + 6]))
            addresses = [bytes.ipv4(at: start + 16)]
        } else {
            // Type and length of the first part, then version, operation, state and IP version.
            guard range.count >= 42, bytes.uint16(at: start) == 0x0128,
                bytes.uint32(at: start + 2) == Self.hsrp2ActiveHello
            else { return nil }
            let group = UInt64(bytes.uint16(at: start + 6) & 0xFFF)
            virtualMAC = MACAddress(bits: 0x0000_0C9F_F000 | group)
            addresses = [bytes.ipv4(at: start + 26)]
        }
        segment = packet.link.segment
        source = packet.link.source
        router = packet.source
    }

    private static let hsrpActive: UInt8 = 16
    private static let hsrp2ActiveHello: UInt32 = 0x0200_0604

    /// The GLBP hello of an active gateway; `nil` when it is something else. The virtual address
    /// is that of the group: its last octet tells the forwarders apart.
    init?(glbp bytes: Span<UInt8>, _ packet: IPv4Packet) {
        let datagram = packet.datagram(bytes) { $0 == 3222 && $1 == 3222 }
        guard let range = datagram, range.count >= Self.glbpHeaderBytes else { return nil }
        let start = range.lowerBound
        let group = UInt64(bytes.uint16(at: start + 2) & 0x3FF)
        guard bytes[start] == 1,
            let address = Self.glbpAddress(bytes, start + Self.glbpHeaderBytes..<range.upperBound)
        else { return nil }
        segment = packet.link.segment
        source = packet.link.source
        router = packet.source
        virtualMAC = MACAddress(bits: 0x0007_B400_0000 | group << 8)
        addresses = [address]
    }

    private static let glbpHeaderBytes = 12
    private static let glbpActive: UInt8 = 0x20

    /// The address in the hello among the parts of a packet; each step moves on.
    private static func glbpAddress(_ bytes: Span<UInt8>, _ parts: Range<Int>) -> IPv4Address? {
        var offset = parts.lowerBound
        while offset + 2 <= parts.upperBound {
            let length = Int(bytes[offset + 1])
            guard length >= 2, offset + length <= parts.upperBound else { return nil }
            if bytes[offset] == 1 {
                let isActive = length >= 28 && bytes[offset + 3] == glbpActive
                guard isActive, bytes.uint16(at: offset + 22) == 0x0104 else { return nil }
                return bytes.ipv4(at: offset + 24)
            }
            offset += length
        }
        return nil
    }
}
