// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Routers that share the gateway's address, live, and somebody who says that he is one.
@Suite(.serialized) struct SharedGatewayTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let shared = "10.9.0.100"

    /// Gives a member the shared address, has it advertise that, and tell everybody.
    private func takeOver(
        _ laboratory: Laboratory, _ member: Laboratory.Member
    ) throws -> RunningProcess {
        let advert = #"[advert("\#(member.hardware)", "\#(member.address)", "\#(Self.shared)")]"#
        let adverts = try laboratory.start(
            member, "/usr/bin/python3", ["-c", Attack.preface + Attack.loop(advert, each: 0.5)])
        _ = try adverts.waitForLine(containing: "sent")
        try Laboratory.run(
            "-n", laboratory.space(member), "addr", "add", Self.shared + "/24", "dev", "eth0")
        let words = ["-i", "eth0", "-U", "-P", "-S", Self.shared, "-c", "2", Self.shared]
        #expect(try laboratory.start(member, "/usr/sbin/arping", words).waitForEnd().signal == nil)
        return adverts
    }

    private func giveUp(
        _ laboratory: Laboratory, _ member: Laboratory.Member, _ adverts: RunningProcess
    ) throws {
        adverts.kill()
        try Laboratory.run(
            "-n", laboratory.space(member), "addr", "del", Self.shared + "/24", "dev", "eth0")
    }

    /// Waits until the watch takes a member for the gateway.
    private func waitForGateway(_ member: Laboratory.Member) throws {
        let end = Deadline.within(.seconds(20))
        while true {
            let status = try JSONValue.parse(arpguard("--format", "json", "status").stdout)
            let interface = status["watch"]?["interfaces"]?.arrayValue?.first
            if interface?["gateway_mac"]?.stringValue == member.hardware { return }
            try #require(!end.hasPassed, "\(status)")
        }
    }

    @Test func `routers that share an address move it about, and who only says so is told`() throws
    {
        for tool in [Attack.scapyNeeds, "/usr/sbin/arping"] {
            if let obstacle = Laboratory.obstacle(tool) { try Test.cancel("\(obstacle)") }
        }
        let laboratory = try Laboratory("vr")
        let watch = try watch(laboratory, ["--gateway", Self.shared])
        _ = try watch.waitForErrorLine(containing: "telemetry is")
        let first = try takeOver(laboratory, .gateway)
        try waitForGateway(.gateway)
        try giveUp(laboratory, .gateway, first)
        let second = try takeOver(laboratory, .attacker)
        try waitForGateway(.attacker)
        try giveUp(laboratory, .attacker, second)
        let third = try takeOver(laboratory, .gateway)
        try waitForGateway(.gateway)

        let start = try nanoseconds()
        let forged = """
            [advert(OWN, "10.9.0.3", "\(Self.shared)"), answer(("", "\(Self.shared)"), WATCHER)]
            """
        let attack = try laboratory.start(
            .attacker, "/usr/bin/python3", ["-c", Attack.preface + Attack.loop(forged, each: 1)])
        let line = try watch.waitForLine(containing: "\"severity\":1")
        let alert = try JSONValue.parse(line)
        #expect(try seconds(of: #require(alert["timestamp"]?.stringValue)) > start)
        attack.kill()
        third.kill()
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        #expect(result.status == 1)
        let alerts = try result.stdout.split(separator: "\n")
            .map { try JSONValue.parse(String($0)) }.filter { $0["event_type"] == "alert" }
        // The moves that were advertised are no matter for an alert.
        #expect(
            try alerts.allSatisfy {
                try seconds(of: #require($0["timestamp"]?.stringValue)) > start
            }, "\(alerts)")
    }
}
