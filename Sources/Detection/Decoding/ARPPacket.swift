// SPDX-License-Identifier: Apache-2.0

/// A hardware address and the Internet address that goes with it.
public struct AddressPair: Hashable, Sendable {
    /// The hardware address.
    public let mac: MACAddress
    /// The Internet address.
    public let ip: IPv4Address

    /// The pair of these.
    public init(mac: MACAddress, ip: IPv4Address) {
        self.mac = mac
        self.ip = ip
    }
}

/// An ARP packet for Ethernet and IPv4, with the frame around it.
///
/// Source: RFC 826, packet format.
public struct ARPPacket: Equatable, Sendable {
    /// The station that the frame says it comes from.
    public var source: MACAddress
    /// Where the frame goes; `nil` where the capture does not tell (Linux cooked).
    public var destination: MACAddress?
    /// Where it was seen.
    public var segment: Segment
    /// 1 for a request, 2 for a reply. Others tell as much as an unasked reply: receivers take in
    /// the sender before they look at the operation (RFC 826, packet reception).
    public var operation: UInt16
    /// Who the packet says is speaking.
    public var sender: AddressPair
    /// Whom the packet says it is for.
    public var target: AddressPair
    /// Its hardware type, whether a SNAP header says that it is ARP, and whether it has a tag other
    /// than those of IEEE 802.1: 0 for what every receiver takes in, others drop some of them.
    var framing: UInt32 = 0
    /// The part of ``framing`` that tells of such a tag.
    static let oddTag: UInt32 = 1 << 17

    /// Whether it asks.
    public var isRequest: Bool { operation == 1 }
    /// Whether it answers.
    public var isReply: Bool { operation == 2 }

    /// Whether it goes to everybody. What goes to a group only looks so: often one station alone
    /// is in it.
    ///
    /// Where the capture does not tell, requests and packets without a single target do.
    var isToMany: Bool {
        guard let destination else { return isRequest || !target.mac.isUnicast }
        return destination == .broadcast
    }

    /// Whether it goes to a group of stations, and not to all.
    var goesToGroup: Bool { destination.map { $0.isGroup && $0 != .broadcast } ?? false }

    /// Whether it goes to a cluster under the group address that Microsoft's Network Load Balancing
    /// makes of the cluster's own: 03:bf and its octets, or with IGMP 01:00:5e:7f and the last two.
    /// Nobody else takes in what goes there.
    var goesToCluster: Bool {
        guard let destination, destination == target.mac else { return false }
        let ip = UInt64(target.ip.bits)
        return destination.bits == 0x03bf_0000_0000 | ip
            || destination.bits == 0x0100_5e7f_0000 | ip & 0xFFFF
    }

    /// Whom it tells: the station that the frame goes to, or where that is not said the target.
    /// Receivers do not look at the target's hardware address, so that anything can stand there.
    /// All groups are one, which is everybody: each station is in many, and takes in what goes to
    /// any of them.
    var listener: MACAddress? {
        if let destination, destination.isUnicast { return destination }
        if goesToGroup { return .broadcast }
        return target.mac.isUnicast ? target.mac : nil
    }

    /// The station or the group that it tells.
    var told: MACAddress? { goesToGroup ? destination : listener }

    /// Whether it goes to whom it names, among all or alone, as far as the capture tells: else it
    /// answers no question of that one. What is told to everybody (RFC 3927, section 2.5) may have
    /// been sent on to each station alone.
    var goesToTarget: Bool {
        guard let destination, destination != .broadcast else { return true }
        return destination == target.mac || sender.ip.isLinkLocal
    }

    /// How long it is.
    static let byteCount = 28

    /// The packet at `header.payload`; an error when it breaks RFC 826.
    init(_ bytes: Span<UInt8>, header: LinkHeader) throws(Malformation) {
        let start = header.payload
        guard bytes.count >= start + 8 else { throw .shortPacket }
        // Where the addresses are those of Ethernet and IPv4, some receivers take any hardware type
        // or operation; IEEE 802 networks have a type of their own (6).
        let hasLengths = bytes[start + 4] == 6 && bytes[start + 5] == 4
        guard hasLengths || [1, 6].contains(bytes.uint16(at: start)) else { throw .hardwareType }
        guard bytes.uint16(at: start + 2) == 0x0800 else { throw .protocolType }
        guard hasLengths else { throw .addressLengths }
        operation = bytes.uint16(at: start + 6)
        guard bytes.count >= start + Self.byteCount else { throw .shortPacket }
        source = header.source
        destination = header.destination
        segment = header.segment
        framing =
            UInt32(bytes.uint16(at: start) ^ 1) | (header.isSNAP ? 1 << 16 : 0)
            | (header.isOddlyTagged ? Self.oddTag : 0)
        sender = AddressPair(mac: bytes.mac(at: start + 8), ip: bytes.ipv4(at: start + 14))
        target = AddressPair(mac: bytes.mac(at: start + 18), ip: bytes.ipv4(at: start + 24))
    }

    /// The question or answer in an untagged Ethernet frame; `nil` when it is anything else, which
    /// the other way to decode must tell.
    @inline(__always)
    init?(plain bytes: Span<UInt8>) {
        guard bytes.count >= 42, bytes.uint16(at: 12) == 0x0806 else { return nil }
        let kind = UInt64(bytes.uint32(at: 14)) << 32 | UInt64(bytes.uint32(at: 18))
        guard kind == 0x0001_0800_0604_0001 || kind == 0x0001_0800_0604_0002 else { return nil }
        operation = UInt16(truncatingIfNeeded: kind)
        source = bytes.mac(at: 6)
        destination = bytes.mac(at: 0)
        segment = Segment()
        sender = AddressPair(mac: bytes.mac(at: 22), ip: bytes.ipv4(at: 28))
        target = AddressPair(mac: bytes.mac(at: 32), ip: bytes.ipv4(at: 38))
    }
}
