// SPDX-License-Identifier: Apache-2.0

/// A router's word that it answers for addresses shared by a group of routers.
///
/// Sources: RFC 3768 and RFC 5798 (VRRP 2 and 3), carp(4), RFC 2281 (HSRP).
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

    /// The HSRP version 1 hello of an active router; `nil` when it is something else.
    init?(hsrp bytes: Span<UInt8>, _ packet: IPv4Packet) {
        let datagram = packet.datagram(bytes) { $0 == 1985 && $1 == 1985 }
        guard let range = datagram, range.count >= 20 else { return nil }
        let start = range.lowerBound
        let isHello = bytes[start] == 0 && bytes[start + 1] == 0
        guard isHello, bytes[start + 2] == Self.hsrpActive else { return nil }
        segment = packet.link.segment
        source = packet.link.source
        router = packet.source
        virtualMAC = MACAddress(bits: 0x0000_0C07_AC00 | UInt64(bytes[start + 6]))
        addresses = [bytes.ipv4(at: start + 16)]
    }

    private static let hsrpActive: UInt8 = 16
}
