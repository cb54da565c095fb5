// SPDX-License-Identifier: Apache-2.0

/// Who had an address when a watch last wrote it down.
public struct StoredBinding: Hashable, Sendable {
    /// The interface on which it was heard.
    public var interface: String
    /// The VLANs, outermost first, separated by dots; empty without any.
    public var vlans: String
    /// The IPv4 address, as `192.0.2.1`.
    public var address: String
    /// The hardware address, as `02:00:00:00:00:01`.
    public var hardware: String
    /// When the pair was first written down: nanoseconds since 1970.
    public var firstSeen: Int64
    /// When the station was last heard to have the address: nanoseconds since 1970.
    public var lastSeen: Int64

    /// The binding that these say.
    public init(
        interface: String, vlans: String, address: String, hardware: String, firstSeen: Int64,
        lastSeen: Int64
    ) {
        self.interface = interface
        self.vlans = vlans
        self.address = address
        self.hardware = hardware
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}
