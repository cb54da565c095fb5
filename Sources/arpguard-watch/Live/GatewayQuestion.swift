// SPDX-License-Identifier: Apache-2.0

import Capture
import Detection

/// The question for the gateway's hardware address that a watch begins with, or that none is to
/// be asked.
///
/// The supervisor tells it to the child, which sends it before it is shut in. Anybody who may run
/// the program can be a child's supervisor: who asks is therefore not the supervisor's to say.
enum GatewayQuestion: Equatable {
    static let byteCount = 5

    case none
    case ask(for: IPv4Address)

    /// What the supervisor sends.
    var bytes: [UInt8] {
        guard case .ask(let gateway) = self else {
            return [UInt8](repeating: 0, count: Self.byteCount)
        }
        var bytes: [UInt8] = [1]
        bytes.append(number: UInt64(gateway.bits), byteCount: 4)
        return bytes
    }

    /// What the child makes of it.
    init(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.byteCount, bytes[0] == 1 else {
            self = .none
            return
        }
        self = .ask(for: IPv4Address(bits: UInt32(bytes.number(at: 1, byteCount: 4))))
    }

    /// The frame with which a station asks everybody (RFC 826); nil where none is to be asked, or
    /// the question is for the station itself, which would be an announcement.
    func frame(by own: AddressPair) -> [UInt8]? {
        guard case .ask(let gateway) = self, gateway != own.ip else { return nil }
        var frame: [UInt8] = []
        frame.append(number: MACAddress.broadcast.bits, byteCount: 6)
        frame.append(number: own.mac.bits, byteCount: 6)
        // ARP; hardware Ethernet, protocol IPv4, lengths 6 and 4, operation 1.
        frame += [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]
        frame.append(number: own.mac.bits, byteCount: 6)
        frame.append(number: UInt64(own.ip.bits), byteCount: 4)
        frame.append(number: 0, byteCount: 6)
        frame.append(number: UInt64(gateway.bits), byteCount: 4)
        // Ethernet's shortest frame has 60 bytes.
        return frame + [UInt8](repeating: 0, count: 60 - frame.count)
    }
}

extension NetworkInterface {
    /// Its addresses; nil where it lacks one of them.
    var ownPair: AddressPair? {
        let mac = MACAddress(bits: hardware)
        guard mac.isUnicast, address != 0 else { return nil }
        return AddressPair(mac: mac, ip: IPv4Address(bits: address))
    }
}

extension [NetworkInterface] {
    /// The addresses of the interface called `name`; nil where it is not there or lacks one.
    func ownPair(of name: String) -> AddressPair? { first { $0.name == name }?.ownPair }
}

extension KnownBinding {
    /// Whether it gives an interface's own address, in its untagged network, to somebody else.
    func contradicts(_ own: AddressPair?) -> Bool {
        vlans == VLANStack() && pair.ip == own?.ip && pair.mac != own?.mac
    }
}
