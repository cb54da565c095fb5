// SPDX-License-Identifier: Apache-2.0

/// The framing of a capture's frames, by the number that capture files carry for it.
///
/// Source: the LINKTYPE registry of the pcap file formats.
public struct LinkType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the registry.
    public let rawValue: UInt32

    /// The link type with this registry number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Ethernet, with or without VLAN tags.
    public static let ethernet = LinkType(rawValue: 1)
    /// Linux cooked capture, version 1: what the `any` interface used to give.
    public static let linuxCooked = LinkType(rawValue: 113)
    /// Linux cooked capture, version 2: with interface numbers.
    public static let linuxCooked2 = LinkType(rawValue: 276)

    /// IEEE 802.11, as it went through the air.
    public static let wireless = LinkType(rawValue: 105)
    /// The same behind a radiotap header.
    public static let radiotap = LinkType(rawValue: 127)

    /// Whether frames of this type can carry the ARP that the product reads.
    public var isSupported: Bool {
        isWatched || self == .wireless || self == .radiotap
    }

    /// Whether an interface of this type can be watched: one that hears the air lacks half of it.
    public var isWatched: Bool {
        self == .ethernet || self == .linuxCooked || self == .linuxCooked2
    }

    /// The name a person knows the type by, or its number.
    public var description: String {
        Self.names[rawValue] ?? "link type \(rawValue)"
    }

    private static let names: [UInt32: String] = [
        0: "BSD loopback",
        1: "Ethernet",
        9: "PPP",
        12: "raw IP",
        101: "raw IP",
        105: "IEEE 802.11 wireless",
        113: "Linux cooked capture",
        119: "IEEE 802.11 wireless with Prism header",
        127: "IEEE 802.11 wireless with radiotap header",
        163: "IEEE 802.11 wireless with AVS header",
        189: "USB",
        195: "IEEE 802.15.4",
        201: "Bluetooth",
        228: "raw IPv4",
        229: "raw IPv6",
        276: "Linux cooked capture v2",
    ]
}
