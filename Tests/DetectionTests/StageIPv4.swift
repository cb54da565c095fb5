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
    _ at: Int64, _ router: Player, _ address: String, timeToLive: UInt8 = 255
) -> Step {
    let body =
        Frame.hex("21", "33", "64", "01", "0001", "0000") + Frame.ip(address)
        + [UInt8](repeating: 0, count: 8)
    var frame = Frame.ipv4(
        proto: 112, from: router.pair, to: ("01:00:5e:00:00:12", "224.0.0.18"), body)
    frame[14 + 8] = timeToLive
    return Step(at: at, frame: frame)
}
