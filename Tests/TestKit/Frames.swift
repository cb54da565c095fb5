// SPDX-License-Identifier: Apache-2.0

/// Builds frames for tests, field by field.
package enum Frame {
    /// Every station's address at once.
    package static let broadcast = "ff:ff:ff:ff:ff:ff"
    /// The hardware address that a question leaves open.
    package static let unknown = "00:00:00:00:00:00"

    /// What an ARP packet says it is.
    package enum Operation: UInt16, Sendable {
        case request = 1
        case reply = 2
        case reverseRequest = 3
    }

    /// How a packet is wrapped.
    package enum Framing: Sendable {
        case ethernet
        /// IEEE 802.3 with LLC and SNAP headers.
        case snap
        /// Linux cooked, version 1 or 2.
        case cooked
        case cooked2(interface: UInt32)
        /// IEEE 802.11 data as it goes through the air: to a radio, from one, or both.
        case wireless(flags: UInt8)
    }

    /// An ARP frame. `source` and `destination` are those of the frame, where they differ from
    /// the packet's sender and from what its operation suggests.
    package static func arp(
        _ operation: Operation, sender: (String, String), target: (String, String),
        source: String? = nil, destination: String? = nil, tags: [(UInt16, UInt16)] = [],
        framing: Framing = .ethernet
    ) -> [UInt8] {
        let everyone = operation == .request ? broadcast : target.0
        return wrap(
            arpPacket(operation.rawValue, sender: sender, target: target), type: 0x0806,
            source: source ?? sender.0, destination: destination ?? everyone, tags: tags,
            framing: framing)
    }

    /// The ARP packet alone: RFC 826, for Ethernet and IPv4.
    package static func arpPacket(
        _ operation: UInt16, sender: (String, String), target: (String, String)
    ) -> [UInt8] {
        hex(
            "0001",  // hardware: Ethernet
            "0800",  // protocol: IPv4
            "06", "04")
            + big16(operation) + mac(sender.0) + ip(sender.1) + mac(target.0) + ip(target.1)
    }

    /// A frame of any kind around `payload`. Tags are (type, control information), outermost first.
    package static func wrap(
        _ payload: [UInt8], type: UInt16, source: String, destination: String,
        tags: [(UInt16, UInt16)] = [], framing: Framing = .ethernet
    ) -> [UInt8] {
        let tagged = tags.flatMap { big16($0.0) + big16($0.1) }
        switch framing {
        case .ethernet:
            return mac(destination) + mac(source) + tagged + big16(type) + payload
        case .snap:
            let length = UInt16(8 + payload.count)
            let snap = hex("aaaa03", "000000") + big16(type)
            return mac(destination) + mac(source) + tagged + big16(length) + snap + payload
        case .cooked:
            let kind: UInt16 = destination == broadcast ? 1 : 3
            return big16(kind) + hex("0001", "0006") + mac(source) + hex("0000") + big16(type)
                + payload
        case .cooked2(let interface):
            let kind: UInt8 = destination == broadcast ? 1 : 3
            return big16(type) + hex("0000") + big32(interface) + hex("0001") + [kind, 6]
                + mac(source) + hex("0000") + payload
        case .wireless(let flags):
            return air(flags, source: source, destination: destination)
                + hex("aaaa03", "000000") + big16(type) + payload
        }
    }

    /// The header of IEEE 802.11 data with `flags`, the lowest two of which say whether it goes to
    /// a radio and comes from one.
    package static func air(_ flags: UInt8, source: String, destination: String) -> [UInt8] {
        let (radio, other) = (mac("02:00:00:00:00:aa"), mac("02:00:00:00:00:bb"))
        let (from, to) = (mac(source), mac(destination))
        let addresses =
            switch flags & 3 {
            case 0: [to, from, radio]
            case 1: [radio, from, to]
            case 2: [to, radio, from]
            default: [other, radio, to]
            }
        let start = hex("08") + [flags] + hex("0000") + addresses.flatMap { $0 } + hex("0000")
        return flags & 3 == 3 ? start + from : start
    }

    /// An IPv4 packet without options around `payload`, inside an Ethernet frame.
    package static func ipv4(
        proto: UInt8, from: (String, String), to: (String, String), _ payload: [UInt8],
        tags: [(UInt16, UInt16)] = []
    ) -> [UInt8] {
        let header =
            hex("45", "00") + big16(UInt16(20 + payload.count)) + hex("0000", "0000", "40")
            + [proto] + hex("0000") + ip(from.1) + ip(to.1)
        return wrap(header + payload, type: 0x0800, source: from.0, destination: to.0, tags: tags)
    }

    /// A UDP datagram with no checksum.
    package static func udp(_ source: UInt16, _ destination: UInt16, _ payload: [UInt8]) -> [UInt8]
    {
        big16(source) + big16(destination) + big16(UInt16(8 + payload.count)) + hex("0000")
            + payload
    }

    /// The bytes that pieces of hexadecimal text spell; each piece is one field.
    package static func hex(_ fields: String...) -> [UInt8] {
        fields.flatMap { field in
            stride(from: 0, to: field.utf8.count, by: 2).map { offset in
                let start = field.index(field.startIndex, offsetBy: offset)
                return UInt8(field[start...].prefix(2), radix: 16) ?? 0
            }
        }
    }

    /// The six bytes of `aa:bb:cc:dd:ee:ff`.
    package static func mac(_ text: String) -> [UInt8] {
        text.split(separator: ":").map { UInt8($0, radix: 16) ?? 0 }
    }

    /// The four bytes of `10.0.0.1`.
    package static func ip(_ text: String) -> [UInt8] {
        text.split(separator: ".").map { UInt8($0) ?? 0 }
    }

    /// Two bytes, most significant first.
    package static func big16(_ value: UInt16) -> [UInt8] {
        [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    /// Four bytes, most significant first.
    package static func big32(_ value: UInt32) -> [UInt8] {
        big16(UInt16(value >> 16)) + big16(UInt16(truncatingIfNeeded: value))
    }
}
