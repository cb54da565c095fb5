// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Who whispers that it is the gateway is not what a watch tells or keeps as its owner.
@Suite(.serialized) struct AccusedGatewayTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// The attacker tells the watcher, unasked, that it is the gateway, again and again.
    private func attack(_ laboratory: Laboratory) throws -> RunningProcess {
        let frames = Attack.loop("[answer(GATEWAY, WATCHER)]", each: 0.5)
        let attack = try laboratory.start(
            .attacker, "/usr/bin/python3", ["-c", Attack.preface + frames])
        _ = try attack.waitForLine(containing: "sent")
        return attack
    }

    private func state() throws -> JSONValue? {
        try JSONValue.parse(arpguard("--format", "json", "status").stdout)["watch"]
    }

    private func interface() throws -> JSONValue? {
        try state()?["interfaces"]?.arrayValue?.first
    }

    private func alerts(_ severity: String) throws -> Int64 {
        try state()?["alerts"]?[severity]?.integerValue ?? 0
    }

    private func kept() throws -> String { try arpguard("bindings").stdout }

    @Test func `an attacker is not learnt as the gateway by a watch that began with the attack`()
        throws
    {
        if let obstacle = Laboratory.obstacle(Attack.scapyNeeds) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("lc")
        let watch = try watch(laboratory, ["--passive"])
        _ = try watch.waitForErrorLine(containing: "MAC address not known yet")
        let attack = try attack(laboratory)
        _ = try watch.waitForLine(containing: "\"U1\"")
        let end = Deadline.within(.seconds(20))
        while try alerts("high") < 1 { try #require(!end.hasPassed) }
        #expect(try interface()?["gateway_mac"] == .null)
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
        attack.kill()
        #expect(try !kept().contains(Laboratory.Member.attacker.hardware))
    }

    @Test func `a reload in an attack leaves the gateway to its owner`() throws {
        if let obstacle = Laboratory.obstacle(Attack.scapyNeeds) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("lr")
        let first = try watch(laboratory)
        try waitForStart(first)
        first.send(signal: SIGTERM)
        #expect(try first.waitForEnd().status == 0)
        let owner = Laboratory.Member.gateway.hardware
        #expect(try kept().contains(owner))

        let watch = try watch(laboratory, ["--passive"])
        try waitForStart(watch)
        let attack = try attack(laboratory)
        _ = try watch.waitForLine(containing: "\"severity\":1")
        watch.send(signal: SIGHUP)
        _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        // The attack is told once more, against the owner that was known.
        let end = Deadline.within(.seconds(30))
        while try alerts("high") < 2 { try #require(!end.hasPassed) }
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        attack.kill()
        let moves = result.stdout.split(separator: "\n").filter { $0.contains("\"C1\"") }
        #expect(moves.count == 2 && moves.allSatisfy { $0.contains(owner) }, "\(result.stdout)")
        #expect(try kept().contains(owner))
        #expect(try !kept().contains(Laboratory.Member.attacker.hardware))
    }
}
