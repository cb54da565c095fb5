// SPDX-License-Identifier: Apache-2.0

/// A 32-bit Internet address.
public struct IPv4Address: Hashable, Sendable, CustomStringConvertible {
    /// The address, first octet highest.
    public let bits: UInt32

    /// The address with these bits.
    public init(bits: UInt32) {
        self.bits = bits
    }

    /// The address that text such as `192.168.0.1` spells: four decimal numbers, no others.
    public init?(_ text: String) {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        guard octets.count == 4 else { return nil }
        var bits: UInt32 = 0
        for octet in octets {
            guard octet.utf8.allSatisfy({ (48...57).contains($0) }), let value = UInt8(octet),
                octet.utf8.count == 1 || octet.first != "0"
            else { return nil }
            bits = bits << 8 | UInt32(value)
        }
        self.init(bits: bits)
    }

    /// The sender of a probe, who has no address yet (RFC 5227).
    public static let unspecified = IPv4Address(bits: 0)

    /// Whether a station gave itself the address for want of another (RFC 3927, 169.254/16).
    public var isLinkLocal: Bool { bits >> 16 == 0xA9FE }

    /// `192.168.0.1`.
    public var description: String {
        "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    }
}
