// SPDX-License-Identifier: Apache-2.0

/// The VLAN tags of a frame, outermost first; at most four.
///
/// Source: IEEE 802.1Q and 802.1ad. A tag with VLAN 0 carries a priority only and is no VLAN.
public struct VLANStack: Hashable, Sendable {
    /// How many VLANs are read; a frame with more of them is malformed.
    public static let tagsMax = 4

    /// Sixteen bits for each tag, a mark above twelve bits of VLAN, the outermost highest.
    private(set) var bits: UInt64 = 0

    /// No tags.
    public init() {}

    /// The stack of these VLANs, outermost first; further ones than four are ignored.
    public init(_ vlans: [UInt16]) {
        for vlan in vlans.prefix(Self.tagsMax) { push(vlan) }
    }

    /// The VLAN numbers, outermost first.
    public var ids: [UInt16] {
        stride(from: 48, through: 0, by: -16).compactMap { shift in
            let field = UInt16(truncatingIfNeeded: bits >> UInt64(shift))
            return field == 0 ? nil : field & 0x0FFF
        }
    }

    /// Adds a tag inside the others; false where there is no room for its VLAN.
    @discardableResult
    mutating func push(_ vlan: UInt16) -> Bool {
        guard vlan & 0x0FFF != 0 else { return true }
        guard bits >> 48 == 0 else { return false }
        bits = bits << 16 | UInt64(vlan & 0x0FFF | 0x1000)
        return true
    }
}

/// A piece of network in which an address has one owner: an interface and a stack of VLANs.
public struct Segment: Hashable, Sendable {
    /// The VLANs, outermost first.
    public var vlans: VLANStack
    /// The number of the interface where the capture tells it, else 0.
    public var interface: UInt32

    /// The segment of `vlans` on `interface`.
    public init(vlans: VLANStack = VLANStack(), interface: UInt32 = 0) {
        self.vlans = vlans
        self.interface = interface
    }

    /// What the interface brings without a VLAN.
    var untagged: Segment { Segment(interface: interface) }
}
