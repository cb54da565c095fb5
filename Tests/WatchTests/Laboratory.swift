// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestKit
import Testing

/// A network of its own: a switch with a gateway, a station that watches, and an attacker, each in
/// a network namespace that goes with the value.
final class Laboratory: Sendable {
    /// A member of the network; its number is the last part of its addresses.
    enum Member: Int, CaseIterable {
        case gateway = 1
        case watcher = 2
        case attacker = 3

        var address: String { "10.9.0.\(rawValue)" }
        var hardware: String { "02:00:00:00:09:0\(rawValue)" }
    }

    static let ip = "/usr/sbin/ip"

    /// Why there can be no such network here; nil if there can.
    static let obstacle: String? = {
        guard geteuid() == 0 else { return "only root may make network namespaces" }
        let name = "agprobe\(getpid())"
        guard let made = try? CommandRunner.run(ip, ["netns", "add", name]), made.status == 0
        else { return "network namespaces can't be made here" }
        _ = try? CommandRunner.run(ip, ["netns", "del", name])
        return nil
    }()

    /// Why a tool can't be used in such a network; nil if it can.
    static func obstacle(_ tool: String) -> String? {
        if let obstacle { return obstacle }
        return unsafe access(tool, R_OK) == 0 ? nil : "\(tool) is not installed"
    }

    private let prefix: String
    /// The switch is in a namespace without addresses: beside one, Linux would answer for it too,
    /// from the switch's own hardware address.
    private var hub: String { "\(prefix)0" }

    init(_ name: String) throws {
        prefix = "ag\(getpid())\(name)"
        for space in [hub] + Member.allCases.map(space) { try Self.run("netns", "add", space) }
        try Self.run("-n", hub, "link", "add", "br0", "type", "bridge")
        for member in Member.allCases { try connect(member) }
        try Self.run("-n", hub, "link", "set", "br0", "up")
        try Self.run(
            "-n", space(.watcher), "route", "add", "default", "via", Member.gateway.address)
    }

    deinit {
        for space in [hub] + Member.allCases.map(space) {
            _ = try? CommandRunner.run(Self.ip, ["netns", "del", space])
        }
    }

    func space(_ member: Member) -> String { "\(prefix)\(member.rawValue)" }

    /// Gives a member another port of the same switch, without an address of its own.
    func connectAgain(_ member: Member, as name: String) throws {
        let own = space(member)
        let port = "q\(member.rawValue)"
        try Self.run("-n", own, "link", "add", name, "type", "veth", "peer", "name", port)
        try Self.run("-n", own, "link", "set", port, "netns", hub)
        try Self.run("-n", hub, "link", "set", port, "master", "br0", "up")
        try Self.run("-n", own, "link", "set", name, "up")
    }

    /// Takes a member's cable out of the switch, or puts it back.
    func plug(_ member: Member, in isIn: Bool) throws {
        try Self.run("-n", hub, "link", "set", "p\(member.rawValue)", isIn ? "up" : "down")
    }

    private func connect(_ member: Member) throws {
        let own = space(member)
        let port = "p\(member.rawValue)"
        try Self.run("-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", port)
        try Self.run("-n", own, "link", "set", port, "netns", hub)
        try Self.run("-n", hub, "link", "set", port, "master", "br0", "up")
        try Self.run("-n", own, "link", "set", "eth0", "address", member.hardware, "up")
        try Self.run("-n", own, "addr", "add", "\(member.address)/24", "dev", "eth0")
    }

    static func run(_ words: String...) throws {
        let result = try CommandRunner.run(ip, words)
        try #require(result.status == 0, "ip \(words): \(result.stderr)")
    }

    /// The same where `/sys` shows another member's interfaces, as after `nsenter -n`.
    func start(
        _ member: Member, seeing other: Member, _ path: String, _ words: [String]
    ) throws -> RunningProcess {
        let place = "--net=/run/netns/\(space(member))"
        return try start(other, "/usr/bin/nsenter", [place, path] + words)
    }

    /// Starts a program in a member's namespace; `ip` makes way for it.
    func start(
        _ member: Member, _ path: String, _ words: [String], environment: [String: String] = [:]
    ) throws -> RunningProcess {
        try RunningProcess(
            Self.ip, ["netns", "exec", space(member), path] + words, environment: environment)
    }
}
