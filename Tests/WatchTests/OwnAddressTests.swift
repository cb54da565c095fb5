// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Who takes the address of the machine that watches.
@Suite(.serialized) struct OwnAddressTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let own = Laboratory.Member.watcher

    @Test func `who takes the watching machine's address is told, also after a reload`() throws {
        if let obstacle = Laboratory.obstacle(Attack.scapyNeeds) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("oa")
        let watch = try watch(laboratory, ["--passive"])
        _ = try watch.waitForErrorLine(containing: "telemetry is")
        let frames = Attack.loop("[announcement(WATCHER)]", each: 0.5)
        let attack = try laboratory.start(
            .attacker, "/usr/bin/python3", ["-c", Attack.preface + frames])
        _ = try attack.waitForLine(containing: "sent")
        for isLast in [false, true] {
            let line = try watch.waitForLine(containing: "\"C1\"")
            let claim = try JSONValue.parse(line)["arpguard"]?["claim"]
            #expect(claim?["ip"]?.stringValue == Self.own.address, "\(line)")
            #expect(claim?["mac"]?.stringValue == Laboratory.Member.attacker.hardware, "\(line)")
            if isLast { break }
            watch.send(signal: SIGHUP)
            _ = try watch.waitForErrorLine(containing: "the configuration was read again")
        }
        watch.send(signal: SIGTERM)
        _ = try watch.waitForEnd()
        attack.kill()
        let kept = try arpguard("bindings").stdout
        #expect(!kept.contains(Laboratory.Member.attacker.hardware), "\(kept)")
    }
}
