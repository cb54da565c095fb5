// SPDX-License-Identifier: Apache-2.0

/// Where a frame comes from, as far as it says so.
struct FrameOrigin: Equatable {
    var source: MACAddress
    var segment: Segment
}

/// What a frame says, as far as detection cares.
enum DecodedFrame: Equatable {
    /// A question, an answer, or what some receivers take for one.
    case arp(ARPPacket)
    /// An address was leased.
    case lease(DHCPAcknowledgement)
    /// A router said which addresses it shares with others.
    case advert(RouterAdvert)
    /// It claims to be something that it is not.
    case malformed(Malformation)
    /// Its tags hide what it says.
    case hidden(Malformation, FrameOrigin)
    /// Anything else.
    case other

    /// Decodes one frame. Reads nothing beyond `bytes`, whatever they claim.
    init(_ bytes: Span<UInt8>, format: FrameFormat) {
        do throws(Malformation) {
            let header = try LinkHeader(bytes, format: format)
            if let hiding = header.hiding {
                self = .hidden(hiding, FrameOrigin(source: header.source, segment: header.segment))
                return
            }
            switch header.etherType {
            case 0x0806: self = .arp(try ARPPacket(bytes, header: header))
            case 0x0800: self = Self.inIPv4(bytes, header)
            default: self = .other
            }
        } catch {
            self = .malformed(error)
        }
    }

    private static func inIPv4(_ bytes: Span<UInt8>, _ header: LinkHeader) -> DecodedFrame {
        guard let packet = IPv4Packet(bytes, header: header) else { return .other }
        switch packet.proto {
        case IPv4Packet.udp:
            if let lease = DHCPAcknowledgement(bytes, packet) { return .lease(lease) }
            if let advert = RouterAdvert(hsrp: bytes, packet) { return .advert(advert) }
            if let advert = RouterAdvert(glbp: bytes, packet) { return .advert(advert) }
        case IPv4Packet.vrrp:
            if let advert = RouterAdvert(vrrp: bytes, packet) { return .advert(advert) }
        default: break
        }
        return .other
    }
}

extension DecodedFrame {
    /// Whether a frame can only be ``other``, told by a few bytes of it. Most traffic is: plain
    /// IPv4 that is neither a router's advertisement nor a datagram between ports that matter.
    @inline(__always)
    static func isOther(_ bytes: Span<UInt8>, format: FrameFormat) -> Bool {
        guard format == .ethernet, bytes.count >= 34 else { return false }
        // Neither a length, nor a tag, nor what is decoded.
        guard bytes[12] == 0x08, bytes[13] == 0x00 else { return false }
        switch bytes[23] {
        case IPv4Packet.vrrp: return false
        case IPv4Packet.udp:
            // With options the ports are elsewhere; the source's upper octet is that of 67, of
            // 1985 and of 3222.
            guard bytes[14] == 0x45, bytes.count >= 38 else { return false }
            return bytes[34] != 0 && bytes[34] != 7 && bytes[34] != 12
        default: return true
        }
    }
}
