// SPDX-License-Identifier: Apache-2.0

/// What a frame says, as far as detection cares.
enum DecodedFrame: Equatable {
    /// A question or an answer, or something that breaks RFC 826 in no way.
    case arp(ARPPacket)
    /// An address was leased.
    case lease(DHCPAcknowledgement)
    /// A router said which addresses it shares with others.
    case advert(RouterAdvert)
    /// It claims to be something that it is not.
    case malformed(Malformation)
    /// Anything else.
    case other

    /// Decodes one frame. Reads nothing beyond `bytes`, whatever they claim.
    init(_ bytes: Span<UInt8>, format: FrameFormat) {
        do throws(Malformation) {
            let header = try LinkHeader(bytes, format: format)
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
        case IPv4Packet.vrrp:
            if let advert = RouterAdvert(vrrp: bytes, packet) { return .advert(advert) }
        default: break
        }
        return .other
    }
}
