// SPDX-License-Identifier: Apache-2.0

/// The parts of an IPv4 header that tell where a payload is. Source: RFC 791.
struct IPv4Packet {
    static let udp: UInt8 = 17
    static let vrrp: UInt8 = 112

    /// The frame around it.
    let link: LinkHeader
    /// What the payload is.
    let proto: UInt8
    /// How many routers it may still cross.
    let timeToLive: UInt8
    /// Who sent it.
    let source: IPv4Address
    /// Where the payload is in the frame.
    let payload: Range<Int>

    /// The packet in a frame; `nil` when it is no whole IPv4 packet or a later fragment.
    init?(_ bytes: Span<UInt8>, header: LinkHeader) {
        let start = header.payload
        guard bytes.count >= start + 20, bytes[start] >> 4 == 4 else { return nil }
        let headerBytes = Int(bytes[start] & 15) * 4
        let totalBytes = Int(bytes.uint16(at: start + 2))
        let end = Swift.min(start + totalBytes, bytes.count)
        let isLaterFragment = bytes.uint16(at: start + 6) & 0x1FFF != 0
        guard headerBytes >= 20, start + headerBytes <= end, !isLaterFragment else { return nil }
        link = header
        timeToLive = bytes[start + 8]
        proto = bytes[start + 9]
        source = bytes.ipv4(at: start + 12)
        payload = start + headerBytes..<end
    }

    /// Where the payload of a UDP datagram between these ports is, ports given as
    /// (source, destination); `nil` for other ports.
    func datagram(
        _ bytes: Span<UInt8>, where isWanted: (UInt16, UInt16) -> Bool
    ) -> Range<Int>? {
        let start = payload.lowerBound
        guard payload.count >= 8,
            isWanted(bytes.uint16(at: start), bytes.uint16(at: start + 2))
        else { return nil }
        return start + 8..<payload.upperBound
    }
}
