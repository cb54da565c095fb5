// SPDX-License-Identifier: Apache-2.0

/// Why a frame could not be understood.
public enum Malformation: String, Error, CaseIterable, Sendable {
    /// It ends inside its header.
    case shortFrame = "the frame ends inside its header"
    /// It has more VLANs than are read.
    case tooManyVLANs = "the frame has more than four VLANs"
    /// It has very many VLAN tags, and ends before it is clear what they hide.
    case hiddenByTags = "the frame has more than 64 VLAN tags, and ends before what they hide does"
    /// It ends inside the ARP packet.
    case shortPacket = "the frame ends inside its ARP packet"
    /// Its hardware addresses are not those of Ethernet.
    case hardwareType = "the ARP packet's hardware type is not Ethernet"
    /// Its protocol addresses are not those of IPv4.
    case protocolType = "the ARP packet's protocol type is not IPv4"
    /// Its addresses have other lengths than Ethernet's and IPv4's.
    case addressLengths = "the ARP packet's address lengths are not 6 and 4"

    /// Whether something may be hidden that receivers believe.
    var hides: Bool { [.tooManyVLANs, .hiddenByTags].contains(self) }
}
