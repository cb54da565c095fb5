// SPDX-License-Identifier: Apache-2.0

/// What the kernel is asked to hand over; everything else it keeps to itself.
///
/// The word `arp` alone misses all frames with VLAN tags, and 802.3 frames with LLC and SNAP. What
/// has three tags or more is handed over whatever it carries: receivers take off any number of
/// them, and this language counts no further than it is written.
public enum LiveFilter: UInt8, CaseIterable, Sendable, CustomStringConvertible {
    /// ARP in every form, and what explains honest moves: DHCP, VRRP, CARP, HSRP, GLBP.
    case complete = 1
    /// The same without LLC and SNAP, where the interface's framing has none.
    case withoutSNAP = 2
    /// Untagged ARP alone, where the interface's framing has no VLANs either.
    case arpOnly = 3
    /// No filter: the kernel compiles none of them.
    case none = 4

    private static let explained =
        "(udp and (port 67 or port 68 or port 1985 or port 3222)) or ip proto 112"
    private static let withVLANs =
        "arp or rarp or \(explained) or "
        + "(vlan and (arp or \(explained) or (vlan and (arp or vlan))))"
    /// ARP behind a SNAP header, or a tag there: 802.1Q, 802.1ad, and what came before that.
    private static let withSNAP =
        "llc and (ether[20:2] = 0x0806 or ether[20:2] = 0x8100 or ether[20:2] = 0x88a8 "
        + "or ether[20:2] = 0x9100)"

    /// The filter in libpcap's language; see pcap-filter(7).
    public var expression: String {
        switch self {
        // Offsets after `vlan` count from inside the tag: what looks at fixed places comes first.
        case .complete: "(\(Self.withSNAP)) or \(Self.withVLANs)"
        case .withoutSNAP: Self.withVLANs
        case .arpOnly: "arp"
        case .none: ""
        }
    }

    /// What it lets through, for people.
    public var description: String {
        switch self {
        case .complete: "ARP, DHCP and router adverts, tagged or not"
        case .withoutSNAP: "ARP, DHCP and router adverts, tagged or not, without LLC/SNAP"
        case .arpOnly: "untagged ARP only"
        case .none: "every frame"
        }
    }
}
