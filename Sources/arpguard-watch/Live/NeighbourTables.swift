// SPDX-License-Identifier: Apache-2.0

import Detection
import Modules

/// A default route of the kernel: packets for elsewhere go to this router.
struct DefaultRoute: Equatable {
    let interface: String
    let gateway: IPv4Address
    let metric: Int

    /// The default routes in the text of `/proc/net/route`, the preferred first.
    ///
    /// Fields: interface, destination, gateway, flags, use counts, metric, mask; addresses as
    /// hexadecimal numbers in the order of the machine's bytes.
    static func all(in text: String) -> [DefaultRoute] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                let gateway = UInt32(fields[2], radix: 16), gateway != 0,
                let flags = UInt32(fields[3], radix: 16), flags & 3 == 3,
                let metric = Int(fields[6])
            else { return nil }
            return DefaultRoute(
                interface: String(fields[0]), gateway: IPv4Address(bits: gateway.bigEndian),
                metric: metric)
        }.sorted { $0.metric < $1.metric }
    }
}

/// What the kernel believes about the owner of an address.
struct Neighbour: Equatable {
    let interface: String
    let pair: AddressPair

    /// The complete entries in the text of `/proc/net/arp`.
    ///
    /// Fields: address, hardware type, flags, hardware address, mask, interface.
    static func all(in text: String) -> [Neighbour] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split { $0 == "\t" || $0 == " " }
            // Flag 2 (ATF_COM): the entry is complete.
            guard fields.count >= 6, fields[1] == "0x1", let ip = IPv4Address(String(fields[0])),
                let flags = UInt32(fields[2].dropFirst(2), radix: 16), flags & 2 == 2,
                let mac = MACAddress(String(fields[3])), mac.isUnicast
            else { return nil }
            return Neighbour(interface: String(fields[5]), pair: AddressPair(mac: mac, ip: ip))
        }
    }
}

/// The kernel's tables, as they are when asked.
struct NeighbourTables {
    private static let bytesMax = 4 << 20
    let files: any FileSystem

    /// Empty where the table can't be read: nothing is known then.
    func routes() -> [DefaultRoute] { DefaultRoute.all(in: text(of: "/proc/net/route")) }
    func neighbours() -> [Neighbour] { Neighbour.all(in: text(of: "/proc/net/arp")) }

    private func text(of path: String) -> String {
        let bytes = try? files.read(path, bytesMax: Self.bytesMax)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }
}
