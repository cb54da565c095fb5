// SPDX-License-Identifier: Apache-2.0

/// What a bounded table can look up.
protocol TableKey: Equatable, Sendable {
    /// A number that differs for different keys as often as can be, and that nobody who does
    /// not know `seed` can steer.
    func mixed(seed: UInt64) -> UInt64
}

/// One step of mixing: both halves of a full product folded together.
@inline(always)
private func fold(_ value: UInt64, _ factor: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: factor)
    return product.high ^ product.low
}

/// A number of two others that differs for different ones as often as can be, by an unknown seed.
@inline(always)
func mix(_ seed: UInt64, _ first: UInt64, _ second: UInt64) -> UInt64 {
    fold(fold(seed ^ first, 0x9E37_79B9_7F4A_7C15) ^ second, 0xD6E8_FEB8_6659_FD93)
}

extension Segment {
    @inline(always)
    fileprivate func mixed(seed: UInt64) -> UInt64 {
        vlans.bits | UInt64(interface) == 0 ? seed : mix(seed, vlans.bits, UInt64(interface))
    }
}

/// An address within a segment.
struct AddressKey: TableKey, Hashable {
    var segment: Segment
    var ip: IPv4Address

    @inline(always)
    func mixed(seed: UInt64) -> UInt64 {
        mix(segment.mixed(seed: seed), UInt64(ip.bits), 1)
    }
}

/// A station within a segment.
struct StationKey: TableKey, Hashable {
    var segment: Segment
    var mac: MACAddress

    @inline(always)
    func mixed(seed: UInt64) -> UInt64 {
        mix(segment.mixed(seed: seed), mac.bits, 2)
    }
}

/// A question: who asked, and for which address.
///
/// It has no segment: where one direction of a link is seen with its tag and the other without,
/// an answer still pays its question.
struct QuestionKey: TableKey {
    var asker: MACAddress
    var wanted: IPv4Address

    @inline(always)
    func mixed(seed: UInt64) -> UInt64 {
        mix(seed, asker.bits, UInt64(wanted.bits))
    }
}

/// A claim made to one station: who claims which address, whom it tells, and in which way it
/// insists where it does.
struct ClaimKey: TableKey {
    var segment: Segment
    var claim: AddressPair
    var listener: MACAddress
    var way = Insistence.claims

    @inline(always)
    func mixed(seed: UInt64) -> UInt64 {
        mix(
            mix(segment.mixed(seed: seed), claim.mac.bits, listener.bits), UInt64(claim.ip.bits),
            3 + UInt64(way.rawValue))
    }
}
