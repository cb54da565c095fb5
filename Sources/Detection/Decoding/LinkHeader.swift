// SPDX-License-Identifier: Apache-2.0

/// How the bytes of a frame begin.
public enum FrameFormat: Sendable {
    /// Ethernet II, or IEEE 802.3 with LLC and SNAP.
    case ethernet
    /// Linux cooked capture, version 1 (LINKTYPE_LINUX_SLL).
    case linuxCooked
    /// Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2).
    case linuxCooked2
    /// IEEE 802.11, as it went through the air (LINKTYPE_IEEE802_11).
    case wireless
    /// The same behind a radiotap header (LINKTYPE_IEEE802_11_RADIOTAP).
    case radiotap
}

/// What precedes the payload of a frame.
struct LinkHeader: Equatable {
    /// The station that the frame says it comes from.
    var source: MACAddress
    /// The station or group it goes to; `nil` where the capture does not tell.
    var destination: MACAddress?
    /// Where the frame was seen.
    var segment = Segment()
    /// What the payload is.
    var etherType: UInt16
    /// Where the payload begins.
    var payload: Int
    /// Whether a SNAP header says so, where another way would have been shorter.
    private(set) var isSNAP = false
    /// Whether it has a tag of the kind that was in use before IEEE 802.1ad.
    private(set) var isOddlyTagged = false
    /// How tags hide the payload, where they do.
    private(set) var hiding: Malformation?
    private var tags = 0

    /// The header of a frame; an error when the frame ends in it.
    init(_ bytes: Span<UInt8>, format: FrameFormat) throws(Malformation) {
        switch format {
        case .ethernet:
            guard bytes.count >= 14 else { throw .shortFrame }
            destination = bytes.mac(at: 0)
            source = bytes.mac(at: 6)
            etherType = bytes.uint16(at: 12)
            payload = 14
        case .linuxCooked:
            guard bytes.count >= 16 else { throw .shortFrame }
            destination = bytes.uint16(at: 0) == Self.cookedBroadcast ? .broadcast : nil
            source = bytes.mac(at: 6)
            etherType = bytes.uint16(at: 14)
            payload = 16
        case .linuxCooked2:
            guard bytes.count >= 20 else { throw .shortFrame }
            destination = bytes[10] == Self.cookedBroadcast ? .broadcast : nil
            source = bytes.mac(at: 12)
            etherType = bytes.uint16(at: 0)
            segment.interface = bytes.uint32(at: 4)
            payload = 20
        case .wireless, .radiotap:
            let air = try WirelessHeader(bytes, hasRadiotap: format == .radiotap)
            destination = air.destination
            source = air.source
            // What follows is an LLC header, as behind a length.
            etherType = 0
            payload = air.payload
        }
        // Tags stand before a SNAP header, behind it, or both; each step is nearer to the end.
        repeat { try skipTags(bytes) } while skipSNAP(bytes)
        if format == .wireless || format == .radiotap { isSNAP = false }
        if hiding == nil, isCutBehindTags(bytes) { hiding = .hiddenByTags }
    }

    /// From how many tags on a frame that ends too soon hides something; fewer fit into the part of
    /// a frame that a watch keeps, with all that detection reads behind them.
    static let tagsMax = 64

    /// What cooked captures call a frame that was sent to everybody.
    private static let cookedBroadcast = 1

    /// Receivers take off any number of tags that carry a priority only.
    private mutating func skipTags(_ bytes: Span<UInt8>) throws(Malformation) {
        while etherType == 0x8100 || etherType == 0x88A8 || etherType == 0x9100, hiding == nil {
            tags += 1
            let isWhole = bytes.count >= payload + 4
            guard isWhole || tags > Self.tagsMax else { throw .shortFrame }
            if !isWhole { return hiding = .hiddenByTags }
            if etherType == 0x9100 { isOddlyTagged = true }
            if !segment.vlans.push(bytes.uint16(at: payload)) { return hiding = .tooManyVLANs }
            etherType = bytes.uint16(at: payload + 2)
            payload += 4
        }
    }

    /// A type below 1536 is a length: the type then follows in a SNAP header (RFC 1042).
    private mutating func skipSNAP(_ bytes: Span<UInt8>) -> Bool {
        guard etherType < 0x0600, bytes.count >= payload + 8, hiding == nil,
            bytes.uint16(at: payload) == 0xAAAA, bytes[payload + 2] == 3,
            bytes[payload + 3] == 0, bytes[payload + 4] == 0, bytes[payload + 5] == 0
        else { return false }
        etherType = bytes.uint16(at: payload + 6)
        payload += 8
        isSNAP = true
        return true
    }

    /// Whether a frame with very many tags ends before its ARP packet does, or before it is clear
    /// that it has none.
    private func isCutBehindTags(_ bytes: Span<UInt8>) -> Bool {
        guard tags > Self.tagsMax else { return false }
        if etherType == 0x0806 { return bytes.count < payload + ARPPacket.byteCount }
        return etherType < 0x0600 && bytes.count < payload + 8
    }
}
