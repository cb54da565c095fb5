// SPDX-License-Identifier: Apache-2.0

/// What tells a packet from others, and so its copies: the same frame seen at several places, or
/// what everybody is told as access points send it on, to each station alone.
struct CopyPrint {
    /// A number that copies of the packet share and others hardly ever do. It says whom the frame
    /// goes to: what is told to somebody else is another packet.
    let own: UInt64
    /// That of the same packet to everybody, of which this one may be a copy.
    let original: UInt64
    /// Whether that one may be its original whatever brought it about.
    let isSentOn: Bool
    /// What is noted of it for what may be its copies.
    let traits: Traits
    /// Whether there may be any number of copies.
    let isFree: Bool

    /// The print of a packet; nobody who does not know `seed` can make another one alike. Who took
    /// an address may tell one station what it told all just before, who did not believe it: of
    /// answers those of its holder are sent on, `isHolders`, and what everybody heard asked for.
    @inline(__always)
    init(_ packet: ARPPacket, isHolders: Bool, seed: UInt64) {
        let kind = packet.sender.mac.bits << 16 | UInt64(packet.operation)
        let addresses = UInt64(packet.sender.ip.bits) << 32 | UInt64(packet.target.ip.bits)
        // All that is said of an address for want of another is meant for everybody (RFC 3927,
        // section 2.5), also where access points made each frame one for a single station.
        let isForAll = packet.sender.ip.isLinkLocal
        // One frame may be seen with its tags and without.
        let framing = isForAll ? packet.framing : packet.framing & ~ARPPacket.oddTag
        let way = UInt64(framing) << 3 | 4
        let said = mix(mix(seed, kind, packet.target.mac.bits), addresses, way)
        let toAll = said ^ MACAddress.broadcast.spread
        let destination = packet.destination ?? .zero
        own = isForAll ? toAll : said ^ destination.spread
        let isAnswer = !packet.isRequest && packet.sender.ip != packet.target.ip
        isSentOn = !isAnswer || isHolders
        original = destination.isUnicast ? toAll : own
        traits = packet.framing & ARPPacket.oddTag != 0 ? .isOddlyTagged : []
        isFree = packet.isRequest || packet.isToMany || isForAll
    }

    /// What of a packet matters to those that may be its copies for one station each.
    struct Traits: OptionSet {
        let rawValue: UInt8

        /// It answers what somebody asked.
        static let isAnswer = Traits(rawValue: 1)
        /// It has a tag that hardly any receiver takes off.
        static let isOddlyTagged = Traits(rawValue: 2)
    }
}

extension MACAddress {
    /// The address over all 64 bits.
    @inline(__always)
    fileprivate var spread: UInt64 { bits &* 0x9E37_79B9_7F4A_7C15 }
}
