// SPDX-License-Identifier: Apache-2.0

/// What precedes the payload of a frame as it goes through the air.
///
/// Source: IEEE 802.11, section 9.2; radiotap.org for what a capture puts before it. Only data
/// that is not encrypted has a payload that can be read; an aggregate of several has none here.
struct WirelessHeader {
    /// The station that the data comes from, whichever radio sent it on.
    private(set) var source = MACAddress.zero
    /// The station or group that it is for.
    private(set) var destination = MACAddress.zero
    /// Where the LLC header begins; the end of the frame where there is none.
    private(set) var payload: Int

    /// The header of a frame; an error when the frame ends in it.
    init(_ bytes: Span<UInt8>, hasRadiotap: Bool) throws(Malformation) {
        payload = bytes.count
        let start = try hasRadiotap ? Self.radiotapLength(bytes) : 0
        guard bytes.count >= start + 2 else { throw .shortFrame }
        let (kind, flags) = (bytes[start], bytes[start + 1])
        // Version 0, type 2: data. Those of which bit 6 is set carry none.
        guard kind & 0x4F == 0x08, flags & Self.encrypted == 0 else { return }
        guard bytes.count >= start + 24 else { throw .shortFrame }
        let isToSystem = flags & 1 != 0
        let isFromSystem = flags & 2 != 0
        destination = bytes.mac(at: start + (isToSystem ? 16 : 4))
        var end = start + 24
        if isToSystem, isFromSystem {
            guard bytes.count >= end + 6 else { throw .shortFrame }
            source = bytes.mac(at: end)
            end += 6
        } else {
            source = bytes.mac(at: start + (isFromSystem ? 16 : 10))
        }
        guard kind & Self.hasQuality != 0 else {
            payload = min(end, bytes.count)
            return
        }
        guard bytes.count >= end + 2 else { throw .shortFrame }
        let isAggregate = bytes[end] & 0x80 != 0
        // Some drivers fill the header up to a multiple of four.
        let filled = end + 2 + (flags & Self.hasHighThroughput != 0 ? 4 : 0)
        let isFilled =
            filled + 4 <= bytes.count && bytes.uint16(at: filled) != 0xAAAA
            && bytes.uint16(at: filled + 2) == 0xAAAA
        if !isAggregate { payload = min(filled + (isFilled ? 2 : 0), bytes.count) }
    }

    private static let encrypted: UInt8 = 0x40
    private static let hasHighThroughput: UInt8 = 0x80
    private static let hasQuality: UInt8 = 0x80

    /// How long the radiotap header is, lowest octet first.
    private static func radiotapLength(_ bytes: Span<UInt8>) throws(Malformation) -> Int {
        guard bytes.count >= 4 else { throw .shortFrame }
        return Int(bytes[2]) | Int(bytes[3]) << 8
    }
}
