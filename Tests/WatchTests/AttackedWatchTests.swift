// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import TestKit
import Testing

@Suite(.serialized) struct AttackedWatchTests: LaboratorySuite {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test(arguments: Attack.all)
    func `an attack is told within moments and recorded without an address`(
        attack: Attack
    ) throws {
        if let obstacle = Laboratory.obstacle(attack.needs) { try Test.cancel("\(obstacle)") }
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        let laboratory = try Laboratory(attack.nickname)
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let attacker = try attack.start(in: laboratory)
        let line = try watch.waitForLine(containing: "\"alert\"")
        let seen = try nanoseconds()
        attacker.kill()
        let alert = try JSONValue.parse(line)
        #expect(alert["in_iface"] == "eth0")
        let time = try #require(alert["timestamp"]?.stringValue)
        #expect(try seen - seconds(of: time) < 2)
        watch.send(signal: SIGTERM)
        let result = try watch.waitForEnd()
        #expect(result.status == 1, "\(result.stderr)")
        #expect(result.stderr.contains("no capabilities, no new privileges, seccomp"))
        #expect(result.stderr.contains("gateway 10.9.0.1"))
        let shown = try arpguard("telemetry", "show")
        #expect(shown.stdout.contains("alert_generated"))
        for secret in ["10.9.0", "02:00:00:00:09", "eth0"] {
            #expect(!shown.stdout.contains(secret))
            for name in try folder.contents() where name.hasPrefix("home/telemetry/") {
                let bytes = (try? folder.read(name)) ?? []
                #expect(!String(decoding: bytes, as: UTF8.self).contains(secret), "\(name)")
            }
        }
    }

    @Test func `a watch that has just begun tells of the first whisper against the gateway`() throws
    {
        let attack = Attack.all[0]
        if let obstacle = Laboratory.obstacle(attack.needs) { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("wh")
        let watch = try watch(laboratory)
        try waitForStart(watch)
        let attacker = try attack.start(in: laboratory)
        let line = try watch.waitForLine(containing: "\"severity\":1")
        attacker.kill()
        let details = try JSONValue.parse(line)["arpguard"]
        #expect(details?["severity"] == "high")
        #expect(details?["evidence"]?["count"] == 1, "\(line)")
        watch.send(signal: SIGTERM)
        #expect(try watch.waitForEnd().status == 1)
    }

    @Test func `what can't be watched is told with what can`() throws {
        if let obstacle = Laboratory.obstacle { try Test.cancel("\(obstacle)") }
        let laboratory = try Laboratory("ba")
        func failure(_ words: String...) throws -> CommandResult {
            try laboratory.start(
                .watcher, Executables.path("arpguard"), ["--home", home, "watch"] + words
            ).waitForEnd()
        }
        let unknown = try failure("-i", "eth7")
        #expect(unknown.status == 2)
        #expect(unknown.stderr.contains("there is no interface eth7"))
        #expect(unknown.stderr.contains("interfaces that can be watched: eth0"))
        #expect(try failure("-i", "lo").stderr.contains("lo is the loopback interface"))
        let setpriv = try laboratory.start(
            .watcher, "/usr/bin/setpriv",
            [
                "--bounding-set", "-net_raw", "--inh-caps", "-net_raw",
                Executables.path("arpguard"), "--home", home, "watch", "-i", "eth0",
            ]
        ).waitForEnd()
        #expect(setpriv.status == 2)
        #expect(
            setpriv.stderr.contains("hint: sudo arpguard --home '\(home)' watch -i eth0"),
            "\(setpriv.stderr)")
        #expect(try failure("-i", "a/b").status == 64)
    }
}
