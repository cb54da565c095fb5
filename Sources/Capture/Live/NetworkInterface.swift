// SPDX-License-Identifier: Apache-2.0

private import CSystem
private import Glibc

/// A network interface of this machine, or rather of this process's network namespace.
public struct NetworkInterface: Equatable, Sendable {
    /// The most interfaces that are looked at.
    static let countMax = 4_096

    /// Its name.
    public let name: String
    /// Its hardware address in the lower 48 bits, first octet highest; 0 without one.
    public let hardware: UInt64
    /// Its first IPv4 address, first octet highest; 0 without one.
    public let address: UInt32
    /// Whether it is switched on.
    public let isUp: Bool
    /// Whether its cable, or what stands for one, is plugged in at both ends.
    public let hasCarrier: Bool
    /// Whether it leads back to this machine.
    public let isLoopback: Bool
    /// Whether its frames are Ethernet's.
    public let isEthernet: Bool

    /// All interfaces, in the kernel's order; empty where the kernel tells none.
    public static func all() -> [NetworkInterface] {
        var found = [csystem_interface](
            repeating: csystem_interface(), count: countMax)
        let count = unsafe csystem_interfaces(&found, Int32(found.count))
        return found.prefix(Int(max(0, count))).map { NetworkInterface($0) }
    }

    private init(_ entry: csystem_interface) {
        var entry = entry
        name = unsafe withUnsafeBytes(of: &entry.name) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        hardware = entry.mac
        address = entry.address
        let state = LinkChanges.State(flags: entry.flags)
        isUp = state != .down
        hasCarrier = state == .up
        isLoopback = entry.flags & UInt32(IFF_LOOPBACK) != 0
        // ARPHRD_ETHER of net/if_arp.h.
        isEthernet = entry.hardware == 1
    }

    /// An interface for a test of what is made of it.
    init(
        name: String, hardware: UInt64 = 0, address: UInt32 = 0, isUp: Bool = true,
        hasCarrier: Bool = true, isLoopback: Bool = false, isEthernet: Bool = true
    ) {
        self.name = name
        self.hardware = hardware
        self.address = address
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.isLoopback = isLoopback
        self.isEthernet = isEthernet
    }

    /// Why the interface called `name` among `all` can't be watched; nil where nothing is known
    /// that speaks against it.
    public static func obstacle(
        to name: String, among all: [NetworkInterface]
    ) -> LiveError? {
        guard let found = all.first(where: { $0.name == name }) else {
            return LiveError(code: .unknownInterface, interface: name)
        }
        if found.isLoopback { return LiveError(code: .isLoopback, interface: name) }
        if !found.isEthernet { return LiveError(code: .notEthernet, interface: name) }
        return found.isUp ? nil : LiveError(code: .isDown, interface: name)
    }
}
