// SPDX-License-Identifier: Apache-2.0

import TestKit

/// A DHCP acknowledgement of `server` that gives `client` its address.
func leases(
    _ at: Int64, _ server: Player, _ client: Player, type: UInt8 = 5, source: String? = nil
) -> Step {
    let fixed =
        Frame.hex(
            "02", "01", "06", "00",  // reply, Ethernet, length, hops
            "11223344", "00000000",  // transaction, seconds and flags
            "00000000") + Frame.ip(client.ip) + Frame.hex("00000000", "00000000")
        + Frame.mac(client.mac) + [UInt8](repeating: 0, count: 10 + 192)
    let options =
        Frame.hex("63825363") + [53, 1, type] + [0] + [3, 4] + Frame.ip(Player.router.ip) + [255]
    let sender = (source ?? server.mac, server.ip)
    let frame = Frame.ipv4(
        proto: 17, from: sender, to: (Frame.broadcast, "255.255.255.255"),
        Frame.udp(67, 68, fixed + options))
    return Step(at: at, frame: frame)
}

/// A VRRP version 2 advertisement of group 51 for `address`.
func advertises(
    _ at: Int64, _ router: Player, _ address: String, timeToLive: UInt8 = 255,
    source: String? = nil
) -> Step {
    let body =
        Frame.hex("21", "33", "64", "01", "0001", "0000") + Frame.ip(address)
        + [UInt8](repeating: 0, count: 8)
    var frame = Frame.ipv4(
        proto: 112, from: (source ?? router.mac, router.ip),
        to: ("01:00:5e:00:00:12", "224.0.0.18"), body)
    frame[14 + 8] = timeToLive
    return Step(at: at, frame: frame)
}

/// An HSRP hello (version 1) of group 7 for `address`, whose router is in `state`.
func greets(_ at: Int64, _ router: Player, _ address: String, state: UInt8 = 16) -> Step {
    let body =
        Frame.hex("00", "00") + [state]
        + Frame.hex("03", "0a", "64", "07", "00", "636973636f000000")
        + Frame.ip(address)
    return multicasts(at, router, "224.0.0.2", port: 1985, body)
}

/// An HSRP hello (version 2) of group 263.
func greetsAgain(_ at: Int64, _ router: Player, _ address: String, state: UInt8 = 6) -> Step {
    let body =
        Frame.hex("0128", "02", "00") + [state] + Frame.hex("04", "0107") + Frame.mac(router.mac)
        + Frame.hex("00000064", "00000bb8", "00002710") + Frame.ip(address)
        + [UInt8](repeating: 0, count: 12)
    return multicasts(at, router, "224.0.0.102", port: 1985, body)
}

/// A GLBP hello of group 263: what it forwards, and then what it stands for.
func balances(_ at: Int64, _ router: Player, _ address: String, state: UInt8 = 32) -> Step {
    let header = Frame.hex("01", "04", "0107", "0000") + Frame.mac(router.mac)
    let forwarder =
        Frame.hex("0214", "01", "20", "00", "a7", "64", "00000000000000")
        + Frame.hex("0007b4010701")
    let hello =
        Frame.hex("011c", "00") + [state]
        + Frame.hex("00", "64", "0000", "00000bb8", "00002710", "0258", "3840", "0000", "01", "04")
        + Frame.ip(address)
    return multicasts(at, router, "224.0.0.102", port: 3222, header + forwarder + hello)
}

private func multicasts(
    _ at: Int64, _ router: Player, _ group: String, port: UInt16, _ body: [UInt8]
) -> Step {
    let frame = Frame.ipv4(
        proto: 17, from: router.pair, to: ("01:00:5e:00:00:02", group),
        Frame.udp(port, port, body))
    return Step(at: at, frame: frame)
}

/// A CARP advertisement of group 33, which keeps its addresses to itself.
func carps(_ at: Int64, _ router: Player) -> Step {
    let body = Frame.hex("21", "21", "00", "07", "0001", "0000") + [UInt8](repeating: 9, count: 28)
    var frame = Frame.ipv4(
        proto: 112, from: router.pair, to: ("01:00:5e:00:00:12", "224.0.0.18"), body)
    frame[14 + 8] = 255
    return Step(at: at, frame: frame)
}
