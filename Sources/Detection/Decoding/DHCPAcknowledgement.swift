// SPDX-License-Identifier: Apache-2.0

/// A DHCP server's word that an address now belongs to a station.
///
/// Source: RFC 2131 (message format), RFC 2132 (options 3 and 53).
struct DHCPAcknowledgement: Equatable {
    /// Where it was seen.
    let segment: Segment
    /// The station that the frame says it comes from.
    let server: MACAddress
    /// The address that the packet says it comes from: the server's, or a relay's.
    let serverAddress: IPv4Address
    /// The station the address was given to, and the address.
    let lease: AddressPair
    /// The first router that the server names.
    let router: IPv4Address?

    /// The acknowledgement in a packet; `nil` when the packet is something else.
    init?(_ bytes: Span<UInt8>, _ packet: IPv4Packet) {
        let datagram = packet.datagram(bytes) { source, destination in
            source == 67 && (destination == 68 || destination == 67)
        }
        guard let range = datagram, range.count > Self.optionsOffset else { return nil }
        let start = range.lowerBound
        let isEthernetReply =
            bytes[start] == 2 && bytes[start + 1] == 1 && bytes[start + 2] == 6
        guard isEthernetReply, bytes.uint32(at: start + 236) == 0x6382_5363 else { return nil }
        let options = start + Self.optionsOffset..<range.upperBound
        guard let type = Self.option(53, in: options, bytes), type.count == 1,
            bytes[type.lowerBound] == 5
        else { return nil }
        // An answer to DHCPINFORM leases nothing and leaves the field empty.
        let address = bytes.ipv4(at: start + 16)
        guard address != .unspecified else { return nil }
        segment = packet.link.segment
        server = packet.link.source
        serverAddress = packet.source
        lease = AddressPair(mac: bytes.mac(at: start + 28), ip: address)
        let routers = Self.option(3, in: options, bytes)
        router = routers.flatMap { $0.count >= 4 ? bytes.ipv4(at: $0.lowerBound) : nil }
    }

    private static let optionsOffset = 240

    /// Where the value of an option is; each step moves on, so the walk ends with the bytes.
    private static func option(
        _ wanted: UInt8, in range: Range<Int>, _ bytes: Span<UInt8>
    ) -> Range<Int>? {
        var offset = range.lowerBound
        while offset < range.upperBound {
            let code = bytes[offset]
            if code == 255 { return nil }
            if code == 0 {
                offset += 1
                continue
            }
            guard offset + 1 < range.upperBound else { return nil }
            let end = offset + 2 + Int(bytes[offset + 1])
            guard end <= range.upperBound else { return nil }
            if code == wanted { return offset + 2..<end }
            offset = end
        }
        return nil
    }
}
