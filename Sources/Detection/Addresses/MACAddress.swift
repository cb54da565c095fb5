// SPDX-License-Identifier: Apache-2.0

/// A 48-bit hardware address.
///
/// Source: IEEE 802; the lowest bit of the first octet marks a group of stations.
public struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in the lower 48 bits, first octet highest.
    public let bits: UInt64

    /// The address in the lower 48 bits of `bits`.
    public init(bits: UInt64) {
        self.bits = bits & 0xFFFF_FFFF_FFFF
    }

    /// The address that text such as `00:1a:2b:3c:4d:5e` spells; `-` is taken as well as `:`.
    public init?(_ text: String) {
        let octets = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard octets.count == 6 else { return nil }
        var bits: UInt64 = 0
        for octet in octets {
            guard octet.utf8.count == 2, octet.first != "+", let value = UInt8(octet, radix: 16)
            else { return nil }
            bits = bits << 8 | UInt64(value)
        }
        self.init(bits: bits)
    }

    /// Every station at once.
    public static let broadcast = MACAddress(bits: 0xFFFF_FFFF_FFFF)
    /// The address that says "not known".
    public static let zero = MACAddress(bits: 0)

    /// Whether it stands for one station, and so may honestly be a sender.
    public var isUnicast: Bool { bits != 0 && !isGroup }
    /// Whether it stands for a group of stations, such as all of them.
    public var isGroup: Bool { bits >> 40 & 1 == 1 }

    /// Whether both differ in the last octet alone, as ports of one machine often do.
    public func isSibling(of other: MACAddress) -> Bool {
        self != other && bits >> 8 == other.bits >> 8
    }

    /// `aa:bb:cc:dd:ee:ff`.
    public var description: String {
        stride(from: 40, through: 0, by: -8).map { shift in
            let octet = UInt8(truncatingIfNeeded: bits >> UInt64(shift))
            return (octet < 16 ? "0" : "") + String(octet, radix: 16)
        }.joined(separator: ":")
    }
}
